"""What leaves the context: each private event at most once, and no person's data but in events about parties."""

from datetime import date
from decimal import Decimal
from typing import get_args

from carnet.events import objects as published
from carnet.objects.domain import object as objects
from carnet.objects.domain import party, site, task
from carnet.objects.domain.address import Address
from carnet.objects.domain.responsibility import ResponsibilityAssigned
from carnet.objects.domain.structure import NodeMoved
from carnet.objects.publishing import SAME_FIELDS, publish

DAY = date(2026, 1, 1)
HOUSE = Address(street="Ch. des Fleurettes", house_number="12", postcode="1007", city="Lausanne")


def test_a_party_is_published_whole() -> None:
    told = party.Particulars(name="PPE Parc", address=HOUSE, email="a@b.example")
    event = party.PartyChanged(party_id="k1", number="K1", particulars=told)
    fact = publish(event)
    assert fact == published.PartyChanged(
        party_id="k1", number="K1", name="PPE Parc", address=HOUSE.model_dump(), email="a@b.example"
    )


def test_a_site_is_published_with_its_place_in_the_tree() -> None:
    event = site.SiteRegistered(site_id="s", number="S", name="Fleurettes", kind="place", parent_id="p")
    assert publish(event) == published.SiteRegistered(
        site_id="s", number="S", name="Fleurettes", kind="place", parent_id="p"
    )


def test_an_object_is_published_with_its_first_field_values() -> None:
    event = objects.ObjectRegistered(
        object_id="a", number="A", name="Lift", kind="lift", value=Decimal("1.50"), fields={"load": "630 kg"}
    )
    assert publish(event) == published.ObjectRegistered(
        object_id="a", number="A", name="Lift", kind="lift", value=Decimal("1.50"), fields={"load": "630 kg"}
    )


def test_a_move_is_published_without_the_lineage() -> None:
    event = NodeMoved(node_id="a", parent_id="p", site_id="s", valid_from=DAY, lineage=("p",))
    assert publish(event) == published.ObjectMoved(object_id="a", parent_id="p", site_id="s", valid_from=DAY)


def test_every_private_event_is_published() -> None:
    unions = (objects.Event, party.Event, site.Event, task.Event)
    private = {each for union in unions for each in get_args(union)} | {ResponsibilityAssigned, NodeMoved}
    assert private - set(SAME_FIELDS) == {party.PartyRegistered, party.PartyChanged, NodeMoved}
