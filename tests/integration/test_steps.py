"""Steps of a start: a command's failure is told with its last words, and work side by side ends together."""

import sys
import threading
import time
from pathlib import Path

import pytest

from infra.steps import Refusal, command, together


def test_a_failed_command_shows_its_last_words(tmp_path: Path) -> None:
    script = "print('what went wrong'); raise SystemExit(3)"
    with pytest.raises(Refusal, match=r"code 3(.|\n)*what went wrong"):
        command("doing it", [sys.executable, "-c", script], log=tmp_path / "log")


def test_a_command_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="not installed"):
        command("doing it", ["/no/such/program"], log=tmp_path / "log")


def test_one_refusal_ends_the_work_beside_it(tmp_path: Path) -> None:
    def slow() -> None:
        command("waiting", [sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "slow")

    def refused() -> None:
        time.sleep(0.3)
        raise Refusal("it cannot be done")

    began = time.monotonic()
    with pytest.raises(Refusal, match="cannot be done"):
        together(slow, refused)
    assert time.monotonic() - began < 20


def test_a_command_that_only_starts_when_another_was_refused_ends_too(tmp_path: Path) -> None:
    refused_at_once = threading.Event()

    def late() -> None:
        refused_at_once.wait()
        time.sleep(0.5)
        command("waiting", [sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "late")

    def refused() -> None:
        refused_at_once.set()
        raise Refusal("it cannot be done")

    began = time.monotonic()
    with pytest.raises(Refusal, match="cannot be done"):
        together(late, refused)
    assert time.monotonic() - began < 20
