"""Each chapter as two notebooks, executed and clean, and the links that open them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from plain_markdown import Block, Page
from sphinx.application import Sphinx

import ilkit

INSTALL = """\
# {page}
# Installs the course's package where it is missing (Colab); does nothing elsewhere.
import importlib.util

if importlib.util.find_spec("ilkit") is None:
    %pip install --quiet "ilkit @ {wheel}\""""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def home(config: Any) -> str:
    """Where the version of the book that is being built will be published."""
    version = "" if config.version in ("", "latest") else f"{config.version}/"
    return f"{config.html_baseurl}{version}"


def wheel(config: Any) -> str:
    """Where that version's package will be published."""
    return f"{home(config)}ilkit-{ilkit.__version__}-py3-none-any.whl"


def links(config: Any, name: str) -> dict[str, str]:
    """The words of each link and where it leads, seen from the chapter's page.

    Colab and Binder open the tree that the course publishes, which has no homework solutions.
    """
    theme = config.html_theme_options
    repository = theme["repository_url"].removeprefix("https://github.com/")
    branch, file = config.version or theme["repository_branch"], f"notebooks/{name}.ipynb"
    branch = theme["repository_branch"] if branch == "latest" else branch
    return {
        "executed": f"../notebooks/executed/{name}.ipynb",
        "clean": f"../{file}",
        "Colab": f"https://colab.research.google.com/github/{repository}/blob/{branch}/{file}",
        "Binder": f"https://mybinder.org/v2/gh/{repository}/{branch}?urlpath=lab/tree/{file}",
    }


def row(config: Any, name: str) -> nodes.raw:
    """The links as one line; those to this site download."""
    parts = [
        f'<a href="{place}"{" download" if place.startswith("..") else ""}>{words}</a>'
        for words, place in links(config, name).items()
    ]
    return nodes.raw("", f'<p class="notebook-links">{" · ".join(parts)}</p>', format="html")


def executed(path: Path, cache: str) -> NotebookNode | None:
    """A chapter's code cells with their outputs; None where it was not executed.

    What myst-nb leaves in `jupyter_execute` lacks the outputs when they came from the cache.
    """
    notebook = read_myst_markdown_notebook(path.read_text(), path=path)
    try:
        found: NotebookNode = get_cache(cache).merge_match_into_notebook(notebook)[1]
    except KeyError:
        return None
    return found


def arranged(blocks: list[Block], cells: list[NotebookNode], first: str) -> list[NotebookNode]:
    """Text and code in the page's order; a cell that the page leaves out stays in its place."""
    out, words, done = [nbformat.v4.new_code_cell(first)], list[str](), 0
    for block in [*blocks, len(cells) - 1]:
        if isinstance(block, str):
            words.append(block)
            continue
        code = [cell for cell in cells[done : block + 1] if cell.cell_type == "code"]
        done = block + 1
        if words and (code or done == len(cells)):
            out.append(nbformat.v4.new_markdown_cell("\n\n".join(words)))
            words = []
        out += [as_code(cell) for cell in code]
    for number, cell in enumerate(out):
        cell.id = f"cell-{number}"
    return out


def as_code(cell: NotebookNode) -> NotebookNode:
    """A code cell whose plumbing is folded in Jupyter as it is on the page."""
    folded = {"hide-input", "remove-input"} & set(cell.metadata.get("tags", []))
    made = nbformat.v4.new_code_cell(cell.source, outputs=cell.outputs)
    made.execution_count = cell.execution_count
    made.metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    return made


def without_outputs(cells: list[NotebookNode]) -> list[NotebookNode]:
    cleared = {"outputs": [], "execution_count": None}
    return [NotebookNode(cell | cleared) if cell.cell_type == "code" else cell for cell in cells]


def is_chapter(tree: nodes.document) -> bool:
    return any("course-badge" in found["classes"] for found in tree.findall(nodes.field_list))


def write_notebooks(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """The notebooks of each page with a badge."""
    if tree is None or app.builder.name != "html" or not is_chapter(tree):
        return
    cache = app.env.mystnb_config.execution_cache_path  # type: ignore[attr-defined]
    source = executed(Path(app.env.doc2path(page)), cache)
    if source is None:
        return
    address = f"{home(app.config)}{page}.html"
    macros = app.config.mathjax3_config["tex"]["macros"]
    blocks = list(Page(app.env, page, address, macros).blocks(tree))
    first = INSTALL.format(page=address, wheel=wheel(app.config))
    cells = arranged(blocks, source.cells, first)
    folder = Path(app.outdir) / "notebooks"
    for place, kept in ((folder / "executed", cells), (folder, without_outputs(cells))):
        place.mkdir(parents=True, exist_ok=True)
        metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
        notebook = nbformat.v4.new_notebook(cells=kept, metadata=metadata)
        (place / f"{Path(page).name}.ipynb").write_text(nbformat.writes(notebook) + "\n")


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", write_notebooks)
