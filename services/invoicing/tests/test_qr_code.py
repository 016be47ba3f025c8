"""The code of a QR-bill: the library's own, drawn faster."""

import re

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from qrcode import constants
from qrcode.main import QRCode
from qrcode.util import lost_point

from carnet.invoicing.documents.qr_code import Code, drawing, penalty, sides

PAYLOADS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=600)


def plain(payload: str) -> QRCode:
    code = QRCode(error_correction=constants.ERROR_CORRECT_M, border=0)
    code.add_data(payload)
    code.make()
    return code


@settings(max_examples=25, deadline=None)
@for_all(PAYLOADS)
def test_any_payload_gives_the_librarys_own_code(payload: str) -> None:
    ours = Code(error_correction=constants.ERROR_CORRECT_M, border=0)
    ours.add_data(payload)
    ours.make()
    assert ours.modules == plain(payload).modules


@settings(max_examples=40, deadline=None)
@for_all(
    st.integers(21, 57).flatmap(
        lambda n: st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_the_penalty_of_any_square_is_the_librarys(modules: list[list[bool]]) -> None:
    assert penalty(sides(modules), len(modules)) == lost_point(modules)


def test_the_path_draws_each_dark_module_once() -> None:
    payload = "SPC\r\n0200\r\n1\r\nCH4431999123000889012\r\nS\r\nRochat Ascenseurs SA\r\nGenève"
    drawn = drawing(payload)
    modules = [[False] * drawn.width for _ in range(drawn.width)]
    for x, y, length in re.findall(r"M(\d+),(\d+)h(\d+)v1h-\3z", drawn.path):
        for column in range(int(x), int(x) + int(length)):
            assert not modules[int(y)][column]
            modules[int(y)][column] = True
    assert modules == plain(payload).modules
