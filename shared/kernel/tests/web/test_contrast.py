"""Every ink of the style sheet can be read on every paper, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from carnet.kernel.web.static import ASSETS

CSS = (ASSETS / "carnet.css").read_text()
BLOCKS = re.findall(r":root {(.*?)}", CSS, re.DOTALL)
DAY, NIGHT = (dict(re.findall(r"--(\w[\w-]*): (#[0-9a-f]{6})", block)) for block in BLOCKS[:2])
PAPERS = ("paper", "leaf", "wash")


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("ink", ["ink", "faded", "accent", "good", "due", "late"])
def test_text_can_be_read(theme: dict[str, str], paper: str, ink: str) -> None:
    assert contrast(theme[ink], theme[paper]) >= 4.5


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_edge_of_a_field_can_be_seen(theme: dict[str, str], paper: str) -> None:
    assert contrast(theme["edge"], theme[paper]) >= 3


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
def test_a_button_can_be_read(theme: dict[str, str]) -> None:
    assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
