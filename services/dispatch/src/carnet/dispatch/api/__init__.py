"""HTTP: parse, authorise, send the command, answer."""

from fastapi import APIRouter

from carnet.dispatch.api import absences, agenda, orders, plan, resources, work

router = APIRouter()
for part in (orders.router, plan.router, work.router, resources.router, absences.router, agenda.router):
    router.include_router(part)
