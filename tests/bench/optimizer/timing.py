"""CPU time of one call in milliseconds, and the figures told of many."""

import time
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

import numpy as np

Asked = ParamSpec("Asked")
Told = TypeVar("Told")


def spent(function: Callable[Asked, Told], *given: Asked.args, **named: Asked.kwargs) -> tuple[Told, float]:
    """The result, and the milliseconds of this process's CPU that it took: other load on the machine matters less."""
    began = time.process_time()
    result = function(*given, **named)
    return result, (time.process_time() - began) * 1000


def median(values: Sequence[float]) -> float:
    """Half of the values lie below."""
    return float(np.median(values))


def percentile(values: Sequence[float], share: float) -> float:
    """`share` percent of the values lie at or below; a value that occurred, never one between two."""
    return float(np.percentile(values, share, method="higher"))
