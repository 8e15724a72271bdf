"""Coverage: how much of the city a first engine reaches in time with what stands ready now, zone by zone."""

from typing import Annotated

from pydantic import Field

from kernel.contracts.base import Code, Count, Id, Instant, LongText, Seconds, ShortText, Value, Versioned

Share = Annotated[float, Field(ge=0, le=1)]


class Within(Value):
    """Share of the city's risk that a first engine reaches within a limit, turnout included: with the engines that are
    free at their stations now, and with all of them at home (`at_home`)."""

    limit_s: Seconds
    share: Share
    at_home: Share


class WeakZone(Value):
    """A zone that no free engine reaches within the first limit. `lost`: its engine would, if it were at home.

    `due_s` is the soonest now, `station_id` the station nearest by road; none where no station reaches it.
    """

    zone_id: Id
    risk: Count
    due_s: Seconds | None = None
    station_id: Id | None = None
    lost: bool = False


class StationCover(Value):
    """First engines of a station: how many stand ready there, standing in or at home, and how many are its own."""

    station_id: Id
    free: Count
    engines: Count


class Coverage(Versioned):
    """城市覆盖 of this moment; `id` is `city`. Risks are in parts of 100,000 of the whole.

    `zones_version` names the zones of `GET /coverage/zones`, and `states` has one digit for each of them, in their
    order: 0, 1, 2 within the first, second, third limit, 3 later, 4 not at all; `states_at_home` the same with every
    engine at home. `degraded` says why there is no figure (`within` empty) or what is wrong with it.
    """

    at: Instant
    zones_version: ShortText = ""
    map_version: ShortText = ""
    closures_version: ShortText = ""
    within: tuple[Within, ...] = ()
    states: LongText = ""
    states_at_home: LongText = ""
    weak: tuple[WeakZone, ...] = ()
    weak_count: Count = 0
    stations: tuple[StationCover, ...] = ()
    degraded: tuple[Code, ...] = ()


class CoverageNow(Value):
    """The coverage, None before there is any; real seconds since it was last looked at; ages of the copies behind it.

    `degraded` says what stands against it now: no figure yet, no roads, a copy or the look itself too old.
    """

    coverage: Coverage | None
    looked_s: float | None
    ages_s: dict[str, float]
    degraded: tuple[Code, ...] = ()


class CoverageZone(Value):
    """A cell of the built-up city: west, south, east, north in degrees, and its risk."""

    id: Id
    box: tuple[float, float, float, float]
    risk: Count


class CoverageZones(Value):
    """The zones of a version; none while there is no road map or its trees still grow (`degraded` says which).

    Risk is metres of built-up road in a cell, plus 500 m for each key unit; `left_out` is the risk, in parts of
    100,000, of cells beyond the most that are kept.
    """

    zones_version: ShortText = ""
    map_version: ShortText = ""
    zones: tuple[CoverageZone, ...] = ()
    left_out: Count = 0
    degraded: tuple[Code, ...] = ()
