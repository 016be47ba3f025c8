"""The pages of dispatch: orders by day and technician, what is still to be planned, and one order."""

from fastapi import APIRouter

from carnet.dispatch.pages import all_orders, board, correction, new_order, new_report, one_order
from carnet.dispatch.pages.look import PAGES

__all__ = ["PAGES", "router"]

router = APIRouter(include_in_schema=False)
for part in (board.router, all_orders.router, new_order.router, new_report.router, correction.router, one_order.router):
    router.include_router(part)
