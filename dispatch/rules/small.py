"""Keeps a recommendation's event small: what explains gives way to what is decided."""

from collections.abc import Sequence

from kernel.contracts.recommendation import Pick, Recommendation

LIMIT = 15_500  # bytes of JSON: an envelope may have 16 kB with what is around the value
NAMES = 20
ASKABLE = 4


def fitted(made: Recommendation, limit: int = LIMIT) -> Recommendation:
    """The same recommendation with as many reasons as fit: every pick's first one, then the second ones, in order.

    Only where it does not fit without any reason are the nearer units and shadow prices left out, those that may be
    asked for and the nearest-first plan's names cut, and then whole alternatives left out, the last first: one that is
    cut could not be ordered.
    """
    if _size(made) <= limit:
        return made
    bare = made.model_copy(update={"picks": _with(made.picks, 0, 0)})
    if _size(bare) > limit:
        greedy = made.greedy
        cut = {name: getattr(greedy, name)[:NAMES] for name in ("only_greedy", "only_ours", "unit_ids")}
        left_out = {"not_used": (), "one_more": (), "totals_short": (), "askable": made.askable[:ASKABLE]}
        bare = bare.model_copy(update=left_out | {"greedy": greedy.model_copy(update=cut)})
    while bare.alternatives and _size(bare) > limit:
        bare = bare.model_copy(update={"alternatives": bare.alternatives[:-1]})
    return bare.model_copy(update={"picks": _explained(made.picks, limit - _size(bare))})


def _explained(picks: Sequence[Pick], spare: int) -> tuple[Pick, ...]:
    """The picks with so many of their reasons that these take no more than the spare bytes."""
    first = second = 0
    for nth in (0, 1):
        for pick in picks:
            spare -= sum(len(each.model_dump_json().encode()) + 1 for each in pick.why[nth : nth + 1])
            if spare < 0:
                return _with(picks, first, second)
            first, second = (first + 1, second) if nth == 0 else (first, second + 1)
    return _with(picks, first, second)


def _with(picks: Sequence[Pick], first: int, second: int) -> tuple[Pick, ...]:
    """The picks with their reasons: two for the first `second`, one for the first `first`, none for the others."""
    kept = [2 if nth < second else 1 if nth < first else 0 for nth in range(len(picks))]
    return tuple(pick.model_copy(update={"why": pick.why[:most]}) for pick, most in zip(picks, kept, strict=True))


def _size(made: Recommendation) -> int:
    return len(made.model_dump_json().encode())
