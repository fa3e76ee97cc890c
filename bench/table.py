"""The table of all benchmarks: each registers itself, and says what it is measured against."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

#: What a benchmark is: it yields lines of the table.
Benchmark = Callable[[], Iterable["Line"]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        name: What was measured.
        ours: Our figure, as text with its unit.
        peer: The peer's or the bound's, as text; empty for none.
        ratio: What the bar is about; None: nothing could be compared.
        bar: The ratio that is asked for; None: none is, the line informs.
        at_least: Whether the ratio must reach the bar, or must not exceed it.
        note: What must be known to read the figures.
    """

    name: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    bar: float | None = None
    at_least: bool = True
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None: there is none, or nothing was compared."""
        if self.ratio is None or self.bar is None:
            return None
        # A plain truth value, also of NumPy's numbers.
        return bool(self.ratio >= self.bar if self.at_least else self.ratio <= self.bar)


class SkippedError(Exception):
    """A benchmark can't run here; the message says why."""


BENCHMARKS: dict[str, Benchmark] = {}
#: Those that run only when they are named.
ONLY_NAMED: set[str] = set()


def benchmark(name: str, *, only_named: bool = False) -> Callable[[Benchmark], Benchmark]:
    """Register a function that yields lines of the table under a name to choose it by.

    Args:
        name: its own.
        only_named: It takes long, and runs only when it is asked for.
    """

    def register(function: Benchmark) -> Benchmark:
        BENCHMARKS[name] = function
        if only_named:
            ONLY_NAMED.add(name)
        return function

    return register


def best_s(work: Callable[[], Any], repeats: int = 7) -> float:
    """The least time of several runs, after one that compiles and warms up."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def lines_of(name: str) -> Iterator[Line]:
    """A benchmark's lines; one that says why where it can't run."""
    try:
        yield from BENCHMARKS[name]()
    except SkippedError as reason:
        yield Line(name, "skipped", note=str(reason))


_WIDTHS = (46, 15, 22, 9, 9, 5)


def _shown(line: Line) -> str:
    ratio = "" if line.ratio is None else f"{line.ratio:.3g}"
    bar = "" if line.bar is None else f"{'>=' if line.at_least else '<='} {line.bar:g}"
    met = {None: "", True: "yes", False: "NO"}[line.met]
    cells = (line.name, line.ours, line.peer, ratio, bar, met)
    text = " ".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{text} {line.note}".rstrip()


def print_table(names: Iterable[str]) -> list[Line]:
    """Run benchmarks, print their lines as they come, and return them."""
    header = ("benchmark", "ours", "peer or bound", "ratio", "bar", "met")
    print(
        " ".join(f"{cell:<{width}}" for cell, width in zip(header, _WIDTHS, strict=True)).rstrip()
    )
    found = []
    for name in names:
        for line in lines_of(name):
            print(_shown(line))
            sys.stdout.flush()
            found.append(line)
    return found
