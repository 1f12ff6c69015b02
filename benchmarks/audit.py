"""Lighthouse on every page of the built book: python benchmarks/audit.py [PAGE ...].

Scores from 0 to 1 on a simulated phone, and what a first visit loads, go to benchmarks/pages.json.
Needs Node 18 or newer with npm, which fetches Lighthouse once, and Chromium.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from ilkit.doctor import find_chromium

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
TOOLS = ROOT / "_build" / "lighthouse"
TEXT = {".html", ".css", ".js", ".svg"}
SCORES = ("performance", "accessibility", "best-practices", "seo")


class Pages(SimpleHTTPRequestHandler):
    """The book as GitHub Pages sends it: text is compressed."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in TEXT or not path.is_file():
            return super().do_GET()
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *words: Any) -> None:
        """A line a request would hide the scores."""


def lighthouse() -> Path:
    """The program, fetched once; version 13 wants a newer Node than Debian's."""
    program = TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--prefix", str(TOOLS), "lighthouse@12"]
        subprocess.run(install, check=True)
    return program


def audit(program: Path, address: str, chromium: str) -> dict[str, Any]:
    """One page's scores; null where Lighthouse could not tell."""
    flags = "--headless=new --no-sandbox --disable-gpu"
    out = subprocess.run(
        [program, address, "--quiet", "--output=json", f"--chrome-flags={flags}"],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(out.stdout)
    found = {name.replace("-", "_"): report["categories"][name]["score"] for name in SCORES}
    found["kilobytes"] = round(report["audits"]["total-byte-weight"]["numericValue"] / 1000)
    found["requests"] = len(report["audits"]["network-requests"]["details"]["items"])
    found["layout_shift"] = round(report["audits"]["cumulative-layout-shift"]["numericValue"], 3)
    return found


def main(pages: list[str]) -> int:
    chromium = find_chromium()
    if chromium is None or shutil.which("npm") is None:
        print("The audit needs Chromium and Node with npm.", file=sys.stderr)
        return 1
    program = lighthouse()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(HTML)))
    Thread(target=server.serve_forever, daemon=True).start()
    rows = []
    for page in pages or sorted(path.name for path in HTML.glob("book/*.html")):
        address = f"http://127.0.0.1:{server.server_port}/book/{page}"
        rows.append({"page": f"book/{page}", **audit(program, address, chromium)})
        print(rows[-1], file=sys.stderr)
    server.shutdown()
    text = json.dumps({"schema": 1, "pages": rows}, indent=1)
    (ROOT / "benchmarks" / "pages.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
