"""Places that a call taker can search for: sites, towers, schools, hospitals, metro stations, crossings, addresses."""

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

import yaml
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from infra.city.net import Net
from infra.city.plane import Point, line_to_plane, to_plane
from infra.city.register import Register, Row
from infra.city.sites import Sites, Spot
from infra.city.skeleton import SEED, Skeleton
from infra.city.words import initials, syllables

HOUSE_NUMBER_M = 25.0  # metres of street per house number
ADDRESSES = 120
WORKS = {
    "北庭": "米东化工园区",
    "天岭": "米东化工园区",
    "甘泉": "甘泉堡工业区",
    "王家": "王家沟油库区",
    "西站": "头屯河物流园",
}


class Gazetteer:
    """Adds rows of places to a register, each with its pinyin for search."""

    def __init__(self, register: Register, sites: Sites, rng: Random) -> None:
        self._rows = register.rows["places"]
        self._sites, self._rng = sites, rng
        self._words: dict[str, Any] = yaml.safe_load((SEED / "words.yaml").read_text(encoding="utf-8"))

    def fill(self, net: Net, skeleton: Skeleton, within: BaseGeometry) -> None:
        for kind, name, near, occupancy, height_m, tags in self._words["sites"]:
            self._add(kind, name, self._sites.near(near), occupancy, height_m, tags)
        self._chemical(skeleton)
        self._metro()
        core = within.intersection(skeleton.grounds[0].shape)
        self._towers(core)
        self._scattered("school", self._words["schools"], within, "school", 18)
        self._scattered("hospital", self._words["hospitals"], within, "hospital", 45)
        self._scattered("mall", self._words["malls"], core, "commercial", 28)
        self._crossings(net)
        self._addresses(skeleton)

    def _add(
        self, kind: str, name: str, spot: Spot, occupancy: str, height_m: float = 0, tags: Iterable[str] = ()
    ) -> None:
        row: Row = {"id": f"pl-{len(self._rows) + 1:04d}", "name": name, "kind": kind, "district": spot.district}
        row |= {"pinyin": " ".join(syllables(name)), "initials": initials(name)}
        self._rows.append(row | spot.lonlat | {"occupancy": occupancy, "height_m": height_m, "tags": list(tags)})

    def _chemical(self, skeleton: Skeleton) -> None:
        works = {area.name: area.shape for area in skeleton.areas if area.kind == "industrial"}
        for name in self._words["chemical_sites"]:
            spot = self._sites.anywhere(1, within=works[WORKS.get(name[:2], "米东化工园区")])[0]
            toxic = any(word in name for word in ("氯", "氨", "农药", "苯"))
            self._add("chemical", name, spot, "chemical", 20, ["petrochemical", *(["toxic_gas"] if toxic else [])])

    def _metro(self) -> None:
        line = LineString(line_to_plane(self._words["metro_line"]))
        names = self._words["metro"]
        for k, name in enumerate(names):
            at = line.interpolate(k / (len(names) - 1), normalized=True)
            self._add("metro", f"{name}地铁站", self._sites.at_road((at.x, at.y)), "transport", 0, ["underground"])

    def _towers(self, core: BaseGeometry) -> None:
        centre = core.intersection(LineString([core.centroid, to_plane(87.605, 43.805)]).buffer(4200))
        for name, spot in self._drawn(self._words["towers"], centre):
            height = self._rng.randrange(62, 229)
            tags = ["highrise", *(["super_highrise"] if height > 100 else [])]
            self._add("highrise", name, spot, "commercial", height, tags)
        for name, spot in self._drawn(self._words["estates"], core):
            height = self._rng.randrange(33, 99)
            self._add("residential", name, spot, "residential", height, ["highrise"])

    def _drawn(self, names: list[str], within: BaseGeometry) -> list[tuple[str, Spot]]:
        return list(zip(names, self._sites.anywhere(len(names), within=within), strict=True))

    def _scattered(self, kind: str, names: list[str], within: BaseGeometry, occupancy: str, height_m: int) -> None:
        for name, spot in self._drawn(names, within):
            self._add(kind, name, spot, occupancy, height_m)

    def _crossings(self, net: Net) -> None:
        """Where two roads with names of standing meet on the ground."""
        meeting: dict[int, set[str]] = defaultdict(set)
        for edge in net.edges:
            if edge.tags["highway"] in ("primary", "secondary"):
                meeting[edge.a].add(edge.tags["name"])
                meeting[edge.b].add(edge.tags["name"])
        seen: set[tuple[str, ...]] = set()
        for node, names in meeting.items():
            pair = tuple(sorted(names))
            if len(pair) == 2 and pair not in seen:
                seen.add(pair)
                self._add("crossing", f"{pair[0]}与{pair[1]}路口", self._sites.at_road(net.nodes[node]), "open")

    def _addresses(self, skeleton: Skeleton) -> None:
        """House numbers along the named roads, one address asked for by name, the rest drawn."""
        roads = {r.name: r.line for r in skeleton.roads if r.highway in ("primary", "secondary") and len(r.name) <= 5}
        wanted = [("华泰路", 16)]
        while len(wanted) < ADDRESSES:
            name = self._rng.choice(list(roads))
            number = self._rng.randrange(2, max(3, int(roads[name].length / HOUSE_NUMBER_M)))
            if (name, number) not in wanted:
                wanted.append((name, number))
        for name, number in wanted:
            spot = self._sites.at_road(_house(roads[name], number))
            occupancy = "industrial" if name in ("华泰路", "化工园一路", "化工园二路") else "residential"
            self._add("address", f"{name}{number}号", spot, occupancy)


def _house(road: LineString, number: int) -> Point:
    at = road.interpolate(number * HOUSE_NUMBER_M)
    return at.x, at.y
