"""Templates kept and retired, and contracts made of them (S66)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from carnet.contracts.api.bodies import Body, Day
from carnet.contracts.api.roles import Seller
from carnet.contracts.domain.contract import Sign
from carnet.contracts.domain.offer import MakeOffer
from carnet.contracts.domain.pattern import Pattern
from carnet.contracts.domain.template import KeepTemplate, RetireTemplate, Template
from carnet.contracts.domain.template_use import terms_from
from carnet.contracts.domain.terms import Id, Parties
from carnet.contracts.read_models import templates
from carnet.contracts.streams import CONTRACTS, TEMPLATES, contract_id_of, template_id_of
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(prefix="/templates", tags=["templates"])
Name = Annotated[str, Path(min_length=1, max_length=100)]


class TemplateView(BaseModel):
    name: str
    version: int
    recorded: date
    pattern: Pattern


class FromTemplate(Body):
    """Whom, what and when; with `valid_until` it is an offer, without it is signed."""

    number: Id
    debtor_id: Id
    contact_id: Id | None = None
    start: Day
    object_ids: tuple[Id, ...] = Field(min_length=1, max_length=1000)
    valid_until: Day | None = None
    recorded: Day | None = None

    def command(self, used: Template, recorded: date) -> Sign | MakeOffer:
        parties = Parties(debtor_id=self.debtor_id, contact_id=self.contact_id)
        terms = terms_from(used, self.number, parties, self.start, self.object_ids)
        contract_id = contract_id_of(self.number)
        if self.valid_until is None:
            return Sign(contract_id=contract_id, terms=terms, recorded=recorded)
        return MakeOffer(contract_id=contract_id, terms=terms, valid_until=self.valid_until, recorded=recorded)


@router.put("/{name}")
async def keep(name: Name, body: Pattern, commands: Commands, _: Seller) -> Answer:
    """Keep a template, or its next version; contracts made of an earlier one stay as they are."""
    command = KeepTemplate(name=name, pattern=body, recorded=commands.runtime.today())
    return await commands.send(TEMPLATES, template_id_of(name), command)


@router.delete("/{name}")
async def retire(name: Name, commands: Commands, _: Seller) -> Answer:
    await named(commands.runtime, name)
    return await commands.send(TEMPLATES, template_id_of(name), RetireTemplate(recorded=commands.runtime.today()))


@router.get("", dependencies=[CaughtUp])
async def list_templates(runtime: RuntimeDep, _: Identified) -> dict[str, list[TemplateView]]:
    """List the templates that are not retired, by name."""
    rows = await runtime.query(templates.listed)
    return {"items": [TemplateView.model_validate({**row.model_dump(), "pattern": row.whole}) for row in rows]}


@router.post("/{name}/contracts", status_code=201)
async def make(name: Name, body: FromTemplate, commands: Commands, _: Seller) -> Answer:
    """Offer or sign a contract as the template says."""
    used = await named(commands.runtime, name)
    command = body.command(used, body.recorded or commands.runtime.today())
    return await commands.send(CONTRACTS, command.contract_id, command)


async def named(runtime: Runtime, name: str) -> Template:
    if (found := await runtime.state(TEMPLATES, template_id_of(name))) is None:
        raise Unknown("The template {name}", name=name)
    return found
