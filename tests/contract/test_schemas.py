"""The published language: checked in as the models say it, and only ever added to."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from carnet.events import schemas
from carnet.events.catalogue import CATALOGUE
from carnet.events.dispatch import OrderCreated

NAME = OrderCreated.TYPE
FIRST_VERSIONS = [
    "carnet.dispatch.OrderCreated.v1",
    "carnet.contracts.ContractAmended.v1",
    "carnet.dispatch.WorkReported.v1",
]


def test_the_schemas_are_checked_in_as_the_models_say() -> None:
    assert schemas.check() == []


@pytest.mark.parametrize("name", FIRST_VERSIONS)
def test_the_names_that_others_rely_on_are_there(name: str) -> None:
    assert name in CATALOGUE


Change: TypeAlias = Callable[[Any], Any]
"""Changes an order's fields in place."""

UNWISE: dict[str, Change] = {
    "a field is gone": lambda fields: fields.pop("object_id"),
    "a field has another name": lambda fields: fields.update(asset_id=fields.pop("object_id")),
    "a field has another type": lambda fields: fields.update(number={"type": "integer"}),
    "a field takes less than before": lambda fields: fields["object_id"].update(maxLength=36),
    "a value is new": lambda fields: fields["order_type"]["enum"].append("warranty"),
    "a value is gone": lambda fields: fields["order_type"]["enum"].remove("internal"),
}


def planted(change: Change) -> dict[str, schemas.Schema]:
    """Give the schemas as an unwise colleague would change them."""
    new: dict[str, Any] = copy.deepcopy(schemas.exported())
    change(new[NAME]["properties"])
    return new


@pytest.mark.parametrize("change", UNWISE)
def test_an_unwise_change_of_a_field_fails(change: str) -> None:
    assert list(schemas.breaches(schemas.kept(), planted(UNWISE[change]))) != []


def test_a_type_that_is_gone_fails() -> None:
    new = {name: schema for name, schema in schemas.exported().items() if name != NAME}
    assert list(schemas.breaches(schemas.kept(), new)) == [f"{NAME}: the type is gone; published names live for ever."]


def test_a_new_field_that_is_required_fails() -> None:
    new: dict[str, Any] = planted(lambda fields: fields.update(urgent={"type": "boolean"}))
    new[NAME]["required"].append("urgent")
    assert list(schemas.breaches(schemas.kept(), new)) != []


def test_a_field_that_may_be_missing_now_fails() -> None:
    new: dict[str, Any] = copy.deepcopy(schemas.exported())
    new[NAME]["required"].remove("object_id")
    assert list(schemas.breaches(schemas.kept(), new)) != []


def test_a_part_that_has_lost_a_field_fails() -> None:
    new: dict[str, Any] = copy.deepcopy(schemas.exported())
    del new["carnet.dispatch.WorkReported.v1"]["$defs"]["WorkItem"]["properties"]["quantity"]
    assert list(schemas.breaches(schemas.kept(), new)) != []


def test_an_optional_field_and_other_prose_are_welcome() -> None:
    new: dict[str, Any] = copy.deepcopy(schemas.exported())
    new[NAME]["properties"]["colour"] = {"type": "string", "default": ""}
    new[NAME]["description"] = "said better"
    assert list(schemas.breaches(schemas.kept(), new)) == []


def test_an_incompatible_export_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas.keep(tmp_path)
    before = schemas.kept(tmp_path)
    unwise = planted(UNWISE["a field is gone"])
    monkeypatch.setattr(schemas, "exported", lambda: unwise)
    with pytest.raises(schemas.Incompatible, match="object_id: the field is gone"):
        schemas.keep(tmp_path)
    assert schemas.kept(tmp_path) == before
