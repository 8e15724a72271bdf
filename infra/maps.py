"""The road graph and the drawn map of a data directory: the schematic city's, until a real extract replaces it."""

import json
import os
import signal
import sys
from pathlib import Path

from infra.place import ROOT, Place
from infra.stamp import fingerprint
from infra.status import read_state
from infra.steps import Refusal, command, say

_SOURCES = ("infra/city", "infra/seed", "infra/roads", "dispatch/routing")
_SCHEMATIC = "schematic"


def city_of(place: Place) -> Path:
    """Where the schematic city of a data directory is written: its extract and its register folder."""
    return place.data / "city"


def provide_city(place: Place) -> None:
    """Writes the schematic city and builds its map, unless that was done from these very sources."""
    stamp = place.data / "map.json"
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    wanted = {"source": _SCHEMATIC, "fingerprint": fingerprint([ROOT / name for name in _SOURCES], ROOT)}
    if known == wanted or known.get("source", _SCHEMATIC) != _SCHEMATIC:
        return
    argv = [sys.executable, "-P", "-m", "infra.city", str(city_of(place))]
    command("drawing the schematic city (示意数据)", argv, log=place.logs / "city.log")
    _build(place, city_of(place) / "roads.osm.pbf")
    stamp.write_text(json.dumps(wanted))


def fill_register(place: Place, env: dict[str, str]) -> None:
    """Imports the schematic city's forces, unless this very folder was imported before."""
    folder = city_of(place) / "register"
    stamp = place.data / "register.json"
    wanted = json.dumps({"imported": fingerprint([folder], folder)})
    if stamp.exists() and stamp.read_text() == wanted:
        return
    argv = [sys.executable, "-P", "-m", "resources.importer", str(folder)]
    command("importing the schematic city's forces", argv, log=place.logs / "import.log", env=env)
    stamp.write_text(wanted)


def replace_map(place: Place, extract: Path) -> int:
    """`./muster roads FILE`: builds the map of a real extract and restarts what reads it; 0 when done."""
    if not extract.is_file():
        raise Refusal(f"There is no file {extract}.")
    place.make()
    _build(place, extract.resolve())
    (place.data / "map.json").write_text(json.dumps({"source": str(extract.resolve())}))
    state = read_state(place)
    if state is None:
        say(f"the next `./muster run` uses the roads of {extract.name}")
        return 0
    os.kill(int(state["pid"]), signal.SIGHUP)
    say("restarting what reads the road map")
    return 0


def _build(place: Place, extract: Path) -> None:
    argv = [sys.executable, "-P", "-m", "infra.roads", str(extract), str(place.data)]
    command(f"building the road graph and the map from {extract.name}", argv, log=place.logs / "roads.log")
