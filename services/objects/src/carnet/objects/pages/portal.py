"""The portal: where work begins."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.objects.pages.look import PAGES
from carnet.objects.read_models import tasks, tree

router = APIRouter(include_in_schema=False)
TASKS = 10  # pending tasks on the first page


@router.get("/", dependencies=[CaughtUp])
async def show_portal(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    pending = await runtime.query(lambda session: tasks.listed(session, None, (), TASKS, pending=True))
    about = await runtime.query(lambda session: tree.by_ids(session, [task.object_id for task in pending]))
    return PAGES.render(request, "portal.html", section="portal", tasks=pending, about=about)
