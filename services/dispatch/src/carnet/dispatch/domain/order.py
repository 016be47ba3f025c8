"""An order is planned for people who can do it, worked on, completed when all have reported, then approved."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, assert_never

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order_commands import (
    AgreeAppointment,
    Approve,
    Arrive,
    Cancel,
    Command,
    Complete,
    CorrectReport,
    Create,
    Plan,
    Reopen,
    ReportWork,
    Step,
)
from carnet.dispatch.domain.order_events import (
    AppointmentAgreed,
    ApprovalWithdrawn,
    Case,
    Event,
    HoursRecorded,
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderPlanned,
    OrderReopened,
    PartsConsumed,
    Report,
    TechnicianArrived,
    WorkApproved,
    WorkReportCorrected,
    WorkReported,
)
from carnet.dispatch.domain.qualification import listed, objection
from carnet.dispatch.domain.reports import movements, objection_to
from carnet.dispatch.domain.work import Needs
from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.sentence import Sentence


@dataclass(frozen=True)
class Order:
    """`visits` are all visits ever planned, by id; `visit` is the one that holds."""

    created: OrderCreated
    stage: Literal["open", "completed", "approved", "cancelled"] = "open"
    visit: Visit | None = None
    visits: Mapping[str, Visit] = field(default_factory=dict)
    agreed: bool = False
    arrived: frozenset[str] = frozenset()
    reports: Mapping[str, Report] = field(default_factory=dict)

    @property
    def on(self) -> dict[str, Any]:
        return {"order_id": self.created.order_id, "object_id": self.created.object_id}

    @property
    def internal(self) -> bool:
        return self.created.order_type == "internal"

    @property
    def case(self) -> dict[str, Any]:
        return self.created.model_dump(include=set(Case.model_fields))


State: TypeAlias = Order | None


def create(command: Create, state: State) -> list[Event]:
    event = OrderCreated(**dict(command))
    if state and state.created == event:
        return []
    if state is None:
        require_debtor(event)
        return [event]
    raise Rejected(
        "Order {number} exists already with other contents; create another one.", number=state.created.number
    )


def require_debtor(created: OrderCreated) -> None:
    if created.debtor_id is None and created.order_type != "internal":
        raise Rejected("Nobody is known who pays for work on this object; name a debtor.")


def plan(command: Plan, order: Order) -> list[Event]:
    if command.visit.visit_id in order.visits or same_plan(command.visit, order.visit):
        return []
    require_open(order, Sentence("planned"))
    require_fit(command, order.created.needs)
    return [OrderPlanned(**order.on, visit=command.visit)]


def same_plan(visit: Visit, other: Visit | None) -> bool:
    """Tell whether two visits differ in nothing but their ids."""
    return other is not None and visit.model_copy(update={"visit_id": other.visit_id}) == other


def require_open(order: Order, participle: Sentence) -> None:
    number = order.created.number
    if order.stage == "cancelled":
        raise Rejected(
            "Order {number} was cancelled; reopen it before it is {participle}.", number=number, participle=participle
        )
    if order.stage != "open":
        raise Rejected(
            "Order {number} is completed; reopen it before it is {participle}.", number=number, participle=participle
        )


def require_fit(command: Plan, needs: Needs) -> None:
    """Enough persons, each with every skill, and one piece of each kind of equipment."""
    if len(set(command.visit.technician_ids)) < needs.persons:
        raise Rejected("This order needs {count} technicians; choose {count}.", count=needs.persons)
    if refusal := objection(needs.skills, command.chosen, command.others):
        raise Rejected(refusal)
    if missing := [kind for kind in needs.equipment if kind not in command.kinds]:
        raise Rejected("This order needs {kinds}; choose that equipment too.", kinds=listed(missing))


def agree(command: AgreeAppointment, order: Order) -> list[Event]:
    if order.agreed:
        return []
    require_open(order, Sentence("agreed with the customer"))
    time = planned(order, Sentence("agreeing its appointment")).time()
    return [AppointmentAgreed(**order.case, time=time, agreed_on=command.agreed_on, zone=command.zone)]


def planned(order: Order, gerund: Sentence) -> Visit:
    if order.visit is None:
        raise Rejected("Plan order {number} before {gerund}.", number=order.created.number, gerund=gerund)
    return order.visit


def arrive(command: Arrive, order: Order) -> list[Event]:
    if command.technician_id in order.arrived:
        return []
    require_open(order, Sentence("worked on"))
    require_planned_for(command.technician_id, order)
    return [TechnicianArrived(**order.on, technician_id=command.technician_id, arrived_at=command.at)]


def require_planned_for(technician_id: str, order: Order) -> None:
    if technician_id not in planned(order, Sentence("working on it")).technician_ids:
        raise Rejected(
            "Order {number} is planned for others; plan it for this technician first.", number=order.created.number
        )


def report(command: ReportWork, order: Order) -> list[Event]:
    new = Report(**order.on, **dict(command))
    if order.reports.get(new.report_id) == new:
        return []
    require_open(order, Sentence("reported on"))
    require_planned_for(new.technician_id, order)
    if refusal := objection_to(new, order.reports.values()):
        raise Rejected(refusal)
    return [WorkReported(report=new), *movements(None, new, internal=order.internal)]


def correct(command: CorrectReport, order: Order) -> list[Event]:
    """Say what a report should have been, at any time; an approval is withdrawn by it."""
    old = order.reports.get(command.report_id)
    if old is None:
        raise Rejected("Order {number} has no such report; report the work first.", number=order.created.number)
    new = old.model_copy(update={"items": command.items, "note": command.note})
    if new == old:
        return []
    withdrawn = [ApprovalWithdrawn(**order.on, report_id=new.report_id)] if order.stage == "approved" else []
    return [WorkReportCorrected(report=new), *movements(old, new, internal=order.internal), *withdrawn]


def complete(command: Complete, order: Order) -> list[Event]:
    if order.stage in ("completed", "approved"):
        return []
    require_open(order, Sentence("completed"))
    require_reports(order)
    return [OrderCompleted(**order.case, completed_on=command.completed_on, report_ids=tuple(order.reports))]


def require_reports(order: Order) -> None:
    """What a technician has not reported yet would never be billed."""
    expected = planned(order, Sentence("completing it")).technician_ids
    reported = {each.technician_id for each in order.reports.values()}
    if missing := len(set(expected) - reported):
        raise Rejected(
            "Reports are missing from {missing} of {planned} planned technicians; report that work, or plan without.",
            missing=missing,
            planned=len(expected),
        )


def cancel(command: Cancel, order: Order) -> list[Event]:
    if order.stage == "cancelled":
        return []
    require_open(order, Sentence("cancelled"))
    if order.reports:
        raise Rejected("Work on order {number} was reported; complete it instead.", number=order.created.number)
    created = order.created
    of_contract = {"occurrence_id": created.occurrence_id, "contract_id": created.contract_id}
    return [OrderCancelled(**order.on, **of_contract, **dict(command))]


def reopen(command: Reopen, order: Order) -> list[Event]:
    if order.stage == "open":
        return []
    if order.stage == "approved":
        raise Rejected("Order {number} is approved; create a new order for what is left.", number=order.created.number)
    return [OrderReopened(**order.on, **dict(command))]


def approve(command: Approve, order: Order) -> list[Event]:
    if order.stage == "approved":
        return []
    if order.stage != "completed":
        raise Rejected("Complete order {number} before approving its work.", number=order.created.number)
    return [WorkApproved(**order.on, approved_on=command.approved_on)]


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(command, Create):
        return create(command, state)
    if state is None:
        raise Rejected("Create the order first.")
    return advance(command, state)


def advance(command: Step, order: Order) -> list[Event]:  # noqa: PLR0911  # one line a command
    match command:
        case Plan():
            return plan(command, order)
        case AgreeAppointment():
            return agree(command, order)
        case Arrive():
            return arrive(command, order)
        case ReportWork():
            return report(command, order)
        case CorrectReport():
            return correct(command, order)
        case Complete():
            return complete(command, order)
        case Cancel():
            return cancel(command, order)
        case Reopen():
            return reopen(command, order)
        case Approve():
            return approve(command, order)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    if isinstance(event, OrderCreated):
        return Order(event)
    return state and grow(state, event)


def grow(order: Order, event: Event) -> Order:  # noqa: PLR0911  # one line an event
    match event:
        case OrderPlanned(visit=visit):
            return replace(order, visit=visit, visits={**order.visits, visit.visit_id: visit}, agreed=False)
        case AppointmentAgreed():
            return replace(order, agreed=True)
        case TechnicianArrived(technician_id=technician_id):
            return replace(order, arrived=order.arrived | {technician_id})
        case WorkReported(report=new) | WorkReportCorrected(report=new):
            return replace(order, reports={**order.reports, new.report_id: new})
        case OrderCompleted() | ApprovalWithdrawn():
            return replace(order, stage="completed")
        case OrderCancelled():
            return replace(order, stage="cancelled", visit=None, agreed=False)
        case OrderReopened():
            return replace(order, stage="open")
        case WorkApproved():
            return replace(order, stage="approved")
        case OrderCreated() | HoursRecorded() | PartsConsumed():
            return order
        case _:
            assert_never(event)


order = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
