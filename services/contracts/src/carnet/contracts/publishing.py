"""What contracts tells the world: the agreement in whole versions, what is due, promised and covered."""

from datetime import date

from pydantic import BaseModel

from carnet.contracts.domain import contract, coverage, occurrence, promise
from carnet.contracts.domain.amendments import (
    AddPosition,
    Change,
    ChangeCoverage,
    ChangeCycles,
    ChangeNotice,
    OfTheContract,
    RemovePosition,
    Reprice,
    RepriceVisit,
    Resume,
    Suspend,
)
from carnet.contracts.domain.terms import Coverage, Position, Terms, Version, in_force
from carnet.contracts.domain.visits import Visit
from carnet.events import contracts as published
from carnet.events.fact import Fact, Shares


def publish(event: BaseModel) -> Fact | None:
    """Translate one private event into at most one published event."""
    match event:
        case contract.ContractSigned(version=version):
            return published.ContractSigned(contract_id=version.contract_id, terms=whole(version))
        case contract.ContractRenewed(version=version) | contract.ContractRenewedTacitly(version=version):
            return published.ContractRenewed(contract_id=version.contract_id, terms=whole(version))
        case contract.ContractAmended() | contract.ContractExtended():
            return amended(event)
        case contract.ContractTerminated():
            return terminated(event)
        case occurrence.ServiceDue():
            return due(event.visit, event.raised_on)
        case _:
            return decided(event)


def decided(event: BaseModel) -> Fact | None:
    match event:
        case occurrence.ServiceSkipped():
            return published.ServiceSkipped.model_validate(event.model_dump())
        case occurrence.ObligationExcused():
            return published.ObligationExcused.model_validate(event.model_dump())
        case promise.ReactionPromised() | promise.ReactionResumed():
            return promised(event)
        case coverage.CoverageDecided():
            return covered(event)
        case _:
            return None


def amended(event: contract.ContractAmended | contract.ContractExtended) -> published.ContractAmended:
    reason = f"term to {event.version.terms.end}"
    if isinstance(event, contract.ContractAmended):
        reason = "; ".join(map(in_words, event.changes))
    return published.ContractAmended(contract_id=event.version.contract_id, terms=whole(event.version), reason=reason)


def in_words(change: Change) -> str:
    match change:
        case AddPosition(position=position):
            return f"position {position.position_id} from {position.first_day}"
        case RemovePosition():
            return f"position {change.position_id} to {change.last_day}"
        case Reprice(price=price):
            return f"fee of position {change.position_id} {price.fee} from {price.valid_from}"
        case RepriceVisit(visit_price=price):
            return f"visit of position {change.position_id} {price.amount} from {price.valid_from}"
        case ChangeCycles():
            return f"services of position {change.position_id} from {change.plan.valid_from}"
        case _:
            return of_the_contract(change)


def of_the_contract(change: OfTheContract) -> str:
    match change:
        case ChangeCoverage():
            return f"coverage from {change.coverage.valid_from}"
        case ChangeNotice(notice=notice):
            return f"notice of {notice.months} months" if notice else "no notice"
        case Suspend(suspension=suspension):
            return f"suspended from {suspension.first_day} to {suspension.last_day or 'its resumption'}"
        case Resume(first_day=first_day):
            return f"resumed on {first_day}"


def terminated(event: contract.ContractTerminated) -> published.ContractTerminated:
    version, last_day = event.version, event.version.terms.end
    if last_day is None:
        raise ValueError("a terminated contract has a last day")
    return published.ContractTerminated(
        contract_id=version.contract_id,
        terms=whole(version),
        last_day=last_day,
        extraordinary=event.extraordinary,
        reason=event.reason,
    )


def whole(version: Version) -> published.ContractVersion:
    """Give the whole version; of dated cycles and coverages those that hold when the version does; real suspensions."""
    terms = version.terms
    flat = terms.model_dump(exclude={"contract_number", "parties", "positions", "coverages", "template"})
    return published.ContractVersion.model_validate(
        {
            **flat,
            **terms.parties.model_dump(),
            "contract_id": version.contract_id,
            "number": terms.contract_number,
            "version": version.number,
            "valid_from": version.valid_from,
            "recorded": version.recorded,
            "positions": [position.model_dump(exclude={"plans"}) for position in terms.positions],
            "cycles": [cycle for position in terms.positions for cycle in cycles(position, version.valid_from)],
            "coverage": coverage_of(terms, version.valid_from),
            "suspensions": [each.model_dump() for each in terms.suspensions if each.includes(each.first_day)],
        }
    )


def cycles(position: Position, day: date) -> list[dict[str, object]]:
    plan = in_force(position.plans, max(day, position.first_day))
    return [{"position_id": position.position_id, **cycle.model_dump()} for cycle in (plan.cycles if plan else ())]


def coverage_of(terms: Terms, day: date) -> published.Coverage:
    """Give what is covered on a day; no order at all where nothing was agreed."""
    agreed = in_force(terms.coverages, max(day, terms.start)) or Coverage(valid_from=day, order_types=())
    return published.Coverage.model_validate(agreed.model_dump(exclude={"valid_from"}))


def due(visit: Visit, raised_on: date) -> published.ServiceDue:
    told = visit.model_dump(exclude={"key", "kind", "version", "absorbs"})
    names = {"contract_kind": visit.kind, "contract_version": visit.version, "raised_on": raised_on}
    return published.ServiceDue.model_validate({**told, **names, **visit.key._asdict()})


def promised(event: promise.ReactionPromised | promise.ReactionResumed) -> published.ReactionPromised:
    """Give the promise as it is due now; a later one replaces it."""
    given = event.promise
    return published.ReactionPromised(
        order_id=given.order_id,
        object_id=given.object_id,
        contract_id=given.contract_id,
        due_at=event.due_at,
        escalate_at=event.escalate_at,
        zone=given.time.calendar.zone,
    )


def covered(event: coverage.CoverageDecided) -> published.CoverageDecided:
    verdict = event.verdict
    return published.CoverageDecided(
        order_id=event.order_id,
        object_id=event.object_id,
        contract_id=event.contract_id,
        contract_version=event.version,
        covered=verdict.covered,
        visit=verdict.visit,
        visits=verdict.visits,
        shares=Shares.model_validate(verdict.shares.model_dump()),
        service_date=event.service_date,
        visit_price=published.Charge.model_validate(verdict.visit_price.model_dump()) if verdict.visit_price else None,
    )
