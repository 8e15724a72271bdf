"""The simulated city: vehicle terminals and callers, as clients of the public API and nothing more."""

from infra.simulator.play import main

__all__ = ["main"]
