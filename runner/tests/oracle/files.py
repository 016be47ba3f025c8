"""Scenarios that somebody wrote down: the shared ones, where they lie beside this repository, and its own examples."""

from pathlib import Path

ROOT = Path(__file__).parents[3]


def scenario_files() -> list[Path]:
    """Give every file, by its name; the examples are always there."""
    folders = [ROOT.parent / "shared" / "scenarios", ROOT / "docs" / "examples" / "scenarios"]
    return sorted((file for folder in folders for file in folder.rglob("*.yaml")), key=lambda file: file.stem)
