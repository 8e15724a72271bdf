"""The importer refuses by file, row and column, says why in two languages, and keeps what it takes as it is written."""

import math
from collections.abc import Mapping

import pytest

from kernel.contracts.resources import Place, Station, Unit
from resources.importer.building import build
from resources.importer.crs import Crs, bd09, gcj02, to_wgs84
from resources.importer.problems import WORDS, Problem, worded
from resources.importer.reading import read
from tests.unit import import_folder as folder
from tests.unit.import_folder import AREA, area, collection, manifest, spoiled, whole

Files = Mapping[str, bytes]


def problems(files: Files) -> list[tuple[str, int, str, str]]:
    """Every refusal of a folder as file, row, column, code."""
    made = read(files)
    build(made, {})
    for each in made.problems:
        assert worded(each, "zh").message
        assert worded(each, "en").message
    return [(each.file, each.row, each.column, each.code) for each in made.problems]


def test_a_folder_without_fault_is_taken_whole() -> None:
    made = read(whole())
    register = build(made, {})
    assert made.problems == []
    assert {word: len(things) for word, things in register.things.items()} == {
        "capability": 2, "vehicle_type": 1, "item": 1, "organisation": 2, "station": 2, "team": 1, "unit": 2,
        "micro_station": 1, "stockpile": 1, "batch": 1, "place": 1, "station_area": 1,
    }  # fmt: skip
    unit = register.things["unit"][0]
    assert isinstance(unit, Unit)
    assert unit.capabilities == {"WATER_STREAM": 1, "EXTRICATION": 1}
    assert unit.parameters == {"pump_lps": 60}
    assert (unit.at, unit.crew_needed, unit.unit_class) == ((87.6, 43.8), 6, "water")
    assert register.people[0].qualifications == ("B2驾驶", "泵浦操作")


CELLS = [
    ("stations.csv", 2, {"lon": ""}, "lon", "empty"),
    ("stations.csv", 2, {"lon": "NaN"}, "lon", "not_a_number"),
    ("stations.csv", 2, {"lon": "inf"}, "lon", "not_a_number"),
    ("stations.csv", 2, {"lon": "１２"}, "lon", "not_a_number"),
    ("stations.csv", 2, {"lon": "43.8", "lat": "87.6"}, "lon", "swapped"),
    ("stations.csv", 2, {"lon": "43.8", "lat": "187.6"}, "lon", "degrees_impossible"),
    ("stations.csv", 3, {"lon": "87.9"}, "lon", "outside_area"),
    ("stations.csv", 2, {"crs": "WGS72"}, "crs", "crs_unknown"),
    ("stations.csv", 2, {"station_class": "big"}, "station_class", "word_unknown"),
    ("stations.csv", 2, {"organisation_id": "org-x"}, "organisation_id", "reference_unknown"),
    ("stations.csv", 3, {"id": "st-1"}, "id", "id_double"),
    ("places.csv", 2, {"id": "st 1"}, "id", "id_refused"),
    ("places.csv", 2, {"id": "../../etc/passwd"}, "id", "id_refused"),
    ("stations.csv", 2, {"name": "a\x00b"}, "name", "text_refused"),
    ("stations.csv", 2, {"name": "\u202egnp.exe"}, "name", "text_refused"),
    ("stations.csv", 2, {"name": "站" * 201}, "name", "text_long"),
    ("stations.csv", 2, {"district": "火星区"}, "district", "district_unknown"),
    ("stations.csv", 2, {"bays": "-1"}, "bays", "negative"),
    ("stations.csv", 2, {"bays": "1.5"}, "bays", "not_whole"),
    ("stations.csv", 2, {"bays": "99999999"}, "bays", "too_large"),
    ("items.csv", 2, {"kg": "0"}, "kg", "too_small"),
    ("items.csv", 2, {"key": "yes"}, "key", "not_truth"),
    ("items.csv", 2, {"material_class": "9"}, "material_class", "value_refused"),
    ("batches.csv", 2, {"produced_on": "21.11.2026"}, "produced_on", "not_date"),
    ("batches.csv", 2, {"expires_on": "2020-01-01"}, "expires_on", "expired_before_made"),
    ("units.csv", 3, {"back_at": "2026-11-24T10:00:00"}, "back_at", "not_time"),
    ("units.csv", 3, {"out_reason": ""}, "out_reason", "reason_missing"),
    ("units.csv", 2, {"capabilities": "FLYING=1"}, "capabilities", "reference_unknown"),
    ("units.csv", 2, {"capabilities": "EXTRICATION"}, "capabilities", "not_map"),
    ("units.csv", 2, {"parameters": "a=1;a=2"}, "parameters", "key_double"),
    ("units.csv", 2, {"lon": "87.6"}, "lon", "place_missing"),
    ("units.csv", 2, {"type_code": "SG-X"}, "type_code", "reference_unknown"),
    ("organisations.csv", 3, {"path": "org-det"}, "path", "path_wrong"),
    ("stockpiles.csv", 2, {"trucks_out": "4"}, "trucks_out", "more_out_than_there"),
    ("places.csv", 2, {"height_m": "8848"}, "height_m", "too_large"),
]


