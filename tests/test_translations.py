"""Every text of every page and refusal is there in French, and says the same values."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from carnet.kernel.web.catalogues import untranslated

REPOSITORY = Path(__file__).parents[1]
FRENCH = sorted(REPOSITORY.glob("s*/*/src/carnet/**/translations/fr.po"))
SENTENCES = {"Rejected", "Missing", "Unknown", "BadRequest", "HTTPException", "Sentence", "told"}
each_catalogue = pytest.mark.parametrize("catalogue", FRENCH, ids=lambda path: str(path.relative_to(REPOSITORY)))


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def computed(source: Path) -> Iterator[str]:
    """Name the sentences of a module that no catalogue can have: their values are already in them."""
    for node in ast.walk(ast.parse(source.read_text())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in SENTENCES:
                yield from (f"{source.name}:{node.lineno}" for each in args if isinstance(each, ast.JoinedStr))


def test_all_contexts_and_the_kernel_have_a_catalogue() -> None:
    assert len(FRENCH) == 1 + len(list((REPOSITORY / "services").iterdir()))


@each_catalogue
def test_no_text_is_missing(catalogue: Path) -> None:
    assert untranslated(catalogue.parents[1], "fr") == []


@each_catalogue
def test_a_translation_has_the_values_of_its_sentence(catalogue: Path) -> None:
    with catalogue.open("rb") as source:
        texts = [(str(text.id), str(text.string)) for text in read_po(source) if text.id and not text.pluralizable]
    assert {text: told for text, told in texts if values(text) != values(told)} == {}


@each_catalogue
def test_a_refusal_keeps_its_values_apart(catalogue: Path) -> None:
    sources = sorted(catalogue.parents[2].rglob("*.py"))
    assert [place for source in sources for place in computed(source)] == []


def test_a_sentence_with_its_values_in_it_is_found(tmp_path: Path) -> None:
    source = tmp_path / "order.py"
    source.write_text('raise Rejected(f"Order {number} is gone.")\n')
    assert list(computed(source)) == ["order.py:1"]
