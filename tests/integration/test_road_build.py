"""An extract becomes a graph file and a drawn map: the same every time, complete, quick to open, honest."""

import json
import time
from pathlib import Path

import numpy as np
import osmium
import pytest

from dispatch.routing import MapFormatError, load_graph
from dispatch.routing.graph import ARRAYS
from infra.roads import BASEMAP_FILE, GRAPH_FILE, OSM_ATTRIBUTION, EmptyMapError, build
from infra.roads.__main__ import main
from tests.integration.tiny_maps import METRE, Town, built, fork


def silent(line: str) -> None:
    pass


def test_two_builds_of_one_extract_are_the_same_bytes_and_one_changed_tag_is_another_map(tmp_path: Path) -> None:
    files = []
    for name, tags in (("a", {}), ("b", {}), ("c", {"maxheight": "3.5"})):
        folder = tmp_path / name
        folder.mkdir()
        _, summary = built(fork(tags), folder)
        files.append((summary.map_version, (folder / GRAPH_FILE).read_bytes(), (folder / BASEMAP_FILE).read_bytes()))
    assert files[0] == files[1]
    assert files[0][0] != files[2][0]


def test_the_file_is_mapped_and_numpy_reads_it_too(tmp_path: Path) -> None:
    graph, _ = built(fork({"maxheight": "3.5"}), tmp_path)
    plain = np.load(tmp_path / GRAPH_FILE)
    for name in ARRAYS:
        mine = getattr(graph, name)
        assert np.array_equal(mine, plain[name])
        assert mine.size == 0 or not mine.flags.writeable
        assert mine.size == 0 or mine.ctypes.data % 16 == 0, f"{name} is not aligned"


@pytest.mark.parametrize("content", [b"", b"not a map", b"PK\x03\x04 neither"])
def test_a_broken_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / GRAPH_FILE).write_bytes(content)
    with pytest.raises(MapFormatError, match=GRAPH_FILE):
        load_graph(tmp_path / GRAPH_FILE)


def test_a_graph_of_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(fork(), tmp_path)
    monkeypatch.setattr("dispatch.routing.storage.FORMAT", 99)
    with pytest.raises(MapFormatError, match="build it again"):
        load_graph(tmp_path / GRAPH_FILE)


def test_a_road_drawn_in_parts_is_one_stretch_and_its_curve_is_kept(tmp_path: Path) -> None:
    main = {"highway": "primary"}
    town = Town(
        {1: (0, 0), 2: (300, 0), 3: (600, 100), 4: (900, 0)},
        {"one": ((1, 2), {**main, "ref": "G1", "name": "G1"}), "two": ((4, 3, 2), {**main, "name": "G1"})},
    )
    graph, summary = built(town, tmp_path)
    assert (summary.junctions, summary.stretches) == (2, 1)
    assert len(graph.line(0)) == 4
    assert graph.stretch_length[0] == pytest.approx(300 + 2 * np.hypot(300, 100), abs=1)


def test_attribution_follows_the_file(tmp_path: Path) -> None:
    graph, summary = built(fork(), tmp_path)
    assert graph.attribution == summary.attribution == OSM_ATTRIBUTION
    header = osmium.io.Header()
    header.set("generator", "any-schematic-city")
    copy = tmp_path / "schematic.osm.pbf"
    with osmium.SimpleWriter(str(copy), header=header) as writer:
        for thing in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(thing)
    assert "示意" in build(copy, tmp_path, say=silent).attribution


def test_an_extract_without_roads_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    town = Town({1: (0, 0), 2: (10, 0)}, {"stream": ((1, 2), {"waterway": "stream"})})
    with pytest.raises(EmptyMapError):
        build(town.write(tmp_path / "town.osm"), tmp_path, say=silent)
    assert not (tmp_path / GRAPH_FILE).exists()


