"""Things of the register by id, as dispatch copies it; what is not there is refused by name."""

from dispatch.own import Own
from kernel.contracts.resources import Station, Stockpile, Unit
from kernel.errors import Conflict, NotFound


def get_unit(own: Own, unit_id: str) -> Unit:
    """A registered unit, in service or not. Raises NotFound."""
    unit = own.copies.units.get(unit_id)
    if unit is None:
        raise NotFound("unit_unknown", "There is no such unit.", unit_id=unit_id)
    return unit


def get_serving_unit(own: Own, unit_id: str) -> Unit:
    """A registered unit that is in service. Raises NotFound or Conflict."""
    unit = get_unit(own, unit_id)
    if not unit.in_service:
        raise Conflict(
            "unit_out_of_service",
            f"{unit.name} is out of service: {unit.out_reason or 'no reason given'}.",
            unit_id=unit_id,
        )
    return unit


def get_station(own: Own, station_id: str) -> Station:
    """A registered station. Raises NotFound."""
    station = own.copies.stations.get(station_id)
    if station is None:
        raise NotFound("station_unknown", "There is no such station.", station_id=station_id)
    return station


def get_stockpile(own: Own, stockpile_id: str) -> Stockpile:
    """A registered stockpile. Raises NotFound."""
    pile = own.copies.stockpiles.get(stockpile_id)
    if pile is None:
        raise NotFound("stockpile_unknown", "There is no such stockpile.", stockpile_id=stockpile_id)
    return pile
