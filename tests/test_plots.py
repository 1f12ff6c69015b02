"""The figures' look: a palette that is seen by all, and a style that fits the page."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

from ilkit import plots


def luminance(color: str) -> float:
    """Relative luminance as the web's accessibility guidelines define it (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("name", plots.COLORS)
def test_every_colour_stands_out_from_white_paper(name: str) -> None:
    assert 1.05 / (luminance(plots.COLORS[name]) + 0.05) >= 3.0  # WCAG 1.4.11, graphics


def test_a_wide_figure_fits_the_column_and_is_the_same_twice(tmp_path) -> None:
    with mpl.rc_context():
        plots.style()
        for name in ("a.svg", "b.svg"):
            figure, axes = plt.subplots()
            axes.plot([0, 1], [0, 1])
            plots.label(axes, 1, 1, "a line", "learner")
            figure.savefig(tmp_path / name, metadata={"Date": None})
            plt.close(figure)
        assert figure.get_figwidth() == plots.WIDE
        assert plots.WIDE * 96 <= 45 * 16  # inches against the column's width in book/_static
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_label_takes_the_colour_of_its_line() -> None:
    figure, axes = plt.subplots()
    text = plots.label(axes, 0.5, 0.5, "expert", "expert", ha="right")
    assert text.get_color() == plots.COLORS["expert"]
    assert text.get_ha() == "right"
    plt.close(figure)
