"""Registers every environment: `gymnasium.make("ilkit.envs.registration:ilkit/Track-v0")`."""

from __future__ import annotations

from typing import Any

import gymnasium

from ilkit import envs
from ilkit.envs.base import Env
from ilkit.envs.gym import ToGym, ToGymVector


def register(kind: type[Env]) -> None:
    """Make `kind` known as ilkit/NAME-v0, for `gymnasium.make` and `gymnasium.make_vec`."""

    def single(render_mode: str | None = None, **options: Any) -> ToGym:
        return ToGym(kind(**options), render_mode)

    def vector(num_envs: int = 1, render_mode: str | None = None, **options: Any) -> ToGymVector:
        return ToGymVector(kind(**options), num_envs, render_mode)

    gymnasium.register(f"ilkit/{kind.__name__}-v0", entry_point=single, vector_entry_point=vector)


for name in envs.__all__:
    if name != "Env":
        register(getattr(envs, name))
