from hypothesis import given as every
from hypothesis import strategies as st

from carnet.kernel.testing import Given, repeated_adds_nothing
from carnet.objects.domain.address import Address
from carnet.objects.domain.identity import party_id
from carnet.objects.domain.party import Change, Particulars, PartyChanged, PartyRegistered, Register, party

given = Given(party)
K1 = party_id("K1")
post = Address(
    street="Av. de Rumine", house_number="20", postcode="1005", city="Lausanne", care_of="Régie Delacroix SA"
)
park = Particulars(name="PPE Résidence du Parc", address=post, email="gerance@delacroix.example")
register = Register(party_id=K1, number="K1", particulars=park)
registered = PartyRegistered(party_id=K1, number="K1", particulars=park)


def changed(**given: object) -> PartyChanged:
    return PartyChanged(party_id=K1, number="K1", particulars=park.model_copy(update=given))


def test_a_party_is_registered_with_who_receives_its_post() -> None:
    assert given().when(register) == [registered]


def test_registering_twice_changes_nothing() -> None:
    assert given(registered).when(register) == []


def test_a_number_belongs_to_one_party() -> None:
    other = register.model_copy(update={"particulars": Particulars(name="Someone else")})
    given(registered).refuses(other, because="Party K1 is registered already")


def test_only_what_is_given_changes() -> None:
    assert given(registered).when(Change(language="de")) == [changed(language="de")]


def test_an_email_address_is_taken_away() -> None:
    assert given(registered).when(Change(email=None)) == [changed(email=None)]


def test_changing_twice_changes_nothing() -> None:
    assert given(registered, changed(language="de")).when(Change(language="de")) == []


def test_a_party_keeps_a_name() -> None:
    given(registered).refuses(Change(name=" "), because="keeps a name")


def test_an_unknown_party_is_not_changed() -> None:
    given().refuses(Change(language="de"), because="Register the party")


people = st.builds(Particulars, name=st.sampled_from(["Anna", "Bea"]), email=st.sampled_from([None, "a@b.example"]))
changes = st.builds(Change, language=st.sampled_from(["fr", "de"]), name=st.sampled_from(["", "Anna", "Bea"]))
commands = st.builds(Register, party_id=st.just(K1), number=st.just("K1"), particulars=people) | changes


@every(st.lists(commands, max_size=8))
def test_any_command_repeated_adds_nothing(commands: list[Register | Change]) -> None:
    repeated_adds_nothing(party, commands)
