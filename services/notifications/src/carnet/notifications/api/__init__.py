"""HTTP: parse, authorise, give the command, answer."""

from fastapi import APIRouter

from carnet.notifications.api import outbox, preferences

router = APIRouter()
router.include_router(preferences.router)
router.include_router(outbox.router)