@pytest.mark.parametrize(("file", "row", "cells", "column", "code"), CELLS)
def test_a_bad_cell_is_refused_at_its_place(file: str, row: int, cells: dict[str, str], column: str, code: str) -> None:
    """One bad cell is one refusal: what refers to its row is not refused as well."""
    assert problems(spoiled(file, row, **cells)) == [(file, row, column, code)]


def _renamed(file: str, old: str, new: str) -> dict[str, bytes]:
    return {**whole(), file: whole()[file].replace(old.encode(), new.encode(), 1)}


FILES: list[tuple[Files, str, int, str, str]] = [
    ({**whole(), "stations.csv": "id,name\nst-1,红山路消防救援站".encode("gbk")}, "stations.csv", 2, "", "not_utf8"),
    ({**whole(), "notes.txt": b"x"}, "notes.txt", 0, "", "file_unknown"),
    ({name: body for name, body in whole().items() if name != "manifest.json"}, "manifest.json", 0, "", "file_missing"),
    ({**whole(), "manifest.json": b"{"}, "manifest.json", 0, "", "json_broken"),
    ({**whole(), "manifest.json": b'{"format": NaN}'}, "manifest.json", 0, "", "json_broken"),
    (manifest(format=2), "manifest.json", 0, "format", "format_unknown"),
    (manifest(crs="BJ54"), "manifest.json", 0, "crs", "crs_unknown"),
    (manifest(box=[1, 2, 3]), "manifest.json", 0, "box", "value_refused"),
    ({**whole(), "people.csv": b""}, "people.csv", 1, "", "header_missing"),
    (_renamed("people.csv", "seat", "chair"), "people.csv", 1, "seat", "column_missing"),
    (_renamed("people.csv", "qualifications", "seat"), "people.csv", 1, "seat", "column_double"),
    (_renamed("people.csv", "qualifications", "salary"), "people.csv", 1, "salary", "column_unknown"),
    (_renamed("people.csv", "p-1,", "p-1,x,"), "people.csv", 2, "", "cells_count"),
    ({**whole(), "people.csv": b'id,unit_id,seat,name\n"p"x,u,s,n'}, "people.csv", 2, "", "csv_broken"),
]


@pytest.mark.parametrize(("files", "file", "row", "column", "code"), FILES)
def test_a_bad_file_is_refused(files: Files, file: str, row: int, column: str, code: str) -> None:
    found = problems(files)
    assert (file, row, column, code) in found
    assert {name for name, *_ in found} == {file}


BOWTIE = [[87.5, 43.7], [87.7, 43.9], [87.7, 43.7], [87.5, 43.9], [87.5, 43.7]]
AREAS = [
    ([area("a1", "st-9", AREA)], 1, "station_id", "reference_unknown"),
    ([area("a1", "st-1", AREA), area("a2", "st-2", AREA)], 2, "geometry", "overlap"),
    ([area("a1", "st-1", BOWTIE)], 1, "geometry", "geometry_refused"),
    ([area("a1", "st-1", [[y, x] for x, y in AREA]), area("a!", "st-1", AREA)], 2, "id", "id_refused"),
    ([area("a1", "st-1", [[500, 43], [501, 43], [501, 44], [500, 43]])], 1, "geometry", "degrees_impossible"),
    ([area("a1", "st-1", [])], 1, "geometry", "geometry_refused"),
]


