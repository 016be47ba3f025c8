"""How one order is billed, or what it waits for; dispatch shows it on the order's own page."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.billing.by_hand import bill_by_hand
from carnet.invoicing.billing.order_state import order_state, waiting_orders
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment

router = APIRouter()


@router.get("/pages/orders", dependencies=[CaughtUp])
async def show_waiting(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    """Show the orders that wait for something that a person enters or decides."""
    return PAGES.render(request, "orders.html", orders=await waiting_orders(runtime), **WORDS)


@router.get("/pages/orders/{order_id}", dependencies=[CaughtUp])
async def show_order(request: Request, order_id: str, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    order = await order_state(runtime, order_id)
    template = "_order.html" if is_fragment(request) else "order.html"
    return PAGES.render(request, template, order=order, **WORDS)


@router.post("/pages/orders/{order_id}/bill")
async def bill(order_id: str, commands: Commands, _: Bookkeeper) -> RedirectResponse:
    """Bill an order that is ready, as after a void; what it waits for comes back as a sentence."""
    answer = await bill_by_hand(commands, order_id)
    return RedirectResponse(f"/invoicing/pages/orders/{order_id}?after={answer.token}", 303)
