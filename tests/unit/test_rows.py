"""What a bench or a proof says: a limit is kept or missed on the right side, and one that breaks is not called met."""

import json
import math
from pathlib import Path

import pytest

from tests.measuring import measuring
from tests.rows import Options, Row, bound, table


@pytest.mark.parametrize(
    ("figure", "sense", "ok"),
    [(249.9, "<=", True), (250, "<=", True), (250.1, "<=", False), (250, ">=", True), (249, ">=", False)],
)
def test_a_limit_has_a_side(figure: float, sense: str, ok: bool) -> None:
    assert Row("x", "", figure, "ms", must=250, sense=sense).ok is ok  # type: ignore[arg-type]


def test_a_figure_that_is_no_number_keeps_no_limit() -> None:
    assert not Row("x", "", math.nan, "ms", must=1).ok
    assert not Row("x", "", math.nan, "ms", must=1, sense=">=").ok


def test_the_table_says_what_is_missed_and_the_peers_figure() -> None:
    text = table([Row("slow", "a thing", 3, "s", must=2, aim=1, peer=12345.0, seed=7)])
    assert "MISSED" in text
    assert "12,345" in text
    assert "[seed 7]" in text


def test_no_failure_bounds_the_rate() -> None:
    assert bound(10_000) == "0 of 10,000: below 0.03% with 95 % confidence"


def one(options: Options) -> list[Row]:
    return [Row("one", "counted", options.count(10), "", must=10, aim=5, seed=options.seed)]


def broken(_options: Options) -> list[Row]:
    raise RuntimeError("planted")


REGISTRY = {"one": f"{__name__}:one", "broken": f"{__name__}:broken"}


def test_rows_are_written_and_a_broken_one_fails_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "rows.json"
    assert measuring("bench", REGISTRY, ["one", "--share", "0.5", "--seed", "3", "--json", str(target)]) == 0
    written = {"id": "one", "what": "counted", "figure": 5, "unit": "", "must": 10, "aim": 5, "sense": "<="}
    assert json.loads(target.read_text()) == [written | {"seed": 3, "peer": None, "ok": True}]
    assert measuring("bench", REGISTRY, ["broken", "one"]) == 1
    assert "planted" in capsys.readouterr().err
