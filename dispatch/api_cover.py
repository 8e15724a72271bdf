"""The HTTP interface of coverage and planning: read from memory, and so with the database away, too."""

from fastapi import APIRouter, Request, Response

from dispatch.api import Held, IdPath
from dispatch.commands import coverage, moves, reach, siting
from kernel.contracts.coverage import CoverageNow, CoverageZones
from kernel.contracts.moves import MoveTrial, MoveTrialForm, MoveUps
from kernel.contracts.reach import ReachNow
from kernel.contracts.siting import Siting, SitingForm
from kernel.http import AskedRoute, may, running_of

cover = APIRouter(route_class=AskedRoute)


@cover.get("/coverage", tags=["coverage"])
@may("picture.read")
async def get_coverage(own: Held) -> CoverageNow:
    """How much of the city a first engine reaches in time now, where it does not, and how far that is to be trusted."""
    return coverage.now(own)


@cover.get("/coverage/zones", tags=["coverage"], response_model=CoverageZones)
@may("picture.read")
async def list_zones(request: Request, own: Held) -> Response:
    """The zones that coverage speaks of. Answers by ETag."""
    zones = own.covering.zones
    headers = {"ETag": f'"{zones.zones_version}"', "Cache-Control": "private, no-cache"}
    if zones.zones and headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(coverage.zones(own).model_dump_json(), media_type="application/json", headers=headers)


@cover.get("/move-ups", tags=["coverage"])
@may("incident.read")
async def propose_moves(request: Request, own: Held) -> MoveUps:
    """The best few move-ups of this moment, with the common rule's beside them."""
    return await moves.propose(running_of(request), own)


@cover.post("/move-ups/trials", tags=["coverage"])
@may("recommendation.ask", keyed=False)  # nothing is done, so asking twice is asking twice
async def try_move(request: Request, own: Held, form: MoveTrialForm) -> MoveTrial:
    """What one move would do, without doing it."""
    return await moves.try_move(running_of(request), own, form)


@cover.post("/sitings", status_code=202, tags=["coverage"])
@may("siting.ask", keyed=False)  # the same question on the same ground is the same siting
async def ask_siting(request: Request, own: Held, form: SitingForm) -> Siting:
    """Where one more station or unit would raise coverage most; it is worked on in the background."""
    return await siting.ask(running_of(request), own, form)


@cover.get("/sitings/{siting_id}", tags=["coverage"])
@may("siting.ask")
async def get_siting(own: Held, siting_id: IdPath) -> Siting:
    """A siting, as far as it is."""
    return siting.find(own, siting_id)


@cover.get("/reach", tags=["coverage"], response_model=ReachNow)
@may("incident.read")
async def get_reach(own: Held) -> Response:
    """When the force that hazards would need comes to the places of most risk; 503 while its trees grow."""
    return Response(reach.now(own), media_type="application/json")
