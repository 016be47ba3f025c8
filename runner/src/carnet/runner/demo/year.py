"""The year 2026 of Rochat Ascenseurs SA, day by day, in the order of the dates."""

from collections.abc import Awaitable, Callable
from datetime import date

from carnet.runner.demo import firm
from carnet.runner.demo.billing import bill, collect, pay, remind
from carnet.runner.demo.office import Office, Surprise
from carnet.runner.demo.visits import Work, carry_out, due_order, fault, plan, refuse, report

Step = Callable[[Office], Awaitable[None]]
LAST_DUE_RUN = date(2026, 12, 1)  # the run of 16 December would prepare the visit of January 2027


async def opening(office: Office) -> None:
    await firm.found(office)
    await office.rest()
    await firm.sign_contracts(office)
    await office.rest()


async def repeated_bill_run(office: Office) -> None:
    await bill(office)
    await bill(office)


async def quarterly_visit(office: Office, due_on: str, number: str = "A", technician: str = "favre") -> None:
    order = await due_order(office, number, due_on)
    await carry_out(office, order, [Work(technician, "1.50", "24")])


async def january_visit(office: Office) -> None:
    await quarterly_visit(office, "2026-01-15")


async def dumb_waiter(office: Office) -> None:
    order = await due_order(office, "MC-HOTEL", "2026-03-09")
    await carry_out(office, order, [Work("favre", "1.50", "46", {"oil": "1"})])


async def licence_sold(office: Office) -> None:
    billing = {"every_months": 12, "anchor": "2026-04-01", "timing": "in_advance"}
    contract = {"number": "C-3", "kind": "licence", "start": "2026-04-01", "fee": "540.00", "billing": billing}
    await office.post("/objects/inbound/sales-orders", {
        "id": "SO-2026-041", "number": "SO-2026-041", "ordered_on": "2026-03-24", "customer_number": "K2",
        "object_number": "LW-1", "object_name": "Licence LiftWatch", "object_kind": "licence",
        "parent_number": "S-COLLINE", "contract": contract,
    })  # fmt: skip


async def lift_stopped(office: Office) -> None:
    found = await office.get("/objects/search", q="fleur 12 asc")
    if not found or found[0]["number"] != "A":
        raise Surprise(f"{office.day}: typing 'fleur 12 asc' finds {found}")
    await fault(office, "A", "Ascenseur arrêté", at="16:45")


async def lift_repaired(office: Office) -> None:
    order = await open_order(office, "A")
    await plan(office, order, ["keller"], "08:20")
    await office.post(f"/dispatch/orders/{order}/appointment", {"agreed_on": f"{office.day}"})
    await report(office, order, [Work("keller", "2.25", "24", {"door-contact": "1"})], "08:20", "repair")


async def yearly_visit(office: Office) -> None:
    order = await due_order(office, "A", "2026-04-15")
    work = [Work("favre", "3.00", "24", {"guide-shoes": "1"}), Work("krasniqi", "3.00")]
    await carry_out(office, order, work, equipment="weights")


async def goods_lift_built(office: Office) -> None:
    await office.post("/objects/inbound/production-orders", {
        "id": "FA-2026-017", "number": "FA-2026-017", "finished_on": "2026-05-04", "customer_number": "K1",
        "parent_number": "S-FLEURETTES", "product": GOODS_LIFT,
    })  # fmt: skip


def part(
    article: str, name: str, *parts: dict[str, object], quantity: str = "1", serviceable: bool = True
) -> dict[str, object]:
    return {"article": article, "name": name, "quantity": quantity, "serviceable": serviceable, "parts": list(parts)}


GOODS_LIFT = part(
    "MC-1000", "Monte-charge B 1000 kg",
    part("GT-5", "Treuil", part("M-7.5", "Moteur 7.5 kW"), part("F-200", "Frein")),
    part("AC-3", "Armoire de commande", part("CPU-3", "Carte CPU"), part("VF-11", "Variateur")),
    part("CB-10", "Cabine", part("OP-2", "Opérateur de porte")),
    *(part(f"PP-{n}", f"Porte palière {n}") for n in (1, 2, 3, 4)),
    part("RB-M12", "Boulons de rail", quantity="48", serviceable=False),
    part("OIL-20", "Huile", quantity="20", serviceable=False),
) | {"kind": "goods lift", "serial_number": "RA-2026-017"}  # fmt: skip


