"""Siting: what the optimizer is asked of candidates, and its answer in the words of the planners.

Today's cover is that of every first engine at home: a station is built for years, not for this moment's calls.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dispatch import optimizer
from dispatch.optimizer.coverage import BANDS_S, share_ppm
from dispatch.rules.coverage import NEVER, Ground, Whole, soonest_s
from dispatch.rules.moves import PPM_PER_PCT, far, reached
from kernel.contracts.base import LonLat
from kernel.contracts.moves import Reached
from kernel.contracts.resources import Unit
from kernel.contracts.siting import SitePlace, SiteSet, SitingForm

TURNOUT_S = 60
CELL_M2 = 1_000_000
M2_PER_KM2 = 1_000_000
MOST_NAMED = 24


def region_of(
    ground: Ground, engines: Mapping[str, tuple[Unit, ...]], form: SitingForm, ids: Sequence[str], rows: Whole
) -> optimizer.Region:
    """The zones with today's cover, and candidates with their [C, Z] seconds; a new station turns out in a minute."""
    places = [place for place in ground.due_s if engines.get(place)]
    covers = np.zeros(len(ground.names), dtype=np.int64)
    for place in places:
        covers += len(engines[place]) * (ground.due_s[place] <= form.limit_s)
    return optimizer.Region(
        zone_ids=ground.names,
        risk=ground.risk.astype(np.int64),
        area_m2=np.full(len(ground.names), CELL_M2, dtype=np.int64),
        first_s=far(soonest_s(ground, places)),
        covers=covers,
        candidates=tuple(optimizer.Candidate(each, form.units, form.suburban) for each in ids),
        drive_s=far(rows),
        turnout_s=TURNOUT_S,
        limit_s=form.limit_s,
    )


def unreached(ids: Sequence[str], rows: Whole) -> tuple[str, ...]:
    """Candidates from which no road leads to any zone."""
    return tuple(each for each, row in zip(ids, rows, strict=True) if (row >= NEVER).all())


def today(region: optimizer.Region) -> tuple[Reached, ...]:
    """Shares within the limits as they are."""
    return reached(tuple(share_ppm(region.first_s, region.risk, band) for band in BANDS_S))


def told(site: optimizer.Site, at: LonLat, risk: Mapping[str, int]) -> SitePlace:
    """One candidate; of the zones that it newly covers the riskiest are named. `risk` by zone."""
    named = sorted(site.newly_covered, key=lambda zone: (-risk[zone], zone))
    return SitePlace(
        id=site.candidate_id,
        at=at,
        gain_pct=site.gain_ppm / PPM_PER_PCT,
        newly_pct=site.newly_ppm / PPM_PER_PCT,
        within=reached(site.within_ppm),
        newly_covered=tuple(named[:MOST_NAMED]),
        newly_count=len(named),
        sooner_s=site.sooner_s,
        served_km2=site.nearest_m2 / M2_PER_KM2,
        area_limit_km2=site.area_limit_m2 / M2_PER_KM2,
    )


def set_of(sites: optimizer.Sites) -> SiteSet:
    """The best set."""
    return SiteSet(
        site_ids=sites.candidate_ids,
        gain_pct=sites.gain_ppm / PPM_PER_PCT,
        bound_pct=sites.bound_ppm / PPM_PER_PCT,
        within=reached(sites.within_ppm),
        source=sites.source,
        proved=sites.proved,
        guard_fired=sites.guard_fired,
    )
