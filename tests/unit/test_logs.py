"""Log lines: JSON, with the id of the request, and without what a person has typed."""

import io
import json
import logging
import sys
from typing import Any

from kernel.logs import Lines, belonging_to

PHONE = "13912345678"


def line_of(record: logging.LogRecord, formatter: logging.Formatter | None = None) -> dict[str, Any]:
    text = (formatter or Lines("dispatch")).format(record)
    assert "\n" not in text
    made: dict[str, Any] = json.loads(text)
    return made


def record_of(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord("dispatch.feed", logging.WARNING, __file__, 1, message, arguments, exc_info)


def failure() -> ValueError:
    try:
        raise ValueError(f"the caller's number is {PHONE}")
    except ValueError as error:
        return error


def test_a_line_says_when_who_and_what() -> None:
    with belonging_to("abc-1"):
        line = line_of(record_of("copies of %s\nare stale", "plans"))
    assert set(line) == {"time", "level", "service", "pid", "request_id", "logger", "message"}
    assert line["time"].endswith("+00:00")
    assert (line["level"], line["service"], line["request_id"]) == ("warning", "dispatch", "abc-1")
    assert line["message"] == "copies of plans\nare stale"


def test_after_a_request_its_id_is_gone() -> None:
    with belonging_to("abc-1"):
        pass
    assert line_of(record_of("later"))["request_id"] == ""


def test_an_error_says_where_but_not_what_it_quotes() -> None:
    line = line_of(record_of("failed", error=failure()))
    assert line["error"] == "ValueError"
    assert any("test_logs.py" in frame and "failure" in frame for frame in line["where"])
    assert PHONE not in json.dumps(line)


def test_a_formatter_that_prints_errors_whole_would_be_caught() -> None:
    """The planted bug: the standard library's own formatter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.emit(record_of("failed", error=failure()))
    assert PHONE in stream.getvalue()
    assert PHONE not in Lines("dispatch").format(record_of("failed", error=failure()))


def test_the_whole_process_writes_lines(monkeypatch: Any) -> None:
    from kernel import logs

    root, out = logging.getLogger(), io.StringIO()
    kept = (root.handlers[:], root.level)
    monkeypatch.setattr(sys, "stdout", out)
    root.handlers[:] = []
    try:
        logs.begin("gateway")
        logging.getLogger("kernel.anything").warning("hello")
        assert json.loads(out.getvalue())["service"] == "gateway"
    finally:
        root.handlers[:], root.level = kept
        logging.captureWarnings(False)
        logging.getLogger("httpx").setLevel(logging.NOTSET)