async def bed_lift_1(office: Office) -> None:
    order = await fault(office, "BL-1", "Carte CPU défectueuse")
    work = [Work("favre", "3.00", "18", {"cpu-board": "1"}), Work("krasniqi", "3.00")]
    await carry_out(office, order, work, "10:00", kind="repair")


async def bed_lift_2(office: Office) -> None:
    order = await fault(office, "BL-2", "Porte bruyante")
    await carry_out(office, order, [Work("keller", "1.50", "18")], "10:00", kind="repair")


async def bed_lift_lamps(office: Office) -> None:
    order = await fault(office, "BL-1", "Lampes de cabine")
    await carry_out(office, order, [Work("krasniqi", "0.75", "18", {"lamp": "2"})], "10:00", kind="repair")


async def goods_lift_covered(office: Office) -> None:
    """B comes under C-1: previewed, shown, signed."""
    ids, contract = office.ids, await office.get("/contracts/C-1")
    cycle = {"cycle_id": "B-Q", "service": "Entretien trimestriel", "every_months": 3, "anchor": "2026-08-18",
             "skills": ["traction"], "tolerance_days": 10}  # fmt: skip
    ids["B"] = (await office.get("/objects/search", q="FA-2026-017/MC-1000"))[0]["id"]
    position = {"position_id": "B", "object_id": ids["B"], "fee": "1320.00", "first_day": "2026-05-18",
                "text": "Monte-charge B", "cycles": [cycle]}  # fmt: skip
    amendment = {"recorded": "2026-05-06", "changes": [{"change": "add_position", "position": position}]}
    path = f"/contracts/{contract['contract_id']}/amendments"
    await office.post(f"{path}/preview", amendment | {"until": "2026-12-31"})
    await office.post(path, amendment)


async def service_call_up(office: Office) -> None:
    await office.post("/dispatch/absences", {
        "id": "service-favre-2026", "technician_number": "favre", "kind": "military_service",
        "starts_at": "2026-06-08T00:00:00+02:00", "ends_at": "2026-06-27T00:00:00+02:00",
    })  # fmt: skip


async def garage_door(office: Office) -> None:
    order = await due_order(office, "C", "2026-06-10")
    await refuse(office, order, "favre", "military service")
    await carry_out(office, order, [Work("keller", "1.00", "24")])


async def hydraulic_leak(office: Office) -> None:
    order = await fault(office, "HL-GERBER", "Hydrauliköl läuft aus", needs={"skills": ["hydraulic"]})
    await refuse(office, order, "favre", "military service", "10:00")
    await refuse(office, order, "keller", "hydraulic", "10:00")
    await carry_out(office, order, [Work("krasniqi", "1.75", "84", {"seal-kit": "2"})], "10:00", kind="repair")


async def gerber_door(office: Office) -> None:
    order = await fault(office, "HL-GERBER", "Tür schliesst nicht", needs={"skills": ["doors"]})
    await carry_out(office, order, [Work("favre", "1.00", "84")], "10:00", kind="repair")


async def july_visit(office: Office) -> None:
    order = await due_order(office, "A", "2026-07-15")
    await carry_out(office, order, [Work("favre", "1.50", "24")])
    task = {"object_id": office.ids["A"], "text": "Câbles usés, à remplacer en 2027", "order_id": order}
    task_id = (await office.post("/objects/tasks", task | {"raised_on": f"{office.day}"}))["id"]
    await office.post(f"/objects/tasks/{task_id}/lead", {"amount": "8400.00", "raised_on": f"{office.day}"})


async def august_visit(office: Office) -> None:
    await quarterly_visit(office, "2026-08-18", "B", "keller")


async def garage_door_leaves(office: Office) -> None:
    contract = await office.get("/contracts/C-1")
    removal = {"change": "remove_position", "position_id": "C", "last_day": "2026-08-31"}
    amendment = {"recorded": "2026-08-21", "changes": [removal]}
    await office.post(f"/contracts/{contract['contract_id']}/amendments", amendment)


