"""What objects tells the world: all of it; the particulars of persons in events about parties only (promise 18)."""

from pydantic import BaseModel

from carnet.events import objects as published
from carnet.events.fact import Fact
from carnet.objects.domain import object as objects
from carnet.objects.domain import party, responsibility, site, structure, task

SAME_FIELDS: dict[type[BaseModel], type[Fact]] = {
    site.SiteRegistered: published.SiteRegistered,
    objects.ObjectRegistered: published.ObjectRegistered,
    objects.ObjectRetired: published.ObjectRetired,
    objects.FieldValued: published.FieldValued,
    objects.MeterRead: published.MeterRead,
    responsibility.ResponsibilityAssigned: published.ResponsibilityAssigned,
    task.TaskRaised: published.TaskRaised,
    task.TaskDone: published.TaskDone,
    task.LeadRaised: published.LeadRaised,
}


def publish(event: BaseModel) -> Fact | None:
    """Translate one private event into at most one published event."""
    match event:
        case party.PartyRegistered():
            return published.PartyRegistered(**whole(event))
        case party.PartyChanged():
            return published.PartyChanged(**whole(event))
        case structure.NodeMoved():
            return published.ObjectMoved(object_id=event.node_id, **event.model_dump(exclude={"node_id", "lineage"}))
        case _ if fact := SAME_FIELDS.get(type(event)):
            return fact.model_validate(event.model_dump())
        case _:
            return None


def whole(event: party.PartyRegistered | party.PartyChanged) -> dict[str, object]:
    return {"party_id": event.party_id, "number": event.number, **event.particulars.model_dump()}
