"""How a run would differ from the last one, contract by contract, and which amendments make the difference (B4)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.invoicing.domain.claims import Claim, ClaimedDocument
from carnet.invoicing.domain.contract_account import FeesClaimed, State
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.read_models.versions import VersionRow

Status: TypeAlias = Literal["new", "same", "changed", "gone"]


class Amendment(BaseModel):
    """A version that a contract got since it was last billed."""

    version: int
    change: str
    valid_from: date | None
    recorded: date | None
    reason: str


class Difference(BaseModel):
    """A contract's net amount at the last run that billed it and now; credits count as negative.

    `gone` is a contract that was billed last time, whose billed time is over, and that bills nothing any more.
    """

    contract_id: str
    number: str
    status: Status
    last_run: date | None
    before: Decimal
    now: Decimal
    difference: Decimal
    periods_before: int
    periods_now: int
    amendments: list[Amendment]


def last_claims(state: State) -> list[Claim]:
    """Give the standing documents of the last run that billed the contract."""
    held = [claim for claim in state.claims.values() if not claim.voided]
    newest = max((claim.run_date for claim in held), default=None)
    return [claim for claim in held if claim.run_date == newest]


def billed_version(claims: Iterable[Claim]) -> int:
    """Give the contract version that documents were worked out with, 0 where there are none."""
    return max((line.proof.contract_version for claim in claims for line in claim.document.lines), default=0)


def compare(
    contract_id: str, number: str, state: State, claim: FeesClaimed | None, day: date, versions: Sequence[VersionRow]
) -> Difference | None:
    """Compare what would be billed with the contract's last bill; None where nothing is due, as it should be."""
    last = last_claims(state)
    status = status_of(last, claim, day)
    if status is None:
        return None
    then, now = [each.document for each in last], list(claim.documents if claim else ())
    return Difference(
        contract_id=contract_id,
        number=number,
        status=status,
        last_run=last[0].run_date if last else None,
        before=net(then),
        now=net(now),
        difference=net(now) - net(then),
        periods_before=periods(then),
        periods_now=periods(now),
        amendments=[Amendment.model_validate(row, from_attributes=True) for row in versions],
    )


def status_of(last: Sequence[Claim], claim: FeesClaimed | None, day: date) -> Status | None:
    if claim is None:
        ends = [line.period.last_day for each in last for line in each.document.lines]
        return "gone" if ends and max(ends) < day else None
    if not last:
        return "new"
    return "same" if net(claim.documents) == net(each.document for each in last) else "changed"


def net(documents: Iterable[ClaimedDocument]) -> Decimal:
    return sum((d.totals.net if d.kind == "invoice" else -d.totals.net for d in documents), NOTHING)


def periods(documents: Iterable[ClaimedDocument]) -> int:
    return len({line.period.first_day for document in documents for line in document.lines})
