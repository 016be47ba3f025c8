from carnet.objects.read_models.folding import fold


def test_text_is_folded_to_small_words_without_accents() -> None:
    assert fold("Ch. des Fleurettes 12/a – Île-ÉLEVÉE") == "ch des fleurettes 12 a ile elevee"
