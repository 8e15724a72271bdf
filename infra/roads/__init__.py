"""Builds the road graph and the drawn map of an OSM extract."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from dispatch.routing.compile import compile_graph
from dispatch.routing.detour import measured_detour
from dispatch.routing.graph import Graph
from dispatch.routing.storage import save_graph, versioned
from infra.roads.basemap import draw
from infra.roads.joining import join
from infra.roads.reader import Box, read_roads

GRAPH_FILE = "roads.npz"
BASEMAP_FILE = "basemap.json"
OSM_ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
SCHEMATIC_ATTRIBUTION = "示意路网，非真实道路数据 · Schematic roads, not real road data"


class EmptyMapError(ValueError):
    """The extract holds no road that anybody could travel."""


@dataclass(frozen=True)
class RoadSummary:
    """What was built. Sizes in bytes, ``notes`` counts what was dropped or not applied, by reason."""

    map_version: str
    attribution: str
    box: Box
    junctions: int
    stretches: int
    turns: int
    road_km: float
    restrictions: int
    detour_factor: float
    graph_bytes: int
    basemap_bytes: int
    features: dict[str, int]
    notes: Counter[str]
    seconds: float


def build(
    pbf: Path,
    out: Path,
    *,
    box: Box | None = None,
    attribution: str | None = None,
    say: Callable[[str], None] = print,
) -> RoadSummary:
    """Build ``roads.npz`` and ``basemap.json`` in the directory ``out``; both appear whole or not at all.

    The same extract gives the same ``map_version`` every time. ``attribution`` defaults to OpenStreetMap's, or to a
    note that the roads are schematic where the file's header says so (a generator name with "schematic" or 示意).
    Raises EmptyMapError, or RuntimeError for a broken file.
    """
    begun = time.perf_counter()

    def step(text: str) -> None:
        say(f"  [{time.perf_counter() - begun:5.1f} s] {text}")

    step(f"reading {pbf.name} ({pbf.stat().st_size / 1e6:.1f} MB)")
    extract = read_roads(pbf, box)
    if not extract.runs:
        raise EmptyMapError(f"{pbf.name} holds no roads" + (" inside the box" if box else ""))
    step(f"{len(extract.runs):,} ways with roads; joining them between junctions")
    roads = join(extract)
    if attribution is None:
        schematic = "schematic" in extract.generator.lower() or "示意" in extract.generator
        attribution = SCHEMATIC_ATTRIBUTION if schematic else OSM_ATTRIBUTION
    bare = compile_graph(roads.junctions, roads.stretches, roads.restrictions, attribution=attribution)
    step(f"{len(roads.junctions):,} junctions, {bare.edges:,} directed edges, {len(bare.turn_from):,} turns")
    graph = versioned(replace(bare, detour_factor=measured_detour(bare)))
    out.mkdir(parents=True, exist_ok=True)
    _whole(out / GRAPH_FILE, lambda path: save_graph(graph, path))
    step("drawing the map")
    drawn: list[tuple[dict[str, int], tuple[str, ...]]] = []
    _whole(out / BASEMAP_FILE, lambda path: drawn.append(draw(pbf, graph, path, box)))
    features, undrawn = drawn[0]
    if undrawn:
        extract.notes[f"kinds of road not drawn, the map is large ({', '.join(undrawn)})"] = len(undrawn)
    summary = _summary(graph, len(roads.restrictions), features, extract.notes, out, time.perf_counter() - begun)
    for reason, count in sorted(summary.notes.items()):
        step(f"note: {count} {reason}")
    step(f"map {summary.map_version}: {summary.road_km:,.0f} km of road, {summary.basemap_bytes / 1e6:.1f} MB to draw")
    return summary


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    partial = path.with_name(path.name + ".partial")
    write(partial)
    partial.replace(path)


def _summary(
    graph: Graph, restrictions: int, features: dict[str, int], notes: Counter[str], out: Path, seconds: float
) -> RoadSummary:
    return RoadSummary(
        map_version=graph.map_version,
        attribution=graph.attribution,
        box=graph.box,
        junctions=len(graph.junction_lon),
        stretches=len(graph.stretch_tail),
        turns=len(graph.turn_from),
        road_km=float(graph.stretch_length.sum()) / 1000,
        restrictions=restrictions,
        detour_factor=graph.detour_factor,
        graph_bytes=(out / GRAPH_FILE).stat().st_size,
        basemap_bytes=(out / BASEMAP_FILE).stat().st_size,
        features=features,
        notes=notes,
        seconds=seconds,
    )
