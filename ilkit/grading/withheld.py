"""While a homework is graded, the modules of `ilkit` that hold its answers cannot be imported.

Whoever imports one, by any of Python's ways or through `il.Name`, is told so in an ImportError.
What the scene's cells need of the rest of `ilkit` keeps working: a module that was loaded before,
inside a package like `ilkit.policies`, keeps its own references.

This stops an answer that leans on the package, not one that means to cheat: code can undo what is
done here. The sandbox (`ilkit.grading.walls`) has a copy of ilkit without these files.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn


def listed(metadata: Mapping[str, Any]) -> list[str]:
    """The modules that a notebook with this metadata withholds."""
    names = metadata.get("ilkit", {}).get("withheld", [])
    return [str(name) for name in names if str(name).startswith("ilkit.")]


def withhold(names: Iterable[str]) -> None:
    """Withhold these modules, "ilkit.losses", and all inside them for the rest of this process."""
    gone = tuple(names)
    for name in gone:  # its package loads now, with all that it takes from the module
        with contextlib.suppress(ImportError):  # withheld already, or of an older course
            import_module(name.rpartition(".")[0])
    sys.meta_path.insert(0, _Finder(gone))
    for name in [name for name in sys.modules if _home(name, gone)]:
        del sys.modules[name]
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("ilkit") and hasattr(module, "__path__"):
            _clear(module, gone)


class _Finder(MetaPathFinder):
    def __init__(self, gone: Sequence[str]) -> None:
        self.gone = gone

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if home := _home(name, self.gone):
            _refuse(home)
        return None


def _clear(package: ModuleType, gone: Sequence[str]) -> None:
    """Take out what a package re-exports of the withheld modules; asking for it is refused."""
    names = vars(package)
    taken = {name: home for name, value in names.items() if (home := _home(_source(value), gone))}
    for name in taken:
        del names[name]

    def missing(name: str) -> Any:
        if name in taken:
            _refuse(taken[name])
        raise AttributeError(f"module {package.__name__!r} has no attribute {name!r}")

    if taken:
        names.setdefault("__getattr__", missing)


def _source(value: Any) -> str:
    """The module that a value is, or comes from."""
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
    return name if isinstance(name, str) else ""


def _home(name: str, gone: Sequence[str]) -> str | None:
    """The withheld module that is `name` or holds it."""
    return next((home for home in gone if f"{name}.".startswith(f"{home}.")), None)


def _refuse(home: str) -> NoReturn:
    raise ImportError(f"{home} is what this homework asks you to write")
