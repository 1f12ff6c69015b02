"""Checkpoints: weights on disk, and training that goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Generator, nn

from ilkit.errors import InputError
from ilkit.storage import replacing
from ilkit.train.descent import Descent

VERSION = 2


def save(path: str | Path, module: nn.Module, **extra: Any) -> None:
    """Write a module's weights, and what else is given, beside `path` and rename."""
    with replacing(path) as beside:
        torch.save({"version": VERSION, "weights": module.state_dict(), **extra}, beside)


def load(path: str | Path, module: nn.Module) -> dict[str, Any]:
    """Read weights into `module`; returns all that was saved. No code in the file is run."""
    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        version = saved["version"]
    except FileNotFoundError:
        raise InputError(f"{path}: expected a checkpoint, got no file; check the path.") from None
    except Exception as error:
        raise InputError(
            f"{path}: expected a checkpoint of ilkit, got a file that cannot be read "
            f"({type(error).__name__}); it may be cut short: train again."
        ) from None
    if version != VERSION:
        raise InputError(
            f"{path}: expected checkpoint version {VERSION}, got {version}; "
            "use the version of ilkit that wrote it."
        )
    try:
        module.load_state_dict(saved["weights"])
    except RuntimeError as error:
        raise InputError(
            f"{path}: the weights do not fit this policy ({str(error).splitlines()[-1].strip()}); "
            "build it with the same spaces, net and chunk."
        ) from None
    return saved


class Run:
    """All that a training run must remember to go on exactly: load it, step, save it."""

    def __init__(
        self,
        policy: nn.Module,
        descent: Descent,
        generator: Generator,
        settings: dict[str, float | None],
    ) -> None:
        self.policy, self.descent = policy, descent
        self.generator, self.settings = generator, settings

    def save(self, path: str | Path, losses: list[float]) -> None:
        """Write the run; whoever reads the policy alone gets the averaged weights."""
        self.descent.average.swap()
        save(
            path,
            self.policy,
            descent=self.descent.state(),
            generator=self.generator.get_state(),
            settings=self.settings,
            losses=losses,
        )
        self.descent.average.swap()

    def resume(self, path: str | Path) -> list[float]:
        """The losses of the steps already done: none if there is no checkpoint yet."""
        if not Path(path).exists():
            return []
        saved = load(path, self.policy)
        if "descent" not in saved:
            raise InputError(f"{path}: expected a training run, got weights alone; use load().")
        for name, now in self.settings.items():
            if saved["settings"][name] != now:
                raise InputError(
                    f"{path}: expected {name} = {saved['settings'][name]}, as when this run began, "
                    f"got {now}; go on with the same, or give a new file."
                )
        self.descent.restore(saved["descent"])
        self.descent.average.swap()
        self.generator.set_state(saved["generator"])
        losses: list[float] = saved["losses"]
        return losses