def test_a_box_cuts_the_map(tmp_path: Path) -> None:
    town = fork()
    west, south = town.at(1)
    east = town.at(3)[0]
    box = (west - METRE, south - METRE, east + METRE, south + 700 * METRE)
    summary = build(town.write(tmp_path / "town.osm"), tmp_path, box=box, say=silent)
    graph = load_graph(tmp_path / GRAPH_FILE)
    assert {graph.name(s) for s in range(summary.stretches)} == {"west", "short", "long"}
    drawn = json.loads((tmp_path / BASEMAP_FILE).read_text())
    corners = [point for road in drawn["layers"]["roads"]["features"] for point in road["geometry"]["coordinates"]]
    assert np.array(corners).max(axis=0)[0] <= box[2] + 1e-5 < town.at(4)[0]


def test_the_drawn_map_has_every_layer(tmp_path: Path) -> None:
    town = fork(
        {"maxheight": "3.5", "bridge": "yes"},
        {6: {"place": "suburb", "name": "Тау алды", "name:zh": "山前", "name:en": "Shanqian"}},
    )
    town.nodes |= {30: (0, -900), 31: (900, -900), 32: (900, -100), 33: (0, -100)}
    ring = (30, 31, 32, 33, 30)
    town.ways |= {
        "天山区": (ring, {"boundary": "administrative", "admin_level": "6"}),
        "lake": (ring, {"natural": "water"}),
        "park": (ring, {"leisure": "park"}),
        "works": (ring, {"landuse": "industrial"}),
        "railway": ((30, 31), {"railway": "rail"}),
        "river": ((32, 33), {"waterway": "river"}),
    }
    town.node_tags |= {4: {"amenity": "fire_station", "name": "一站"}}
    graph, summary = built(town, tmp_path)
    drawn = json.loads((tmp_path / BASEMAP_FILE).read_text())
    assert drawn["map_version"] == graph.map_version
    assert drawn["attribution"] == OSM_ATTRIBUTION
    names = {
        layer: sorted(feature["properties"].get("name", "") for feature in collection["features"])
        for layer, collection in drawn["layers"].items()
    }
    assert names == {
        "built": ["works"],
        "green": ["park"],
        "water": ["lake"],
        "waterways": ["river"],
        "districts": ["天山区"],
        "roads": ["east", "long", "short", "west"],
        "rail": ["railway"],
        "limits": ["short"],
        "places": ["山前"],
        "landmarks": ["一站"],
    }
    assert summary.features == {layer: len(found) for layer, found in names.items()}
    (place,) = drawn["layers"]["places"]["features"]
    assert (place["properties"]["name"], place["properties"]["name_en"]) == ("山前", "Shanqian")
    limit = drawn["layers"]["limits"]["features"][0]["properties"]
    assert limit["height_m"] == 3.5


def test_a_map_too_large_to_draw_leaves_out_the_smallest_roads_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.roads.basemap.BUDGET_BYTES", 500)
    town = fork({"highway": "footway"})
    graph, summary = built(town, tmp_path)
    drawn = json.loads((tmp_path / BASEMAP_FILE).read_text())["layers"]["roads"]["features"]
    assert {road["properties"]["name"] for road in drawn} == {"west", "long", "east"}
    assert dict(summary.notes) == {"kinds of road not drawn, the map is large (footway)": 1}
    assert "short" in {graph.name(s) for s in range(summary.stretches)}


@pytest.mark.parametrize(
    ("content", "box"), [(b"no map at all", None), (None, "1,2,3"), (None, "88,43,87,44"), (None, "10,10,11,11")]
)
def test_a_file_that_does_not_serve_ends_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, box: str | None
) -> None:
    file = fork().write(tmp_path / "town.osm")
    if content:
        file.write_bytes(content)
    assert main([str(file), str(tmp_path / "out"), *([box] if box else [])]) == 1
    assert "cannot use" in capsys.readouterr().err
    assert not (tmp_path / "out" / GRAPH_FILE).exists()


def test_a_graph_opens_within_the_time_of_a_blink(tmp_path: Path) -> None:
    built(fork(), tmp_path)
    begun = time.process_time()
    load_graph(tmp_path / GRAPH_FILE)
    assert time.process_time() - begun < 0.3
