from decimal import Decimal

import pytest

from carnet.kernel.decider import Rejected
from carnet.objects.domain.bill_of_materials import Component, Piece, pieces


def part(article: str, *parts: Component, **more: object) -> Component:
    return Component.model_validate({"article": article, "name": article, "parts": parts, **more})


def numbers(found: list[Piece]) -> list[tuple[str, str | None]]:
    return [(piece.number, piece.parent_number) for piece in found]


goods_lift = part(
    "MC-1000",
    part("GT-5", part("M-7.5"), part("F-200")),
    part("AC-3", part("CPU-3"), part("VF-11")),
    part("CB-10", part("OP-2")),
    part("PP", quantity=4),
    part("BOLT", quantity=48, serviceable=False),
    part("OIL", quantity=Decimal("20.0"), serviceable=False),
    serial_number="RA-2026-017",
)


def test_the_demonstration_s_production_order_gives_13_objects() -> None:
    assert numbers(pieces("FA-2026-017", goods_lift, "FLEURETTES-12")) == [
        ("FA-2026-017/MC-1000", "FLEURETTES-12"),
        ("FA-2026-017/GT-5", "FA-2026-017/MC-1000"),
        ("FA-2026-017/M-7.5", "FA-2026-017/GT-5"),
        ("FA-2026-017/F-200", "FA-2026-017/GT-5"),
        ("FA-2026-017/AC-3", "FA-2026-017/MC-1000"),
        ("FA-2026-017/CPU-3", "FA-2026-017/AC-3"),
        ("FA-2026-017/VF-11", "FA-2026-017/AC-3"),
        ("FA-2026-017/CB-10", "FA-2026-017/MC-1000"),
        ("FA-2026-017/OP-2", "FA-2026-017/CB-10"),
        ("FA-2026-017/PP-1", "FA-2026-017/MC-1000"),
        ("FA-2026-017/PP-2", "FA-2026-017/MC-1000"),
        ("FA-2026-017/PP-3", "FA-2026-017/MC-1000"),
        ("FA-2026-017/PP-4", "FA-2026-017/MC-1000"),
    ]


def test_a_serial_number_stays_with_its_piece() -> None:
    assert pieces("FA", goods_lift)[0].serial_number == "RA-2026-017"


def test_parts_of_what_is_not_serviceable_hang_one_level_higher() -> None:
    kit = part("KIT", part("LAMP", quantity=3), quantity=2, serviceable=False)
    assert numbers(pieces("FA", part("CAR", kit)))[1:] == [(f"FA/LAMP-{n}", "FA/CAR") for n in range(1, 7)]


def test_each_piece_has_parts_of_its_own() -> None:
    found = numbers(pieces("FA", part("CAR", part("DOOR", part("LOCK"), quantity=2))))
    assert found[1:] == [
        ("FA/DOOR-1", "FA/CAR"),
        ("FA/LOCK-1", "FA/DOOR-1"),
        ("FA/DOOR-2", "FA/CAR"),
        ("FA/LOCK-2", "FA/DOOR-2"),
    ]


def test_the_same_order_gives_the_same_numbers() -> None:
    assert pieces("FA", goods_lift) == pieces("FA", goods_lift)


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1001", "1E+9"])
def test_an_object_comes_in_whole_pieces(quantity: str) -> None:
    with pytest.raises(Rejected, match="whole number"):
        pieces("FA", part("CAR", quantity=quantity))


def test_several_pieces_do_not_share_a_serial_number() -> None:
    with pytest.raises(Rejected, match="name each piece"):
        pieces("FA", part("CAR", quantity=2, serial_number="S"))


def test_an_order_of_absurd_size_is_refused() -> None:
    with pytest.raises(Rejected, match="split it"):
        pieces("FA", part("CAR", part("DOOR", quantity=100), quantity=100))
