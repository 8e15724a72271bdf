"""The table of processes: everything that runs besides PostgreSQL and Redis, on one page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process that the zygote forks.

    `target` is `module:name`: an ASGI application when the process listens, else a function that blocks. A function
    gets the path of its socket when `has_socket`, and nothing otherwise.
    """

    name: str
    target: str
    listens: bool = False
    has_socket: bool = False
    niceness: int = 0
    reads_roads: bool = False
    demo_only: bool = False

    @property
    def module(self) -> str:
        """The module that the zygote imports before it forks."""
        return self.target.partition(":")[0]


PROCESSES = (
    Process("gateway", "gateway.main:app", listens=True),
    Process("resources", "resources.main:app", listens=True),
    Process("plans", "plans.main:app", listens=True),
    Process("dispatch", "dispatch.main:app", listens=True, reads_roads=True),
    Process("worker-live", "dispatch.workers:serve", has_socket=True, reads_roads=True),
    Process("worker-background", "dispatch.workers:serve", has_socket=True, niceness=10, reads_roads=True),
    Process("canary", "infra.canary:main"),
    Process("simulator", "infra.simulator:main", niceness=5, reads_roads=True, demo_only=True),
)
