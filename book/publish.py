"""Put the built book on the site beside the versions there: python book/publish.py SITE VERSION.

SITE is a folder, the checkout of the branch that is served. The version `latest` lies at its top, a
tag such as v0.1.0 in a folder of its own, each with the wheel that its notebooks install.
`python book/publish.py --addresses` lists the pages that must never vanish; do so before a tag.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
ADDRESSES = ROOT / "book" / "addresses.txt"
TAG = re.compile(r"v\d+(\.\d+)+")


def pages(html: Path) -> set[str]:
    """The addresses of a built book, from its top, without the theme's own, such as its search."""
    return {path.relative_to(html).as_posix() for path in html.glob("book/*.html")} | {"index.html"}


def list_addresses(html: Path = HTML, file: Path = ADDRESSES) -> None:
    """Add the built pages to the published ones, in order."""
    file.write_text("\n".join(sorted(pages(html) | set(file.read_text().split()))) + "\n")


def lay(html: Path, site: Path, version: str) -> Path:
    """Replace what the site holds of a version, and that alone; the folder where it lies now."""
    place = site if version == "latest" else site / version
    for old in place.iterdir() if place.is_dir() else ():
        if place == site and (TAG.fullmatch(old.name) or old.name in (".git", "CNAME")):
            continue
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(html, place, dirs_exist_ok=True)
    (site / ".nojekyll").touch()  # GitHub would leave out folders that begin with _
    (site / "switcher.json").write_text(json.dumps(versions(site), indent=1) + "\n")
    return place


def versions(site: Path) -> list[dict[str, str]]:
    """What the theme's version switch offers: latest, then the tags from the newest on."""
    address = yaml.safe_load((ROOT / "_config.yml").read_text())["html"]["baseurl"]
    tags = [path.name for path in site.iterdir() if TAG.fullmatch(path.name)]
    tags.sort(key=lambda tag: [int(part) for part in tag[1:].split(".")], reverse=True)
    return [
        {"version": "latest", "url": address},
        *({"version": tag, "url": f"{address}{tag}/"} for tag in tags),
    ]


def build_wheel(folder: Path) -> None:
    command = ["wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={folder}", str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *command], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", nargs="?", type=Path)
    parser.add_argument("version", nargs="?", default="latest")
    parser.add_argument("--addresses", action="store_true", help="bring book/addresses.txt to date")
    options = parser.parse_args()
    if options.addresses:
        list_addresses()
        return 0
    if options.site is None or not (options.version == "latest" or TAG.fullmatch(options.version)):
        parser.error("expected SITE and a VERSION: latest, or a tag such as v0.1.0")
    build_wheel(lay(HTML, options.site, options.version))
    return 0


if __name__ == "__main__":
    sys.exit(main())
