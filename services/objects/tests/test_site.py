from datetime import date

from hypothesis import given as every
from hypothesis import strategies as st

from carnet.kernel.testing import Given, repeated_adds_nothing
from carnet.objects.domain.address import Address
from carnet.objects.domain.identity import site_id
from carnet.objects.domain.placement import Placement
from carnet.objects.domain.responsibility import AssignResponsibility, ResponsibilityAssigned
from carnet.objects.domain.site import Register, SiteRegistered, site

days = st.dates(date(2026, 1, 1), date(2026, 1, 9))
given = Given(site)
HOUSE, PROJECT = site_id("FLEURETTES-12"), site_id("PARC")
address = Address(street="Ch. des Fleurettes", house_number="12", postcode="1007", city="Lausanne")
register = Register(
    site_id=HOUSE,
    number="FLEURETTES-12",
    name="Chemin des Fleurettes 12",
    address=address,
    canton="VD",
    owner_id="K1",
    placement=Placement(parent_id=PROJECT),
)
registered = SiteRegistered(
    site_id=HOUSE,
    number="FLEURETTES-12",
    name="Chemin des Fleurettes 12",
    address=address,
    canton="VD",
    owner_id="K1",
    parent_id=PROJECT,
)
january = date(2026, 1, 1)
manager = AssignResponsibility(role="manager", party_id="regie", valid_from=january)
managed = ResponsibilityAssigned(node_id=HOUSE, role="manager", party_id="regie", valid_from=january)


def test_a_site_is_registered_in_its_project() -> None:
    assert given().when(register) == [registered]


def test_registering_twice_changes_nothing() -> None:
    assert given(registered).when(register) == []


def test_a_number_belongs_to_one_site() -> None:
    given(registered).refuses(register.model_copy(update={"name": "Other"}), because="registered already")


def test_the_project_comes_before_what_stands_in_it() -> None:
    early = register.model_copy(update={"placement": Placement(parent_id=PROJECT, parent_registered=False)})
    given().refuses(early, because="Register the parent before")


def test_a_property_manager_is_named_from_a_day_on() -> None:
    assert given(registered).when(manager) == [managed]


def test_naming_the_same_manager_twice_changes_nothing() -> None:
    assert given(registered, managed).when(manager) == []


def test_another_manager_for_the_same_day_replaces_the_first() -> None:
    other = manager.model_copy(update={"party_id": "autre"})
    assert given(registered, managed).when(other) == [managed.model_copy(update={"party_id": "autre"})]


def test_an_unknown_site_has_no_manager() -> None:
    given().refuses(manager, because="Register the site")


commands = st.builds(
    Register, site_id=st.just(HOUSE), number=st.just("F"), name=st.sampled_from(["A", "B"])
) | st.builds(
    AssignResponsibility,
    role=st.sampled_from(["owner", "manager", "contact"]),
    party_id=st.sampled_from(["K1", "K2"]),
    valid_from=days,
)


@every(st.lists(commands, max_size=8))
def test_any_command_repeated_adds_nothing(commands: list[Register | AssignResponsibility]) -> None:
    repeated_adds_nothing(site, commands)
