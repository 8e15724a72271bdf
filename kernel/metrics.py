"""Figures for Prometheus: rate, errors and duration of every route, and what a service knows of its own state.

A service hands in functions that say its figures; they are asked when somebody scrapes, and cost nothing otherwise.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW_S = 1.0
log = logging.getLogger(__name__)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_ROUTE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FAMILIES = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}


@dataclass(frozen=True)
class Figure:
    """One number of this moment. Names carry their unit: `_seconds`, `_bytes`, `_total`."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["gauge", "counter"] = "gauge"


Durations = Histogram  # for who observes and asks nothing else of it
Asked = Callable[[], Awaitable[Iterable[Figure]]]


def histogram(name: str, help_: str, labels: Iterable[str] = ()) -> Histogram:
    """A histogram of seconds that belongs to no registry yet."""
    return Histogram(name, help_, labels, buckets=BUCKETS, registry=None)


class _Moment(Collector):
    """The figures of one scrape as Prometheus's families."""

    def __init__(self, service: str, figures: Iterable[Figure]) -> None:
        self.service = service
        self.figures = list(figures)

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}
        for each in self.figures:
            if each.name not in families:
                families[each.name] = FAMILIES[each.kind](each.name, each.help, labels=["service", *each.labels])
            families[each.name].add_metric([self.service, *each.labels.values()], each.value)
        return families.values()


@dataclass
class Metrics:
    """What one service tells of itself."""

    service: str
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Starts from nothing, as the service itself does."""
        self.registry, self.asked = CollectorRegistry(), []
        ProcessCollector(registry=self.registry)
        self._requests = self.keep(
            histogram("muster_request_seconds", "Requests by route.", ("service", "method", "route", "status"))
        )

    def keep(self, made: Histogram) -> Histogram:
        """Tells a histogram with the rest."""
        self.registry.register(made)
        return made

    def answered(self, scope: Scope, status: int, seconds: float, route: str = "") -> None:
        """Counts a request under its route's template, never under a path that a caller made up, and logs trouble."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = route or route_of(scope)
        self._requests.labels(self.service, method, route, str(status)).observe(seconds)
        if status >= 500 or seconds > SLOW_S:
            log.warning("%s %s answered %d after %.0f ms", method, route, status, seconds * 1000)

    async def text(self) -> bytes:
        """Everything, in Prometheus's text format. A figure that cannot be had now is left out."""
        moment = CollectorRegistry()
        found: list[Figure] = []
        for ask in self.asked:
            try:
                found += await ask()
            except Exception as error:
                log.warning("figures are missing: %s", type(error).__name__)
        moment.register(_Moment(self.service, found))
        return generate_latest(moment) + generate_latest(self.registry)


class Measured:
    """Middleware that counts every request under the template of the route that answered it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            self.metrics.answered(scope, status, time.perf_counter() - began)


def route_of(scope: Scope) -> str:
    """The template of the route that a request came to, such as `/incidents/{incident_id}`."""
    route = scope.get("route")
    return str(getattr(route, "path", NO_ROUTE)) if route is not None else NO_ROUTE
