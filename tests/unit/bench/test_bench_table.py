"""The table of benchmarks says which bars were met, and fails where one wasn't."""

import sys

import numpy as np
import pytest

from bench import __main__ as command
from bench import table
from bench.table import Line


@pytest.mark.parametrize("number", [float, np.float64, np.float32])
@pytest.mark.parametrize(
    ("ratio", "at_least", "met"),
    [(11.0, True, True), (9.0, True, False), (9.0, False, True), (11.0, False, False)],
)
def test_a_bar_is_met_or_missed_whatever_kind_of_number_the_ratio_is(
    number: type, ratio: float, at_least: bool, met: bool
) -> None:
    line = Line("speed", "1 ms", "10 ms", number(ratio), 10.0, at_least=at_least)
    assert line.met is met


def test_a_line_without_a_bar_is_neither_met_nor_missed() -> None:
    assert Line("speed", "1 ms", "10 ms", 10.0).met is None
    assert Line("speed", "1 ms").met is None


@pytest.mark.parametrize(("ratio", "status"), [(np.float64(9.0), 1), (np.float64(11.0), 0)])
def test_the_command_fails_where_a_bar_is_missed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ratio: float,
    status: int,
) -> None:
    lines = [Line("one", "1 ms", "10 ms", ratio, 10.0), Line("two", "2 ms")]
    monkeypatch.setitem(table.BENCHMARKS, "small", lambda: lines)
    monkeypatch.setattr(command, "_load", list)
    monkeypatch.setattr(sys, "argv", ["bench", "small"])
    assert command.main() == status
    assert f"{1 - status} of 1 bars met" in capsys.readouterr().out
