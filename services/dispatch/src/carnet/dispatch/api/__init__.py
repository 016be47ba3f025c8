"""HTTP: parse, authorise, send the command, answer."""

from fastapi import APIRouter

from carnet.dispatch.api import absences, agenda, equipment, orders, plan, technicians, work

router = APIRouter()
for part in (orders, plan, work, technicians, equipment, absences, agenda):
    router.include_router(part.router)
