"""Planted bug: the heartbeat never says that anything is degraded."""

from gateway.hub.hub import Hub
from gateway.main import app
from kernel.contracts.events import BeatFrame

__all__ = ["app"]
honest = Hub.beat


def all_is_well(hub: Hub) -> BeatFrame:
    """The beat without its bad news."""
    return honest(hub).model_copy(update={"degraded": ()})


Hub.beat = all_is_well  # type: ignore[method-assign]
