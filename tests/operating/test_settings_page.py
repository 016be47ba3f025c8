"""`docs/settings.md` is what the settings classes say."""

import pytest

from carnet.kernel.service import CONTEXTS
from carnet.runner.settings_page import fields, page, settings_of
from operating.pages import DOCS


def test_the_page_is_as_the_classes_say() -> None:
    assert (DOCS / "settings.md").read_text() == page(), "run `carnet settings --write`"


@pytest.mark.parametrize("context", CONTEXTS)
def test_each_setting_says_what_it_means(context: str) -> None:
    assert [name for name, field in fields(settings_of(context)).items() if not field.description] == []
