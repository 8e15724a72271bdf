"""Tiny towns written as OSM files, so that a test of a road rule reads as a drawing and one tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from dispatch.routing import Closed, Graph, Profile, load_graph, nothing_closed, path, snap
from infra.roads import GRAPH_FILE, RoadSummary, build

METRE = 1 / 111_195.0  # degrees of latitude; the towns lie on the equator, where longitude is the same
HERE = (87.6, 0.0)


Members = Sequence[tuple[str, str, str | int]]


@dataclass
class Town:
    """Nodes in metres east and north of HERE, ways by name, relations; absent nodes are referred to but not written."""

    nodes: dict[int, tuple[float, float]]
    ways: dict[str, tuple[Sequence[int], Mapping[str, str]]]
    node_tags: dict[int, Mapping[str, str]] = field(default_factory=dict)
    relations: list[tuple[Members, Mapping[str, str]]] = field(default_factory=list)
    absent: frozenset[int] = frozenset()

    def write(self, path: Path) -> Path:
        numbers = {name: 1000 + n for n, name in enumerate(self.ways)}
        lines = ['<?xml version="1.0"?>', '<osm version="0.6" generator="tiny">']
        for node, (east, north) in sorted(self.nodes.items()):
            if node not in self.absent:
                lon, lat = HERE[0] + east * METRE, HERE[1] + north * METRE
                tags = _tags(self.node_tags.get(node, {}))
                lines.append(f'<node id="{node}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
        for name, (nodes, tags) in self.ways.items():
            refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{numbers[name]}" version="1">{refs}{_tags({"name": name, **tags})}</way>')
        for n, (members, tags) in enumerate(self.relations):
            found = "".join(
                f'<member type="{kind}" ref="{numbers.get(str(ref), ref)}" role="{role}"/>'
                for kind, ref, role in members
            )
            lines.append(f'<relation id="{5000 + n}" version="1">{found}{_tags(tags)}</relation>')
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path

    def at(self, node: int, north: float = 0.0) -> list[float]:
        """Longitude and latitude of a node, or of a place some metres north of it."""
        east, up = self.nodes[node]
        return [HERE[0] + east * METRE, HERE[1] + (up + north) * METRE]


def fork(short: Mapping[str, str] | None = None, nodes: Mapping[int, Mapping[str, str]] | None = None) -> Town:
    """West - fork - short street or long way round by the north - fork - east; ``short`` tags the short street.

    1 --west-- 2 --short(5)-- 3 --east-- 4, with 2 --long(6)-- 3.
    """
    main = {"highway": "secondary"}
    return Town(
        nodes={1: (-300, 0), 2: (0, 0), 5: (200, 0), 3: (400, 0), 4: (700, 0), 6: (200, 600)},
        ways={
            "west": ((1, 2), main),
            "short": ((2, 5, 3), {**main, **(short or {})}),
            "long": ((2, 6, 3), main),
            "east": ((3, 4), main),
        },
        node_tags=dict(nodes or {}),
    )


def turn_rule(kind: str, start: str, via: int, end: str, **tags: str) -> tuple[Members, Mapping[str, str]]:
    members = [("way", start, "from"), ("node", via, "via"), ("way", end, "to")]
    return members, {"type": "restriction", "restriction": kind, **tags}


def built(town: Town, folder: Path) -> tuple[Graph, RoadSummary]:
    """The road graph of a town, read from its file as a user's extract is."""
    summary = build(town.write(folder / "town.osm"), folder, say=lambda line: None)
    return load_graph(folder / GRAPH_FILE), summary


def roads_taken(
    graph: Graph, profile: Profile, start: Sequence[float], end: Sequence[float], closed: Closed | None = None
) -> list[str]:
    """Names of the roads driven, in order; parts under a metre are left out."""
    way = path(graph, profile, closed or nothing_closed(graph), snap(graph, [end]), snap(graph, [start]))  # type: ignore[arg-type]
    return [name for name, metres in way.roads if metres > 1]


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
