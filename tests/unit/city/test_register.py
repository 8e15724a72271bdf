"""The register holds exactly the plan's forces, hangs together, fits the contracts and stands beside roads."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pydantic import BaseModel
from shapely.geometry import shape

from infra.city import tally
from infra.city.build import City
from infra.city.net import lines_of
from infra.city.plane import to_plane
from infra.city.register import COLUMNS, Register, read_map
from kernel.contracts import resources as words

Plant = Callable[[Callable[[Register], object]], Register]
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "import.md"
CONTRACTS: dict[str, type[BaseModel]] = {
    "capabilities": words.Capability,
    "vehicle_types": words.VehicleType,
    "items": words.Item,
    "organisations": words.Organisation,
    "stations": words.Station,
    "teams": words.Team,
    "units": words.Unit,
    "people": words.CrewMember,
    "micro_stations": words.MicroStation,
    "stockpiles": words.Stockpile,
    "batches": words.Batch,
    "places": words.Place,
}
MAPS, LISTS = ("capabilities", "parameters"), ("tags", "qualifications")


def test_the_totals_are_the_plans(city: City) -> None:
    assert tally.count(city.register) == {
        "detachments": 1,
        "special brigades": 1,
        "brigades": 11,
        "special stations": 3,
        "first-class stations": 14,
        "second-class stations": 8,
        "appliances of stations": 150,
        "petrochemical mobile teams": 3,
        "high-rise mobile teams": 3,
        "mobile team vehicles": 48,
        "mobile team people": 170,
        "national professional teams": 14,
        "other professional teams": 13,
        "professional people": 1660,
        "micro stations key_unit": 2449,
        "micro stations community": 847,
        "micro stations police_post": 1369,
        "depots": 60,
    }


def drop(name: str, **having: object) -> Callable[[Register], object]:
    """Plants the loss of the first row that has these values."""

    def error(register: Register) -> None:
        rows = register.rows[name]
        rows.remove(next(row for row in rows if all(row.get(key) == value for key, value in having.items())))

    return error


@pytest.mark.parametrize(
    ("error", "total"),
    [
        (drop("organisations", kind="detachment"), "detachments"),
        (drop("organisations", id="org-bde-special"), "special brigades"),
        (drop("organisations", id="org-bde-07"), "brigades"),
        (drop("stations", station_class="special"), "special stations"),
        (drop("stations", station_class="first"), "first-class stations"),
        (drop("stations", station_class="second"), "second-class stations"),
        (drop("units", station_id="st-09"), "appliances of stations"),
        (drop("teams", type_code="MT-PC"), "petrochemical mobile teams"),
        (drop("teams", type_code="MT-HR"), "high-rise mobile teams"),
        (drop("units", team_id="tm-mt-hr-2"), "mobile team vehicles"),
        (lambda r: r.by_id("teams")["tm-mt-pc-1"].update(people=31), "mobile team people"),
        (drop("teams", type_code="NT-MINE"), "national professional teams"),
        (drop("teams", type_code="UT-GAS"), "other professional teams"),
        (lambda r: r.by_id("teams")["tm-pt-05"].update(people=0), "professional people"),
        (drop("micro_stations", kind="key_unit"), "micro stations key_unit"),
        (drop("micro_stations", kind="community"), "micro stations community"),
        (drop("micro_stations", kind="police_post"), "micro stations police_post"),
        (drop("stockpiles", owner_kind="xpcc"), "depots"),
    ],
)
def test_a_planted_loss_changes_its_total(planted: Plant, error: Callable[[Register], object], total: str) -> None:
    assert total in tally.differences(planted(error))


def test_our_own_additions_never_count_as_the_plans(city: City, planted: Plant) -> None:
    ours = {row["type_code"] for row in city.register.rows["teams"] if row["source"] == "ours"}
    assert {"EF", "PB", "CP", "XPCC", "TP", "ENV", "UAVR", "EXP", "BUS", "SNOW", "AIR"} <= ours
    assert not ours & {"MT-PC", "MT-HR", "NT-MINE", "UT-GAS"}
    mislabelled = planted(lambda r: r.rows["teams"][0].update(source="ours"))
    assert tally.differences(mislabelled)


def test_ids_are_unique_and_references_resolve(city: City) -> None:
    assert tally.faults(city.register) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (lambda r: r.rows["units"][3].update(id=r.rows["units"][2]["id"]), "used 2 times"),
        (lambda r: r.rows["units"][3].update(name=r.rows["units"][2]["name"]), "used 2 times"),
        (lambda r: r.rows["units"][3].update(station_id="st-99"), "station_id st-99 is not among stations"),
        (lambda r: r.rows["batches"][3].update(item_code="9"), "item_code 9 is not among items"),
        (lambda r: r.areas["station_areas"][0]["properties"].update(station_id="st-99"), "st-99 is not known"),
    ],
)
def test_a_planted_fault_is_found(planted: Plant, error: Callable[[Register], object], said: str) -> None:
    assert any(said in fault for fault in tally.faults(planted(error)))


PLAIN = {"integer", "number", "boolean"}


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("register")
    city.register.write(path)
    return path


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Rows as docs/import.md says to read them: empty cells left out, maps and lists taken apart."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(file)]
    for row in rows:
        row |= {key: read_map(row.get(key, "")) for key in MAPS if key in COLUMNS[name]}
        row |= {key: row[key].split("|") for key in LISTS if key in row}
        if "lon" in row:
            row["at"] = (float(row["lon"]), float(row["lat"]))
    return rows


def typed(row: dict[str, Any], contract: Any) -> dict[str, Any]:
    """A row with its numbers and truth values read, where the contract has such a field: text is no number."""
    fields = contract.model_json_schema()["properties"].items()
    plain = {name for name, field in fields if PLAIN & {part.get("type") for part in field.get("anyOf", [field])}}
    return {key: json.loads(cell) if key in plain and isinstance(cell, str) else cell for key, cell in row.items()}


@pytest.mark.parametrize("name", list(CONTRACTS))
def test_every_row_fits_its_contract(folder: Path, name: str) -> None:
    types = {row["id"]: row for row in rows_of(folder, "vehicle_types")}
    for row in rows_of(folder, name):
        if name == "units":
            for key in MAPS:
                row[key] = types[row["type_code"]][key] | row[key]
        CONTRACTS[name].model_validate(typed(row, CONTRACTS[name]))


def test_the_import_page_names_every_file_and_column() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    for name, columns in COLUMNS.items():
        assert f"## {name}.csv" in page
        section = page.split(f"## {name}.csv")[1].split("\n## ")[0]
        assert [column for column in columns if f"`{column}`" not in section] == []


def test_units_know_only_registered_capabilities(city: City) -> None:
    known = {row["id"] for row in city.register.rows["capabilities"]}
    types = {row["id"]: read_map(row["capabilities"]) for row in city.register.rows["vehicle_types"]}
    used = {key for row in city.register.rows["units"] for key in (*types[row["type_code"]], *row["capabilities"])}
    assert used <= known


def test_everything_stands_beside_a_road_and_in_the_district_it_says(city: City) -> None:
    roads = shapely.STRtree(list(lines_of(city.net)))
    names = {district.code: district.name for district in city.skeleton.districts}
    for kind in ("stations", "stockpiles", "micro_stations", "places"):
        places = shapely.points(np.array([to_plane(r["lon"], r["lat"]) for r in city.register.rows[kind]]))
        _, away_m = roads.query_nearest(places, return_distance=True, all_matches=False)
        assert away_m.max() < 40, kind
        for row, place in zip(city.register.rows[kind], places, strict=True):
            inside = [names[code] for code, area in city.districts.items() if area.intersects(place)]
            assert row["district"] in (inside or [""])


def test_the_built_up_area_is_divided_among_the_fire_stations(city: City, folder: Path) -> None:
    collection = json.loads((folder / "station_areas.geojson").read_text(encoding="utf-8"))
    areas = [(f["properties"]["station_id"], shape(f["geometry"])) for f in collection["features"]]
    assert {station for station, _ in areas} == {f"st-{n:02d}" for n in range(1, 26)}
    for row in city.register.rows["micro_stations"][::7]:
        at = shapely.Point(row["lon"], row["lat"])
        assert len([station for station, area in areas if area.covers(at)]) == 1
    for row in city.register.rows["stations"][:25]:
        at = shapely.Point(row["lon"], row["lat"])
        assert [station for station, area in areas if area.covers(at)] == [row["id"]]


def test_some_units_are_out_of_service_each_with_a_reason(city: City) -> None:
    out = [unit for unit in city.register.rows["units"] if not unit["in_service"]]
    assert 15 <= len(out) <= 50
    assert all(unit["out_reason"] and unit["back_at"] for unit in out)
    assert not [unit for unit in city.register.rows["units"] if unit["in_service"] and unit.get("out_reason")]


def test_crews_fill_their_seats_and_teams_are_large_enough(city: City) -> None:
    seats = Counter(row["unit_id"] for row in city.register.rows["people"])
    riding: Counter[str] = Counter()
    for unit in city.register.rows["units"]:
        assert seats[unit["id"]] == unit["crew"]
        riding[unit.get("team_id", "")] += unit["crew"]
    for team in city.register.rows["teams"]:
        assert riding[team["id"]] <= team["people"], team["name"]


def test_the_gazetteer_finds_an_address_by_its_initials(city: City) -> None:
    by_initials = {row["initials"]: row["name"] for row in city.register.rows["places"]}
    assert by_initials["htl16h"] == "华泰路16号"
    assert len(city.register.rows["places"]) >= 300
    unread = [row["name"] for row in city.register.rows["places"] if any("一" <= c <= "鿿" for c in row["pinyin"])]
    assert unread == []
