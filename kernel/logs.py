"""Logs: one JSON object per line, with the id of the request it belongs to, and nothing that a person has typed."""

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

FRAMES = 12
_request: ContextVar[str] = ContextVar("request", default="")


class Lines(logging.Formatter):
    """A record as one line: time, level, service, pid, request_id, logger, message; with an error, what and where.

    An error's own text is left out: it may quote a name or a telephone number out of a request or a row.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self.service,
            "pid": os.getpid(),
            "request_id": getattr(record, "request_id", "") or _request.get(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line |= {"error": kind.__name__, "where": _where(trace)}
        return json.dumps(line, ensure_ascii=False)


def _where(trace: TracebackType | None) -> list[str]:
    """The innermost frames of a traceback, outermost first, without source text or values."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def begin(service: str) -> None:
    """Writes this process's log to standard output as JSON lines from now on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Lines(service))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every call with its whole address
    logging.captureWarnings(True)


@contextmanager
def belonging_to(request_id: str) -> Iterator[None]:
    """What is logged inside belongs to this request."""
    token = _request.set(request_id)
    try:
        yield
    finally:
        _request.reset(token)
