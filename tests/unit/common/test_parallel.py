"""Doing the same to many things in threads."""

import threading
from collections.abc import Iterator

import pytest

from labelapp.common.parallel import map_in_order


def test_results_come_in_order_whoever_is_first() -> None:
    events = [threading.Event() for _ in range(20)]

    def work(number: int) -> int:
        if number % 2 == 0 and number + 1 < 20:
            assert events[number + 1].wait(5)  # the odd one after it is done first
        events[number].set()
        return number * number

    assert list(map_in_order(work, range(20), workers=4)) == [n * n for n in range(20)]


def test_only_a_few_are_read_ahead() -> None:
    read = []

    def items() -> Iterator[int]:
        for number in range(1000):
            read.append(number)
            yield number

    results = map_in_order(abs, items(), workers=3)
    assert next(results) == 0
    assert len(read) <= 3 * 2 + 2
    results.close()
    assert len(read) <= 3 * 2 + 2


def test_an_error_ends_it() -> None:
    done = []

    def work(number: int) -> None:
        if number == 5:
            raise ValueError("five")
        done.append(number)

    with pytest.raises(ValueError, match="five"):
        list(map_in_order(work, range(1000), workers=2))
    assert len(done) < 20
