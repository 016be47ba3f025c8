"""The texts of the kernel's pages: collected, and all there in French."""

from pathlib import Path

from babel.messages.pofile import read_po

from carnet.kernel.web import catalogues
from carnet.kernel.web.language import SHARED

WEB = SHARED.parent


def test_the_template_catalogue_is_up_to_date() -> None:
    with (SHARED / "messages.pot").open("rb") as source:
        kept = {message.id for message in read_po(source)}
    assert kept == {message.id for message in catalogues.collect(WEB)}


def test_a_context_collects_pages_and_refusals_and_keeps_translations(tmp_path: Path) -> None:
    folder = tmp_path / "dispatch" / "pages"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/orders.html").write_text("{{ _('Orders by day') }}")
    (folder.parent / "domain.py").write_text('raise Rejected("Plan it first.")')
    catalogues.update(folder)
    french = folder / "translations/fr.po"
    assert catalogues.untranslated(folder, "fr") == ["Plan it first.", "Orders by day"]

    french.write_text(french.read_text().replace('"Orders by day"\nmsgstr ""', '"Orders by day"\nmsgstr "Par jour"'))
    catalogues.update(folder)
    assert catalogues.untranslated(folder, "fr") == ["Plan it first."]
