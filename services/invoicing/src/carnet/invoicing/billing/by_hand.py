"""A person bills an order, as after its invoice was voided: what it waits for comes back as a sentence."""

from carnet.invoicing.billing.work_billing import bill_when_ready
from carnet.invoicing.domain.order_facts import Known
from carnet.invoicing.streams import BILLABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.reaction import NotYet
from carnet.kernel.web.commands import Answer, Commands
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.tokens import AfterToken


async def bill_by_hand(commands: Commands, order_id: str) -> Answer:
    """Bill an order that is not billed; raises Unknown, and Rejected with what it waits for."""
    if (await commands.runtime.state(BILLABLES, order_id)).known == Known():
        raise Unknown("The order {id}", id=order_id)
    if missing := await awaited(commands, order_id):
        raise Rejected(missing)
    stream = commands.runtime.stream(BILLABLES, order_id)
    head = (await stream.store.read(stream.name))[-1]
    token = str(AfterToken(commands.runtime.context.name, head.position, stream.name, -1))
    return Answer(id=order_id, stream=stream.name, revision=head.revision, token=token)


async def awaited(commands: Commands, order_id: str) -> str | None:
    try:
        return await bill_when_ready(commands.runtime, order_id, commands.because)
    except NotYet as why:
        return str(why)
