"""The pages of objects: the portal, the tree with search, the cockpit of a node, and the parties."""

from fastapi import APIRouter

from carnet.objects.pages import finding, node, node_forms, party, portal
from carnet.objects.pages.look import PAGES

__all__ = ["PAGES", "portal_router", "router"]

router = APIRouter(include_in_schema=False)
for part in (finding.router, node.router, node_forms.router, party.router):
    router.include_router(part)
portal_router = portal.router
