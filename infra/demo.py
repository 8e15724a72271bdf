"""`./muster demo`: the demonstration's large incident once more, in the Muster that runs."""

import asyncio
from pathlib import Path

from infra.place import Place
from infra.simulator.play import call_large
from infra.status import read_state
from infra.steps import Refusal, say
from kernel.settings import Mode, Settings


def play_again(data: Path) -> int:
    """Reports the large incident through the public API, as a caller would; 0 when it was taken."""
    place = Place(data.resolve())
    state = read_state(place)
    if state is None:
        raise Refusal(f"Muster does not run in {place.data}; start it with ./muster run.")
    if state["mode"] != Mode.DEMO:
        raise Refusal("This is live use; nothing is simulated here.")
    asyncio.run(call_large(Settings(mode=Mode.DEMO, gateway_url=state["url"])))
    say("the large incident was reported; see the wall")
    return 0
