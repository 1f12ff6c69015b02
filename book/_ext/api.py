"""{api} MODULE ...: signatures and docstrings of public names; a package stands for its modules."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from types import FunctionType, ModuleType

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

LAID_OUT = re.compile(r"^ |\S  +\S", re.MULTILINE)  # a line indented, or in columns


def modules(name: str) -> list[str]:
    """A module's own name, or those of a package's modules."""
    path = getattr(import_module(name), "__path__", None)
    if path is None:
        return [name]
    return [f"{name}.{found.name}" for found in pkgutil.iter_modules(path)]


def public(module: ModuleType) -> list[tuple[str, object]]:
    """Functions and classes that a module defines, in the order of its source."""
    found = [
        (name, thing)
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and isinstance(thing, (type, FunctionType))
        and thing.__module__ == module.__name__
    ]
    return sorted(found, key=lambda pair: inspect.getsourcelines(pair[1])[1])  # type: ignore[arg-type]


def methods(kind: object) -> list[tuple[str, FunctionType]]:
    """A class's own public methods that say something."""
    return [
        (name, inspect.unwrap(member))
        for name, member in vars(kind).items()
        if not name.startswith("_") and isinstance(member, FunctionType) and member.__doc__
    ]


def signature(name: str, thing: object) -> str:
    """As one would call it; annotations are left out, for docstrings give shapes and units."""
    try:
        known = inspect.signature(thing)  # type: ignore[arg-type]
    except ValueError:  # a built-in constructor has none
        return name
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for label, parameter in known.parameters.items()
        if label != "self"
    ]
    return name + str(inspect.Signature(bare))


class Api(SphinxDirective):
    """A section a module: its first line, then each public name with its docstring."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        names = [name for whole in self.arguments[0].split() for name in modules(whole)]
        found = [self.module(import_module(name)) for name in names]
        return [section for section in found if len(section) > 2]  # more than title and lead

    def module(self, module: ModuleType) -> nodes.section:
        for read in (str(module.__file__), __file__):
            self.env.note_dependency(read)
        section = nodes.section(ids=[f"api-{module.__name__.replace('.', '-')}"])
        section += nodes.title("", module.__name__)
        lead = inspect.cleandoc(module.__doc__ or "").split("\n\n")[0]
        section += nodes.paragraph("", "", *literals(" ".join(lead.split())))
        for name, thing in public(module):
            section += self.entry(module, name, thing)
        return section

    def entry(self, module: ModuleType, name: str, thing: object) -> nodes.container:
        box = nodes.container(classes=["api"], ids=[f"api-{module.__name__}.{name}"])
        box += nodes.paragraph("", "", nodes.literal("", signature(name, thing)))
        box += self.words(thing)
        if isinstance(thing, type):
            for label, method in methods(thing):
                box += nodes.paragraph("", "", nodes.literal("", signature(f".{label}", method)))
                box += self.words(method)
        return box

    def words(self, thing: object) -> nodes.container:
        """A docstring's paragraphs as prose; what is laid out in columns or indented stays so."""
        box = nodes.container(classes=["api-doc"])
        for block in (inspect.getdoc(thing) or "").split("\n\n"):
            if LAID_OUT.search(block):
                box += nodes.literal_block(block, block, language="none")
            else:
                box += nodes.paragraph("", "", *literals(" ".join(block.split())))
        return box


def literals(text: str) -> list[nodes.Node]:
    """Text whose `names` are set as code."""
    parts = text.split("`")
    return [nodes.literal("", x) if i % 2 else nodes.Text(x) for i, x in enumerate(parts) if x]


def setup(app: Sphinx) -> None:
    app.add_directive("api", Api)
