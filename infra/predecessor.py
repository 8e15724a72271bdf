"""What a killed launcher left dying: its services hold the ports until they are gone, and an address must not move."""

import contextlib
import json
from pathlib import Path

from infra.children import is_alive, wait_until
from infra.place import Place

PATIENCE_S = 10.0


def wait_for_its_end(place: Place) -> None:
    """Waits until the services that the last state names have ended, then forgets that state.

    The kernel kills them with their launcher; that takes a moment, longer on a busy machine. A number that another
    program has by now is known by its name.
    """
    with contextlib.suppress(OSError, ValueError, KeyError):
        processes = json.loads(place.state.read_text())["processes"]
        pids = {name: one["pid"] for name, one in processes.items() if one.get("port") and one.get("pid")}
        wait_until(lambda: not any(_runs(name, pid) for name, pid in pids.items()), PATIENCE_S)
    place.state.unlink(missing_ok=True)


def _runs(name: str, pid: int) -> bool:
    try:
        called = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    return called == name[:15] and is_alive(pid)
