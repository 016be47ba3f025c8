"""Contracts listed and read: the newest version, how it came about, and what became of its promises."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from carnet.contracts.api.existing import existing
from carnet.contracts.domain.obligations import Obligations
from carnet.contracts.domain.terms import Kind
from carnet.contracts.read_models import contracts
from carnet.contracts.read_models.contracts import ContractRow, Filter, VersionRow
from carnet.contracts.read_models.falling_due import due_between
from carnet.contracts.read_models.obligations import DueView, obligations
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.preconditions import etag
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["contracts"])


class ContractView(BaseModel):
    """A contract in a list."""

    contract_id: str
    number: str
    kind: Kind
    debtor_id: str
    starts_on: date
    ends_on: date | None
    terminated: bool
    version: int


class VersionView(BaseModel):
    """One step of a contract's history; `changed` are an amendment's changes."""

    version: int
    what: str
    valid_from: date
    recorded: date
    changed: list[dict[str, Any]]


class ContractDetail(ContractView):
    """A whole contract: `terms` of the newest version, its timeline, and the services of the business day's year."""

    terms: dict[str, Any]
    versions: list[VersionView]
    due: list[DueView]
    obligations: Obligations


def wanted(
    debtor: str | None = None,
    object_id: Annotated[str | None, Query(alias="object")] = None,
    kind: Kind | None = None,
    due: Annotated[date | None, Query(description="with a service still open that is due up to this day")] = None,
    number: str = "",
) -> Filter:
    return Filter(debtor, object_id, kind, due, number)


@router.get("", dependencies=[CaughtUp])
async def list_contracts(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    asked: Listed,
    restricted: Annotated[Filter, Depends(wanted)],
    _: Identified,
) -> Page[ContractView]:
    """List contracts by number."""
    rows = await runtime.query(lambda session: contracts.listed(session, restricted, asked.after, asked.limit + 1))
    page = asked.page([view(row) for row in rows], key=lambda shown: (shown.number, shown.contract_id))
    link_next(request, response, page)
    return page


def view(row: ContractRow) -> ContractView:
    return ContractView.model_validate(row.model_dump(exclude={"whole", "revision"}))


@router.get("/{contract_id}", dependencies=[CaughtUp])
async def get_contract(contract_id: str, runtime: RuntimeDep, response: Response, _: Identified) -> ContractDetail:
    """Give one contract, by its id or its number."""
    contract = await existing(runtime, contract_id)
    row = await runtime.query(lambda session: contracts.one(session, contract.contract_id))
    if row is None:
        raise Unknown("The contract {id}", id=contract.terms.contract_number)
    response.headers["ETag"] = etag(row.revision)
    return await runtime.query(lambda session: detail(session, row, runtime.today().year))


def detail(session: Any, row: ContractRow, year: int) -> ContractDetail:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return ContractDetail(
        **dict(view(row)),
        terms=row.whole["terms"],
        versions=[timeline(each) for each in contracts.versions(session, row.contract_id)],
        due=due_between(session, [row.contract_id], first, last),
        obligations=obligations(session, row, first, last),
    )


def timeline(row: VersionRow) -> VersionView:
    return VersionView.model_validate(row.model_dump(exclude={"whole", "contract_id"}))
