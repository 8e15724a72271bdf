"""The early order: who goes at once, before anything is computed or asked."""

from collections.abc import Iterable, Sequence

from kernel.contracts.plans import LineKind, Requirement, Threshold
from kernel.contracts.resources import Unit


def counts_for(unit: Unit, line: Requirement) -> bool:
    """Whether a unit alone meets a count line: any capability at the amount, and every threshold."""
    able = any(unit.capabilities.get(capability, 0) >= line.amount for capability in line.capabilities)
    return line.kind is LineKind.COUNT and able and all(_reaches(unit, each) for each in line.thresholds)


def _reaches(unit: Unit, threshold: Threshold) -> bool:
    return unit.parameters.get(threshold.parameter, 0) >= threshold.at_least


def first_due(requirements: Iterable[Requirement], ready: Sequence[Unit]) -> list[tuple[str, Unit]]:
    """Lines marked first-due filled from the units that stand ready, in order; one unit fills one line.

    `ready` comes nearest first. Where no line is marked or none can be filled, the nearest unit goes alone: somebody
    must look.
    """
    free = list(ready)
    chosen: list[tuple[str, Unit]] = []
    for line in requirements:
        if not line.first_due:
            continue
        for unit in [unit for unit in free if counts_for(unit, line)][: line.quantity]:
            chosen.append((line.key, unit))
            free.remove(unit)
    return chosen or [("first_due", unit) for unit in free[:1]]
