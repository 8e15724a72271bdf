"""Reach of special teams: which places, which force, which units; and the optimizer's answer in the words of screens.

Places are zones with key units (重点单位), the most of them first, or where the register has none the zones of most
risk. The register does not say what a key unit holds, so every place is held against every hazard package of the force
table in force: per line the most that any hazard asks for. A unit counts for a line if it fills it alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dispatch import optimizer
from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.reach import BANDS_S
from dispatch.rules.coverage import Ground, Whole
from dispatch.rules.first_due import counts_for
from dispatch.rules.moves import far
from dispatch.rules.needs import merge
from kernel.contracts.base import LonLat
from kernel.contracts.coverage import CoverageZone
from kernel.contracts.plans import ForceTable, LineKind, Requirement
from kernel.contracts.reach import OutOfReach, ReachForce, ReachNeed, ReachPlace, SpecialReach
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import HazardTag

MOST_PLACES = 100


@dataclass(frozen=True)
class Line:
    """A count line that hazards ask for, and for which of them."""

    requirement: Requirement
    hazards: tuple[HazardTag, ...]


@dataclass(frozen=True)
class Spot:
    """A zone that is looked at: its number in the ground, and what is told of it."""

    number: int
    zone_id: str
    at: LonLat
    risk: int
    key_units: int


@dataclass(frozen=True)
class Asked:
    """The zones to look at in order, lines by key, and the units that fill any of them by id, on a map's roads."""

    map_version: str
    zones_version: str
    closures_version: str
    spots: tuple[Spot, ...]
    chosen_by: str
    left_out: int
    lines: tuple[Line, ...]
    units: tuple[Unit, ...]


def lines_of(table: ForceTable) -> tuple[Line, ...]:
    """Count lines of all hazard packages, merged by the maximum, by key."""
    counted = {
        hazard: [line for line in lines if line.kind is LineKind.COUNT] for hazard, lines in table.add_ons.items()
    }
    merged = merge(line for hazard in sorted(counted) for line in counted[hazard])
    return tuple(
        Line(line, tuple(hazard for hazard in sorted(counted) if any(_alike(line, each) for each in counted[hazard])))
        for line in sorted(merged, key=lambda each: each.key)
    )


def _alike(one: Requirement, other: Requirement) -> bool:
    return (one.capabilities, one.amount, one.thresholds) == (other.capabilities, other.amount, other.thresholds)


def asked_of(
    ground: Ground, zones: Sequence[CoverageZone], key_units: Sequence[LonLat], table: ForceTable, units: Iterable[Unit]
) -> Asked:
    """What to look at: at most MOST_PLACES zones, all lines, and every unit in service that is ours to send."""
    held = key_units_in(zones, key_units)
    wanted = np.flatnonzero(held) if held.any() else np.arange(len(held))
    order = sorted(wanted.tolist(), key=lambda zone: (-int(held[zone]), -int(ground.risk[zone]), ground.names[zone]))
    kept = order[:MOST_PLACES]
    lines = lines_of(table)
    return Asked(
        map_version=ground.map_version,
        zones_version=ground.zones_version,
        closures_version=ground.closures_version,
        spots=tuple(
            Spot(zone, ground.names[zone], _middle(zones[zone]), int(ground.risk[zone]), int(held[zone]))
            for zone in kept
        ),
        chosen_by="key_units" if held.any() else "risk",
        left_out=len(order) - len(kept),
        lines=lines,
        units=tuple(
            unit
            for unit in sorted(units, key=lambda each: each.id)
            if unit.in_service and not unit.by_request and any(counts_for(unit, line.requirement) for line in lines)
        ),
    )


def key_units_in(zones: Sequence[CoverageZone], places: Sequence[LonLat]) -> Whole:
    """[Z] how many of these places lie in each zone's box."""
    boxes = np.array([zone.box for zone in zones], dtype=np.float64).reshape(-1, 4)
    points = np.array(places, dtype=np.float64).reshape(-1, 2)
    lon, lat = points[:, 0][:, None], points[:, 1][:, None]
    inside = (boxes[:, 0] <= lon) & (lon < boxes[:, 2]) & (boxes[:, 1] <= lat) & (lat < boxes[:, 3])
    return np.asarray(inside.sum(axis=0), dtype=np.int64)


def teams_of(asked: Asked) -> tuple[optimizer.Team, ...]:
    """The units as teams whose capabilities are the lines that each fills alone."""
    return tuple(
        optimizer.Team(
            unit.id,
            tuple((line.requirement.key, 1) for line in asked.lines if counts_for(unit, line.requirement)),
            unit.turnout_s,
        )
        for unit in asked.units
    )


def needs_of(asked: Asked) -> tuple[optimizer.Need, ...]:
    """Every line at every place."""
    return tuple(
        optimizer.Need(spot.zone_id, line.requirement.key, max(1, line.requirement.quantity))
        for spot in asked.spots
        for line in asked.lines
    )


def seconds_of(asked: Asked, rows: Sequence[Whole]) -> Ints:
    """[U, P] seconds of units to places out of [U, Z] seconds to all zones."""
    numbers = [spot.number for spot in asked.spots]
    return far(np.array([row[numbers] for row in rows], dtype=np.int64).reshape(len(rows), len(numbers)))


def said(found: optimizer.SpecialReach, asked: Asked, *, at: datetime) -> SpecialReach:
    """The answer, places in the order in which they were chosen."""
    at_place: dict[str, list[optimizer.Force]] = {}
    for force in found.forces:
        at_place.setdefault(force.need.place_id, []).append(force)
    return SpecialReach(
        at=at,
        zones_version=asked.zones_version,
        map_version=asked.map_version,
        closures_version=asked.closures_version,
        bands_s=BANDS_S,
        chosen_by=asked.chosen_by,
        left_out=asked.left_out,
        units=len(asked.units),
        needs=tuple(_need(line, found.forces) for line in asked.lines),
        places=tuple(
            ReachPlace(
                zone_id=spot.zone_id,
                at=spot.at,
                risk=spot.risk,
                key_units=spot.key_units,
                forces=tuple(_force(each) for each in at_place.get(spot.zone_id, ())),
            )
            for spot in asked.spots
        ),
        out_of_reach=tuple(
            OutOfReach(zone_id=spot.zone_id, line=force.need.capability)
            for spot in asked.spots
            for force in at_place.get(spot.zone_id, ())
            if force.out_of_reach
        ),
    )


def _need(line: Line, forces: Iterable[optimizer.Force]) -> ReachNeed:
    mine = [force for force in forces if force.need.capability == line.requirement.key]
    return ReachNeed(
        line=line.requirement.key,
        hazards=line.hazards,
        quantity=max(1, line.requirement.quantity),
        able=max((force.able for force in mine), default=0),
        within=tuple(sum(force.full_band <= band for force in mine) for band in range(len(BANDS_S))),
        out_of_reach=sum(force.out_of_reach for force in mine),
    )


def _force(force: optimizer.Force) -> ReachForce:
    return ReachForce(
        line=force.need.capability,
        first_s=force.first_s,
        second_s=force.second_s,
        full_s=force.full_s,
        first_band=force.first_band,
        full_band=force.full_band,
        unit_ids=force.unit_ids,
    )


def _middle(zone: CoverageZone) -> LonLat:
    west, south, east, north = zone.box
    return round((west + east) / 2, 6), round((south + north) / 2, 6)
