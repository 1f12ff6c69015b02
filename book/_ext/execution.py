"""How the chapters are executed: several at a time, and again when what they depend on changed."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import shutil
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook
from sphinx.application import Sphinx

from ilkit.widgets import explorer

ROOT = Path(__file__).resolve().parents[2]
READER = {"type": "plugin", "name": "myst_nb_md"}


def processor() -> str:
    """The processor's name, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def key_of_outputs() -> str:
    """A hash of all that a chapter's outputs and times depend on beside its own text.

    Grading is not part of it: no chapter imports it.
    """
    digest = hashlib.sha256(f"{processor()} {os.cpu_count()}".encode())
    files = [path for path in ROOT.glob("ilkit/**/*") if path.suffix in (".py", ".js", ".css")]
    files = [path for path in files if ROOT / "ilkit/grading" not in path.parents]
    for path in sorted([*files, *ROOT.glob("book/results/*.json"), ROOT / "requirements.txt"]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def prepare(app: Sphinx, config: Any) -> None:
    """Kernels write static figures; the cache is named by its key, so that none is stale."""
    os.environ[explorer.STATIC] = "1"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # whoever builds
    use_own_profile(Path(app.outdir).parent / ".ipython")
    cache = Path(app.outdir).parent / ".cache"
    config.nb_execution_cache_path = str(cache / key_of_outputs())
    for stale in cache.glob("*"):
        if stale != Path(config.nb_execution_cache_path):
            shutil.rmtree(stale, ignore_errors=True)


def use_own_profile(folder: Path) -> None:
    """Kernels read this profile, not the reader's start-up files, and print errors alone."""
    settings = folder / "profile_default" / "ipython_kernel_config.py"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("c.IPKernelApp.log_level = 40\n")
    os.environ["IPYTHONDIR"] = str(folder)


def execute_ahead(app: Sphinx, env: Any, docnames: list[str]) -> None:
    """Execute what is about to be read, one notebook a core; myst-nb finds them in its cache.

    A notebook that fails here is executed again by myst-nb, which says what went wrong.
    """
    settings = env.mystnb_config
    paths = [Path(env.doc2path(name)) for name in docnames]
    wanted = [
        str(path)
        for path in paths
        if is_myst_markdown_notebook(path.read_text())
        and not any(path.match(pattern) for pattern in settings.execution_excludepatterns)
    ]
    cache = get_cache(settings.execution_cache_path)
    for path in wanted:
        cache.add_nb_to_project(path, read_data=READER)
    quiet = logging.Logger("execution", logging.CRITICAL)
    executor = load_executor("local-parallel", cache, logger=quiet)
    executor.run_and_cache(filter_uris=wanted, timeout=settings.execution_timeout)


def setup(app: Sphinx) -> None:
    app.connect("config-inited", prepare)
    app.connect("env-before-read-docs", execute_ahead)
