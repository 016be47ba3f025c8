"""What objects does when it hears of something: objects from sales orders and from production orders."""

from carnet.events.inbound import ProductionOrder, SalesOrder
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime
from carnet.objects.streams import Streams
from carnet.objects.streams.deliveries import Deliveries, Missing
from carnet.objects.streams.inbound import built, sold

SOLD = "a sold object is registered"
BUILT = "the pieces of a built machine are registered"


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    """Give the reactions, which give their commands to the runtime's store."""
    deliveries = Deliveries(Streams(runtime.engines.store))

    async def register_sold(heard: Heard[SalesOrder]) -> None:
        try:
            await deliveries.register(*sold(heard.fact), heard.because(SOLD))
        except Missing as missing:
            raise NotYet(str(missing)) from missing

    async def register_built(heard: Heard[ProductionOrder]) -> None:
        try:
            await deliveries.register(*built(heard.fact), heard.because(BUILT))
        except Missing as missing:
            raise NotYet(str(missing)) from missing

    return Reaction(SOLD, {SalesOrder: register_sold}, start="beginning"), Reaction(
        BUILT, {ProductionOrder: register_built}, start="beginning"
    )
