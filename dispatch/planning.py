"""What dispatch keeps of the planners' questions: the last move-ups, sitings that grow or are done, special reach."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.rules.coverage import Ground
from dispatch.rules.reach import Asked
from dispatch.workers.jobs import CoverJob, Origin
from kernel.contracts.moves import MoveUps
from kernel.contracts.resources import Unit
from kernel.contracts.siting import Siting, SitingForm


@dataclass
class Growing:
    """Rows of seconds that grow by slices from origins, on one ground; `rows` are those known so far."""

    ground: Ground
    city: CoverJob
    origins: tuple[Origin, ...] = ()
    rows: list[NDArray[np.integer[Any]]] = field(default_factory=list)
    tries: int = 0


@dataclass
class SitingRun:
    """A siting that was asked for: what was asked, its trees, and what is told of it."""

    form: SitingForm
    engines: Mapping[str, tuple[Unit, ...]]
    growing: Growing
    said: Siting


@dataclass
class ReachRun:
    """The reach of special teams as last asked for: its trees, and the answer once there is one.

    `register` is its version, with who lends by request, when it was last found to ask for the same.
    `said` is a `SpecialReach` as JSON:
    half a megabyte that screens get as it is.
    """

    register: tuple[int, frozenset[str]]
    asked: Asked
    growing: Growing
    said: bytes = b""


@dataclass
class Planning:
    """Kept by `commands.moves`, `commands.siting` and `commands.reach` alone; `moves_of` is what `moves` are of."""

    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    moves_of: object = None
    moves: MoveUps | None = None
    sitings: dict[str, SitingRun] = field(default_factory=dict)
    reach: ReachRun | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
