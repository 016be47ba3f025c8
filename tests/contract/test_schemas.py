"""The published language: checked in as the models say it, and only ever added to."""

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carnet.events import schemas
from carnet.events.catalogue import CATALOGUE
from carnet.events.dispatch import OrderCreated
from carnet.events.fact import Fact

NAME = OrderCreated.TYPE
st.register_type_strategy(Decimal, st.decimals(-1_000_000, 1_000_000, places=4))
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


def planted(change: str) -> dict[str, schemas.Schema]:
    """Give the schemas as an unwise colleague would change them."""
    new: dict[str, Any] = copy.deepcopy(schemas.exported())
    order = new[NAME]
    match change:
        case "a type is gone":
            del new[NAME]
        case "a field is gone":
            del order["properties"]["object_id"]
        case "a field has another type":
            order["properties"]["number"] = {"type": "integer"}
        case "a new field is required":
            order["properties"]["urgent"] = {"type": "boolean"}
            order["required"].append("urgent")
        case "a field may be missing":
            order["required"].remove("object_id")
        case "a value is new":
            order["properties"]["order_type"]["enum"].append("warranty")
        case "a part has lost a field":
            del new["carnet.dispatch.WorkReported.v1"]["$defs"]["WorkItem"]["properties"]["quantity"]
    return new


@pytest.mark.parametrize(
    "change",
    [
        "a type is gone",
        "a field is gone",
        "a field has another type",
        "a new field is required",
        "a field may be missing",
        "a value is new",
        "a part has lost a field",
    ],
)
def test_a_planted_incompatible_change_fails(change: str) -> None:
    assert list(schemas.breaches(schemas.kept(), planted(change))) != []


def test_an_optional_field_and_other_prose_are_welcome() -> None:
    new: dict[str, Any] = copy.deepcopy(schemas.exported())
    new[NAME]["properties"]["colour"] = {"type": "string", "default": ""}
    new[NAME]["description"] = "said better"
    assert list(schemas.breaches(schemas.kept(), new)) == []


def test_an_incompatible_export_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas.keep(tmp_path)
    before = schemas.kept(tmp_path)
    unwise = planted("a field is gone")
    monkeypatch.setattr(schemas, "exported", lambda: unwise)
    with pytest.raises(schemas.Incompatible, match="object_id: the field is gone"):
        schemas.keep(tmp_path)
    assert schemas.kept(tmp_path) == before


@pytest.mark.parametrize("fact", CATALOGUE.values(), ids=list(CATALOGUE))
def test_what_is_sent_agrees_with_its_schema_and_reads_back(fact: type[Fact]) -> None:
    validator = jsonschema.Draft202012Validator(schemas.kept()[fact.TYPE])

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.from_type(fact))
    def generated(event: Fact) -> None:
        sent = event.model_dump_json()
        validator.validate(event.model_dump(mode="json"))
        assert fact.model_validate_json(sent) == event

    generated()
