"""The OSM file has the same bytes for the same seed and is labelled as schematic on every way."""

import hashlib
from pathlib import Path

import osmium
import pytest

from infra.city import borders, osmfile, roads, skeleton
from infra.city.skeleton import Skeleton


@pytest.fixture(scope="module")
def drawn() -> Skeleton:
    return skeleton.read()


@pytest.fixture(scope="module")
def written(drawn: Skeleton, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [_write(drawn, tmp_path_factory.mktemp("city") / f"{turn}.osm.pbf") for turn in range(2)]


def _write(drawn: Skeleton, path: Path) -> Path:
    net, fabric = roads.build(drawn, 1)
    osmfile.write(path, net, drawn, borders.districts(drawn), fabric.built_up)
    return path


def test_the_same_seed_gives_the_same_bytes(written: list[Path]) -> None:
    first, second = (hashlib.sha256(path.read_bytes()).hexdigest() for path in written)
    assert first == second


def test_every_way_and_relation_says_that_it_is_schematic(written: list[Path]) -> None:
    said = [o.tags.get("note") for o in osmium.FileProcessor(str(written[0])) if o.is_way() or o.is_relation()]
    assert len(said) > 10_000
    assert set(said) == {"示意路网 非真实道路数据"}


def test_references_resolve_and_restrictions_join_their_ways(written: list[Path]) -> None:
    nodes: set[int] = set()
    ways: dict[int, tuple[int, ...]] = {}
    joined = []
    for o in osmium.FileProcessor(str(written[0])):
        if o.is_node():
            nodes.add(o.id)
        elif o.is_way():
            ways[o.id] = tuple(n.ref for n in o.nodes)
        elif o.tags.get("type") == "restriction":
            member = {m.role: m.ref for m in o.members}
            ends = [{ways[member[role]][0], ways[member[role]][-1]} for role in ("from", "to")]
            joined.append(all(member["via"] in end for end in ends))
    assert set().union(*ways.values()) <= nodes
    assert len(joined) >= 100
    assert all(joined)


def test_eight_districts_partition_the_territory(drawn: Skeleton) -> None:
    shapes = borders.districts(drawn)
    assert len(shapes) == 8
    assert sum(s.area for s in shapes.values()) == pytest.approx(drawn.territory.area, rel=0.02)
    codes = sorted(shapes)
    overlap = sum(shapes[a].intersection(shapes[b]).area for i, a in enumerate(codes) for b in codes[i + 1 :])
    assert overlap < 1.0
    for district in drawn.districts:
        assert borders.owner_of(shapes, district.label) == district.code
