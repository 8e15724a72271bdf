"""The written city has the same bytes for the same seed and is labelled as schematic on every way."""

import hashlib
from collections import Counter
from pathlib import Path

import osmium
import pytest

from infra.city import borders
from infra.city.__main__ import write
from infra.city.build import City, build
from infra.maps import city_of
from infra.place import Place


@pytest.fixture(scope="module")
def written(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    write(city, folder)
    return folder


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_the_same_seed_gives_the_same_bytes_in_another_process(written: Path, drawn_city: Place) -> None:
    assert "示意数据" in (drawn_city.logs / "city.log").read_text()
    assert len(hashes(written)) == 16
    assert hashes(city_of(drawn_city)) == hashes(written)


@pytest.mark.slow
def test_another_seed_gives_other_streets_and_people_but_the_same_forces(written: Path, tmp_path: Path) -> None:
    write(build(2), tmp_path)
    first, other = hashes(written), hashes(tmp_path)
    kinds = (
        "capabilities.csv",
        "vehicle_types.csv",
        "items.csv",
        "organisations.csv",
        "teams.csv",
        "districts.geojson",
    )
    assert {name for name in first if other[name] == first[name]} == {f"register/{kind}" for kind in kinds}


def test_every_way_and_relation_says_that_it_is_schematic(written: Path) -> None:
    file = osmium.FileProcessor(str(written / "roads.osm.pbf"))
    said = [o.tags.get("note") for o in file if o.is_way() or o.is_relation()]
    assert len(said) > 10_000
    assert set(said) == {"示意路网 非真实道路数据"}


def test_districts_places_and_landmarks_are_on_the_map(written: Path) -> None:
    kinds: Counter[str] = Counter()
    districts, english = set(), dict[str, str]()
    for o in osmium.FileProcessor(str(written / "roads.osm.pbf")):
        if o.is_node() and "name" in o.tags:
            kinds[
                next(o.tags[key] for key in ("amenity", "railway", "aeroway", "natural", "place") if key in o.tags)
            ] += 1
            assert o.tags["note"] == "示意路网 非真实道路数据"
            english |= {o.tags["name"]: o.tags["name:en"]} if "name:en" in o.tags else {}
        elif o.tags.get("boundary") == "administrative":
            districts.add((o.type_str(), o.tags["name"]))
    names = ("天山区", "沙依巴克区", "新市区", "水磨沟区", "头屯河区", "达坂城区", "米东区", "乌鲁木齐县")
    assert districts == {("r", name) for name in names}
    assert kinds["fire_station"] == 25
    assert kinds["district"] == 8
    assert (english["人民广场"], english["乌鲁木齐市"]) == ("Renminguangchang", "Wulumuqishi")
    assert min(kinds[kind] for kind in ("hospital", "station", "peak", "town", "village", "city")) >= 4


def test_references_resolve_and_restrictions_join_their_ways(written: Path) -> None:
    nodes: set[int] = set()
    ways: dict[int, tuple[int, ...]] = {}
    joined = []
    for o in osmium.FileProcessor(str(written / "roads.osm.pbf")):
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


def test_eight_districts_partition_the_territory(city: City) -> None:
    shapes = city.districts
    assert len(shapes) == 8
    assert sum(s.area for s in shapes.values()) == pytest.approx(city.skeleton.territory.area, rel=0.02)
    codes = sorted(shapes)
    overlap = sum(shapes[a].intersection(shapes[b]).area for i, a in enumerate(codes) for b in codes[i + 1 :])
    assert overlap < 1.0
    for district in city.skeleton.districts:
        assert borders.owner_of(shapes, district.label) == district.code
