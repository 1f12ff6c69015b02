"""Devices: where tensors live, and mixed precision where it pays."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from ilkit.errors import InputError


def pick_device(name: str | torch.device = "auto") -> torch.device:
    """The device called `name`; "auto" takes CUDA, then Apple's MPS, then the CPU."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(
            f"device: expected 'auto', 'cpu', 'cuda' or 'mps', got {name!r}; use 'auto'."
        ) from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise InputError("device: 'cuda' was asked for, but this machine has none; use 'auto'.")
    return device


def autocast(device: torch.device, enabled: bool) -> AbstractContextManager[object]:
    """bfloat16 arithmetic inside the context if `enabled`; parameters stay float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if enabled else nullcontext()