async def service_declined(office: Office) -> None:
    order = await due_order(office, "MC-HOTEL", "2026-09-09")
    body = {"reason": "Décliné par téléphone", "by": "customer", "cancelled_on": f"{office.day}"}
    await office.post(f"/dispatch/orders/{order}/cancellation", body)


async def october_visit(office: Office) -> None:
    await quarterly_visit(office, "2026-10-15")


async def november_visit(office: Office) -> None:
    await quarterly_visit(office, "2026-11-18", "B")


async def own_fork_lift(office: Office) -> None:
    order = await fault(office, "FL-ROCHAT", "Révision", order_type="internal")
    await plan(office, order, ["krasniqi"], "10:00")
    await report(office, order, [Work("krasniqi", "2.00")], "10:00", "service")


async def open_order(office: Office, number: str) -> str:
    """Find the order of an object that is neither planned nor over."""
    orders = await office.all("/dispatch/orders", object=office.ids[number])
    return str(next(o["order_id"] for o in orders if o["order_type"] == "fault"))


def payment(*numbers: str) -> Step:
    async def step(office: Office) -> None:
        await pay(office, *numbers)

    return step


YEAR: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("2026-01-01", (opening, repeated_bill_run)),
    ("2026-01-02", (bill,)),
    ("2026-01-15", (january_visit,)),
    ("2026-01-31", (payment("R2026-0001"),)),
    ("2026-02-01", (bill,)),
    ("2026-03-01", (bill,)),
    ("2026-03-09", ()),
    ("2026-03-17", (dumb_waiter,)),
    ("2026-03-24", (licence_sold,)),
    ("2026-04-01", (bill,)),
    ("2026-04-02", (lift_stopped,)),
    ("2026-04-07", (lift_repaired,)),
    ("2026-04-15", (yearly_visit,)),
    ("2026-04-16", (payment("R2026-0002"),)),
    ("2026-05-01", (bill, payment("R2026-0003"))),
    ("2026-05-04", (goods_lift_built,)),
    ("2026-05-05", (bed_lift_1,)),
    ("2026-05-06", (goods_lift_covered,)),
    ("2026-05-07", (payment("R2026-0004"),)),
    ("2026-05-12", (bed_lift_2,)),
    ("2026-05-15", (payment("R2026-0005"),)),
    ("2026-05-27", (bed_lift_lamps,)),
    ("2026-05-31", (collect,)),
    ("2026-06-01", (bill, service_call_up)),
    ("2026-06-10", (garage_door,)),
    ("2026-06-22", (hydraulic_leak,)),
    ("2026-06-30", (payment("R2026-0006"),)),
    ("2026-07-01", (bill, payment("R2026-0007"))),
    ("2026-07-06", (gerber_door,)),
    ("2026-07-15", (july_visit,)),
    ("2026-07-31", (payment("R2026-0009"),)),
    ("2026-08-01", (bill,)),
    ("2026-08-14", (remind,)),
    ("2026-08-18", (august_visit,)),
    ("2026-08-21", (garage_door_leaves,)),
    ("2026-08-28", (payment("R2026-0008", "R2026-0010"),)),
    ("2026-09-01", (bill,)),
    ("2026-09-09", ()),
    ("2026-09-14", (service_declined,)),
    ("2026-10-01", (bill,)),
    ("2026-10-19", (october_visit,)),
    ("2026-11-01", (bill,)),
    ("2026-11-18", (november_visit,)),
    ("2026-11-20", (own_fork_lift,)),
    ("2026-12-01", (bill,)),
    ("2026-12-31", (bill,)),
)


async def live_through(office: Office, day: date, steps: tuple[Step, ...]) -> None:
    """Play one day: what is due first, then its steps, each at rest before the next."""
    office.begin(day)
    if office.ids and day <= LAST_DUE_RUN:
        await due(office)
    for step in steps:
        await step(office)
        await office.rest()
        if step is opening:
            await due(office)


async def due(office: Office) -> None:
    """Raise what is due: the contracts' run of the day."""
    await office.post("/contracts/runs", {"date": f"{office.day}"})
    await office.rest()
