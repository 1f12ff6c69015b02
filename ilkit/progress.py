"""Progress: on a terminal a bar with an estimate of the time left, elsewhere plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from threading import Event, RLock, Thread
from types import TracebackType
from typing import TextIO

WIDTH = 24  # of the bar, in characters
WIPE = "\r\x1b[K"  # back to the start of the line, and clear it


class Progress:
    """How much of some work is done, and how long the rest will take at this speed.

    expected  seconds that each task may take: only their proportions matter, once one is done
    at_once   how many tasks run together, to begin with
    """

    def __init__(self, expected: Mapping[str, float], at_once: int = 1) -> None:
        self.left, self.all = dict(expected), sum(expected.values())
        self.count, self.at_once = len(expected), at_once
        self.start = self.last = time.monotonic()
        self.lock, self.over = RLock(), Event()

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.say("", sys.stderr)

    def done(self, task: str) -> None:
        """One task has ended."""
        with self.lock:
            del self.left[task]
            self.last = time.monotonic()

    def say(self, text: str, file: TextIO) -> None:
        """Print a line (none if it is empty) where the bar was; the bar goes on below it."""
        with self.lock:
            if sys.stderr.isatty():
                print(WIPE, end="", file=sys.stderr, flush=True)
            if text:
                print(text, file=file, flush=True)

    def remaining(self, now: float) -> float:
        """Seconds until all is done: what is left, at the speed up to the last end of a task."""
        left = sum(self.left.values())
        done, spent = self.all - left, self.last - self.start
        speed = done / spent if done and spent else self.at_once
        return max(0.0, left / speed - (now - self.last))

    def line(self, now: float) -> str:
        """The bar as text; it is full only when all is done, however wrong the estimate was."""
        spent, left = now - self.start, self.remaining(now)
        share = spent / (spent + left) if self.left and spent else float(not self.left)
        filled = min(int(WIDTH * share), WIDTH - bool(self.left))
        words = f"about {left:.0f} s left" if left < 90 else f"about {left / 60:.0f} min left"
        if left < 1:
            words = "longer than expected" if self.left else "done"
        bar = "#" * filled + "." * (WIDTH - filled)
        return f"[{bar}] {self.count - len(self.left)} of {self.count}, {words}"

    def _tick(self) -> None:
        while not self.over.wait(1):
            with self.lock:
                print(WIPE + self.line(time.monotonic()), end="", file=sys.stderr, flush=True)