@pytest.mark.parametrize(("features", "row", "column", "code"), AREAS)
def test_a_bad_area_is_refused(features: list[dict[str, object]], row: int, column: str, code: str) -> None:
    files = {**whole(), "station_areas.geojson": collection(*features)}
    assert ("station_areas.geojson", row, column, code) in problems(files)


def test_areas_that_only_touch_do_not_overlap() -> None:
    other = [[x + 0.2, y] for x, y in AREA]
    files = {**whole(), "station_areas.geojson": collection(area("a1", "st-1", AREA), area("a2", "st-2", other))}
    assert problems(files) == []


def test_every_sentence_can_be_said_in_both_languages() -> None:
    names = {"most": 1, "wanted": 1, "found": 1, "shown": "x\x00\n\u202e", "known": "a", "kind": "k", "area": 1}
    for code in WORDS:
        for language in ("zh", "en"):
            message = worded(Problem("f", 1, "c", code, dict(names)), language).message
            assert message.isprintable()


@pytest.mark.parametrize(
    "name", ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1)", "'; DROP TABLE units;--", "<script>1</script>"]
)
def test_formula_like_text_is_kept_as_it_is(name: str) -> None:
    made = read(spoiled("places.csv", 2, name=name))
    place = build(made, {}).things["place"][0]
    assert made.problems == []
    assert isinstance(place, Place)
    assert place.name == name


def test_a_bom_and_crlf_and_columns_in_another_order_are_fine() -> None:
    files = whole()
    files["capabilities.csv"] = "\ufeffname,id\r\n出水,WATER_STREAM\r\n破拆,EXTRICATION\r\n,\r\n".encode()
    assert problems(files) == []


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * 111_320 * math.cos(math.radians(a[1])), (a[1] - b[1]) * 111_320)


def test_gcj02_and_bd09_agree_with_published_points() -> None:
    """Vectors of the widely used coordtransform library for (116.404, 39.915)."""
    assert gcj02((116.404, 39.915)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert bd09((116.404, 39.915)) == pytest.approx((116.41662724378733, 39.922699552216216), abs=1e-9)


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
@pytest.mark.parametrize("point", [(87.61, 43.80), (87.47, 43.91), (88.31, 43.36), (116.4, 39.9), (73.6, 39.4)])
def test_the_way_back_is_good_to_a_millimetre(crs: Crs, point: tuple[float, float]) -> None:
    forward = gcj02 if crs is Crs.GCJ02 else bd09
    assert metres(forward(point), point) > 100
    assert metres(to_wgs84(forward(point), crs), point) < 0.001


def test_one_subtraction_would_not_be_enough() -> None:
    """The usual shortcut, taking the offset at the image, misses by more than the iteration does."""
    point = (87.61, 43.80)
    image = bd09(point)
    again = bd09(image)
    shortcut = (2 * image[0] - again[0], 2 * image[1] - again[1])
    assert metres(shortcut, point) > 0.05
    assert metres(to_wgs84(image, Crs.BD09), point) < 0.001


def test_the_crs_of_the_manifest_or_of_the_row_is_applied() -> None:
    shifted = gcj02((87.61, 43.8))
    made = read({**spoiled("stations.csv", 2, lon=repr(shifted[0]), lat=repr(shifted[1]), crs="GCJ02")})
    station = build(made, {}).things["station"][0]
    assert isinstance(station, Station)
    assert metres(station.at, (87.61, 43.8)) < 0.001
    made = read(manifest(crs="GCJ02"))
    moved = build(made, {}).things["station"][0]
    assert isinstance(moved, Station)
    assert 200 < metres(moved.at, (87.6, 43.8)) < 400


def test_a_spoiled_folder_differs_from_the_whole_one() -> None:
    assert folder.spoiled("places.csv", 2, name="x") != whole()
