"""Which decider lives on which stream."""

from dataclasses import dataclass
from typing import Final

from carnet.kernel.codec import codec_of
from carnet.kernel.store.port import EventStore
from carnet.kernel.streams import Category, Stream
from carnet.objects.domain import object as objects
from carnet.objects.domain import party, site, structure, task

PARTIES: Final = Category("party", party.party, codec_of(party.Event))
SITES: Final = Category("site", site.site, codec_of(site.Event))
OBJECTS: Final = Category("object", objects.object_, codec_of(objects.Event))
TASKS: Final = Category("task", task.task, codec_of(task.Event))
STRUCTURE: Final = Category("structure", structure.structure, codec_of(structure.Event), long=True)

CODEC: Final = PARTIES.codec | SITES.codec | OBJECTS.codec | TASKS.codec | STRUCTURE.codec


@dataclass(frozen=True)
class Streams:
    """The aggregates of objects in one store, by their ids."""

    store: EventStore

    def party(self, party_id: str) -> Stream[party.Command, party.State, party.Event]:
        return Stream(self.store, PARTIES, PARTIES.stream(party_id))

    def site(self, site_id: str) -> Stream[site.Command, site.State, site.Event]:
        return Stream(self.store, SITES, SITES.stream(site_id))

    def object(self, object_id: str) -> Stream[objects.Command, objects.State, objects.Event]:
        return Stream(self.store, OBJECTS, OBJECTS.stream(object_id))

    def task(self, task_id: str) -> Stream[task.Command, task.State, task.Event]:
        return Stream(self.store, TASKS, TASKS.stream(task_id))

    def structure(self) -> Stream[structure.Move, structure.State, structure.NodeMoved]:
        """Give the one stream on which all moves are decided (promise 7)."""
        return Stream(self.store, STRUCTURE, "structure")
