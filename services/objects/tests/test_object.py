from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as every
from hypothesis import strategies as st

from carnet.kernel.testing import Given, repeated_adds_nothing
from carnet.objects.domain.identity import object_id
from carnet.objects.domain.object import (
    Command,
    FieldValued,
    MeterRead,
    ObjectRegistered,
    ObjectRetired,
    ReadMeter,
    Register,
    Retire,
    ValueField,
    object_,
)
from carnet.objects.domain.placement import Placement
from carnet.objects.domain.responsibility import AssignResponsibility, ResponsibilityAssigned

days = st.dates(date(2026, 1, 1), date(2026, 1, 9))
given = Given(object_)
A, SITE = object_id("A"), "site"
january, may, june = date(2026, 1, 1), date(2026, 5, 1), date(2026, 6, 1)
register = Register(
    object_id=A,
    number="A",
    name="Lift A 630 kg",
    kind="lift",
    placement=Placement(parent_id=SITE, site_id=SITE),
    debtor_id="K1",
    registered_on=january,
    fields={"load": "630 kg"},
)
registered = ObjectRegistered(
    object_id=A,
    number="A",
    name="Lift A 630 kg",
    kind="lift",
    parent_id=SITE,
    site_id=SITE,
    debtor_id="K1",
    registered_on=january,
    fields={"load": "630 kg"},
)
retire = Retire(retired_on=june, reason="scrapped")
retired = ObjectRetired(object_id=A, retired_on=june, reason="scrapped")
value = ValueField(field="load", value="800 kg", valid_from=may)
valued = FieldValued(object_id=A, field="load", value="800 kg", valid_from=may)
read = ReadMeter(meter="trips", reading=Decimal(120_000), read_on=may)
was_read = MeterRead(object_id=A, meter="trips", reading=Decimal(120_000), read_on=may)


def test_an_object_is_registered_in_its_place() -> None:
    assert given().when(register) == [registered]


def test_registering_twice_changes_nothing() -> None:
    assert given(registered).when(register) == []


def test_registering_again_below_a_parent_that_moved_changes_nothing() -> None:
    moved = Placement(parent_id=SITE, site_id="another site")
    assert given(registered).when(register.model_copy(update={"placement": moved})) == []


@pytest.mark.parametrize("field", ["number", "name"])
def test_an_object_has_a_number_and_a_name(field: str) -> None:
    given().refuses(register.model_copy(update={field: " "}), because="needs a number and a name")


def test_a_number_belongs_to_one_object() -> None:
    given(registered).refuses(register.model_copy(update={"name": "Lift B"}), because="Object A is registered already")


def test_the_parent_comes_before_what_hangs_under_it() -> None:
    early = register.model_copy(update={"placement": Placement(parent_id="B", parent_registered=False)})
    given().refuses(early, because="Register the parent before")


def test_our_own_machines_have_no_customer() -> None:
    own = Register(object_id=A, number="A", name="Fork-lift", kind="fork-lift", internal=True, debtor_id="K1")
    given().refuses(own, because="leave the debtor out")


def test_an_object_goes_out_of_use() -> None:
    assert given(registered).when(retire) == [retired]


def test_retiring_twice_changes_nothing() -> None:
    assert given(registered, retired).when(retire) == []


def test_an_object_goes_out_of_use_once() -> None:
    given(registered, retired).refuses(Retire(retired_on=may), because="since 2026-06-01 already")


def test_an_extra_field_has_a_value_from_a_day_on() -> None:
    assert given(registered).when(value) == [valued]


def test_the_same_value_twice_changes_nothing() -> None:
    assert given(registered, valued).when(value) == []


def test_the_value_given_at_the_registration_is_known() -> None:
    assert given(registered).when(ValueField(field="load", value="630 kg", valid_from=january)) == []


def test_a_second_value_for_a_day_replaces_the_first() -> None:
    other = value.model_copy(update={"value": "900 kg"})
    assert given(registered, valued).when(other) == [valued.model_copy(update={"value": "900 kg"})]


def test_a_meter_is_read() -> None:
    assert given(registered).when(read) == [was_read]


def test_the_same_reading_twice_changes_nothing() -> None:
    assert given(registered, was_read).when(read) == []


def test_an_object_out_of_use_gets_no_later_values() -> None:
    given(registered, retired).refuses(read.model_copy(update={"read_on": june}), because="out of use since")
    assert given(registered, retired).when(value) == [valued]


def test_an_object_has_an_owner_from_a_day_on() -> None:
    owner = AssignResponsibility(role="owner", party_id="K1", valid_from=may)
    owned = ResponsibilityAssigned(node_id=A, role="owner", party_id="K1", valid_from=may)
    assert given(registered).when(owner) == [owned]
    assert given(registered, owned).when(owner) == []


def test_nothing_happens_to_an_unknown_object() -> None:
    for command in (retire, value, read, AssignResponsibility(role="owner", party_id="K1", valid_from=may)):
        given().refuses(command, because="Register the object first")


fields = st.sampled_from(["load", "colour"])
commands = (
    st.builds(Register, object_id=st.just(A), number=st.just("A"), name=st.sampled_from(["A", "B"]), kind=st.just("x"))
    | st.builds(Retire, retired_on=days)
    | st.builds(ValueField, field=fields, value=st.sampled_from(["", "1", "2"]), valid_from=days)
    | st.builds(ReadMeter, meter=st.just("trips"), reading=st.integers(0, 3).map(Decimal), read_on=days)
)


@every(st.lists(commands, max_size=10))
def test_any_command_repeated_adds_nothing(commands: list[Command]) -> None:
    repeated_adds_nothing(object_, commands)
