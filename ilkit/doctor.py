"""`ilkit doctor`: what is installed, where it computes, what is missing and how to get it.

With --grading: how this machine would shut students' code in.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from packaging.requirements import Requirement

PURPOSES = {"": "homework", "book": "the book", "grade": "grading", "dev": "the tests"}
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


@dataclass(frozen=True)
class Missing:
    """Something absent or of the wrong version, what it is for, and the command that gets it."""

    name: str
    purpose: str
    command: str


def run(args: argparse.Namespace) -> int:
    """The command: print the report; 0 if there is all that a homework, or grading, needs."""
    found = walls() if args.grading else report()
    words = _walls_in_words if args.grading else _in_words
    print(json.dumps(found, indent=2) if args.json else words(found))
    return 0 if found["ready"] else 1


def report() -> dict[str, Any]:
    """Versions, device and what is missing, as plain data."""
    requirements = _requirements()
    missing = [gap for extra, wanted in requirements for gap in _gap(extra, wanted)]
    missing += _missing_tools()
    versions = {wanted.name: _version(wanted.name) for _, wanted in requirements}
    ready = not any(gap.purpose == PURPOSES[""] for gap in missing)
    return {
        "schema": 1,
        "ready": ready,
        "versions": {"python": platform.python_version(), "ilkit": _version("ilkit"), **versions},
        "device": _device() if versions.get("torch") else None,
        "missing": [asdict(gap) for gap in missing],
    }


def walls() -> dict[str, Any]:
    """The rungs of the sandbox, the safest first: what each lacks here, and what it cannot stop."""
    from ilkit.grading.walls.ladder import LADDER

    rungs = [
        {"name": rung.name, "lacking": rung.lacking(), "misses": list(rung.misses)}
        for rung in LADDER
    ]
    safe = [rung["name"] for rung in rungs[:-1] if not rung["lacking"]]
    rung = safe[0] if safe else None
    return {"schema": 1, "ready": bool(safe), "rung": rung, "rungs": rungs}


def find_chromium() -> str | None:
    """The path of Chromium or Chrome, which the browser tests drive; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    installed = [path for path in map(shutil.which, names) if path]
    return next(iter([*installed, *filter(os.path.exists, MAC_BROWSERS)]), None)


def _requirements() -> list[tuple[str, Requirement]]:
    """What ilkit asks for, each with the extra that it belongs to ("" for the student's)."""
    found = []
    for line in metadata.requires("ilkit") or []:
        wanted = Requirement(line)
        for extra in PURPOSES:
            if wanted.marker is None or (extra and wanted.marker.evaluate({"extra": extra})):
                found.append((extra, wanted))
                break
    return found


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _gap(extra: str, wanted: Requirement) -> list[Missing]:
    version = _version(wanted.name)
    if version and wanted.specifier.contains(version, prereleases=True):
        return []
    target = f".[{extra}]" if extra else f"{wanted.name}{wanted.specifier}"
    command = f'python -m pip install {"-e " if extra else ""}"{target}"'
    return [Missing(wanted.name, PURPOSES[extra], command)]


def _missing_tools() -> list[Missing]:
    """Programs that building and testing the course need; a student on Windows needs none."""
    if sys.platform == "win32":
        return []
    mac, linux = sys.platform == "darwin", sys.platform.startswith("linux")
    xcode, apt = "xcode-select --install", "sudo apt-get install"
    browser = "brew install --cask chromium" if mac else f"{apt} chromium"
    rows = [
        ("git", shutil.which("git"), "the tests", xcode if mac else f"{apt} git"),
        ("make", shutil.which("make"), "the book and the tests", xcode if mac else f"{apt} make"),
        ("chromium", find_chromium(), "the tests", browser),
    ]
    if linux:
        rows.append(("bubblewrap", shutil.which("bwrap"), "grading", f"{apt} bubblewrap"))
    return [Missing(name, purpose, get) for name, found, purpose, get in rows if not found]


def _device() -> dict[str, Any]:
    import torch

    from ilkit.train import pick_device

    device = pick_device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {"type": device.type, "name": name, "threads": torch.get_num_threads()}


def _in_words(found: dict[str, Any]) -> str:
    width = max(map(len, found["versions"]))
    lines = [f"{name:<{width}}  {found['versions'][name]}" for name in found["versions"]]
    lines = [line for line in lines if not line.endswith(" None")]
    if device := found["device"]:
        words = f"{device['type']} ({device['name']}), {device['threads']} threads"
        lines.append(f"{'device':<{width}}  {words}")
    needs: dict[tuple[str, str], list[str]] = {}
    for gap in found["missing"]:
        needs.setdefault((gap["purpose"], gap["command"]), []).append(gap["name"])
    for (purpose, command), names in needs.items():
        lines.append(f"Missing for {purpose}: {', '.join(names)}. Get it: {command}")
    lines.append(f"Ready for homework: {'yes' if found['ready'] else 'no'}.")
    return "\n".join(lines)


def _walls_in_words(found: dict[str, Any]) -> str:
    lines = []
    for rung in found["rungs"]:
        used = ", which grading uses" if rung["name"] == found["rung"] else ""
        lines.append(f"{rung['name']}: {rung['lacking'] or f'works here{used}'}")
        lines += [f"    it cannot stop: {missed}" for missed in rung["misses"]]
    lines.append(f"Ready for grading: {'yes' if found['ready'] else 'no'}.")
    return "\n".join(lines)
