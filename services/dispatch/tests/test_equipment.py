"""A piece of equipment is registered once under its number."""

from carnet.dispatch.domain.equipment import EquipmentRegistered, Register, equipment
from carnet.kernel.testing import Given

given = Given(equipment)
weights = {"equipment_id": "e1", "number": "W-1", "kind": "test_weights_1000", "name": "Test weights 1000 kg"}


def test_equipment_is_registered_once() -> None:
    assert given().when(Register(**weights)) == [EquipmentRegistered(**weights)]
    assert given(EquipmentRegistered(**weights)).when(Register(**weights)) == []


def test_a_number_is_given_once() -> None:
    other = Register(**weights | {"name": "Oscilloscope"})
    given(EquipmentRegistered(**weights)).refuses(other, because="Number W-1 is taken by Test weights 1000 kg")
