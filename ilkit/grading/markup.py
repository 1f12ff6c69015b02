"""HTML that cannot run or fetch anything, of text that others wrote.

All text is escaped; tags come from here alone. A policy in the page forbids scripts, frames, forms
and requests besides, should something slip through.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from importlib.resources import files
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

MAX_MARKDOWN = 50_000  # characters; a longer text is shown as it stands
MAX_FORMULAS = 200  # more in \\( or \\[ are not looked for: each costs a look at the rest
MAX_OUTPUT = 20_000
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
FORMULA = re.compile(r"\\\\[(\[]")
LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)


class _Renderer(IPythonRenderer):
    """Markdown without tags of its own, pictures or diagrams; links only to the web and to mail."""

    def __init__(self) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not LINK.match(url):
            return text
        return f'<a rel="noopener noreferrer" href="{escape(url)}">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>[picture: {escape(text)}]</em>"

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        below = min(level + 2, 6)  # the page has headings of its own
        return f"<h{below}>{text}</h{below}>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        return pre(code)


def markdown(source: str) -> str:
    """Markdown as HTML; formulas stay as they are written."""
    if len(source) > MAX_MARKDOWN or len(FORMULA.findall(source)) > MAX_FORMULAS:
        return pre(source)
    try:
        return str(MarkdownWithMath(renderer=_Renderer()).render(source))
    except (RecursionError, ValueError, KeyError, IndexError):  # text that the parser cannot take
        return pre(source)


def pre(text: str) -> str:
    """Text as it stands."""
    more = f"\n(and {len(text) - MAX_MARKDOWN} characters more)" if len(text) > MAX_MARKDOWN else ""
    return f"<pre>{escape(text[:MAX_MARKDOWN])}{more}</pre>\n"


def element(tag: str, text: object, **attributes: str) -> str:
    """An element that holds text."""
    told = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{told}>{escape(str(text))}</{tag}>\n"


def output(out: Any) -> str:
    """What a cell wrote: its text, and its picture if it is a PNG; no HTML, SVG or script."""
    kind = out.get("output_type")
    if kind == "stream":
        return pre(_text(out.get("text", ""))[:MAX_OUTPUT])
    if kind == "error":
        return pre(_text(out.get("evalue", "")) or _text(out.get("ename", "")))
    data = out.get("data", {})
    if picture := _png(_text(data.get("image/png", ""))):
        return f'<img alt="a picture that the cell drew" src="data:image/png;base64,{picture}">\n'
    return pre(_text(data.get("text/plain", ""))[:MAX_OUTPUT])


def page(title: str, body: str) -> str:
    """A whole page, which needs nothing but itself."""
    style = files("ilkit.grading").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _png(text: str) -> str:
    try:
        data = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(data).decode() if data.startswith(b"\x89PNG\r\n\x1a\n") else ""


def _text(told: Any) -> str:
    return "".join(map(str, told)) if isinstance(told, list) else str(told)
