"""How many labellers at work are answered in time, and where the time goes.

``python -m bench work.load`` starts a product of its own and has more and more people work, each as
``bench.work.load`` says, with client, web server, workers and database on this one machine.
"""

import asyncio
import os
from collections.abc import Iterator

from bench.table import Line, benchmark
from bench.work.http import Person
from bench.work.load import ARRIVE_S, p95_s, prepared, work
from bench.work.processes import NAMES, spent_s
from bench.work.product import running_product

STEPS = (100, 200, 400, 600, 800, 1000)
#: What is aimed at.
AIM = STEPS[-1]
BAR_S = 0.25
_SECONDS = 40.0
#: Tasks for each: who comes takes one, and another every 30 s.
_TASKS = 5


@benchmark("work.load", only_named=True)
def load() -> Iterator[Line]:
    """People at work until 95 % of their requests take longer than the bar."""
    carried = 0
    with running_product() as (url, _):
        for count in STEPS:
            line, is_met = _step(url, count)
            yield line
            if not is_met:
                break
            carried = count
    yield Line(
        "labellers at work with p95 < 250 ms",
        str(carried),
        str(AIM),
        ratio=carried / AIM,
        bar=1.0,
        note=f"steps of {', '.join(map(str, STEPS))}; {os.cpu_count()} cores, all on one machine",
    )


def _step(url: str, count: int) -> tuple[Line, bool]:
    made = prepared(count, count * _TASKS)
    people = [Person(url, token) for token in made["tokens"]]

    async def measured() -> dict[str, float]:
        at_work = asyncio.create_task(work(people, _SECONDS))
        await asyncio.sleep(ARRIVE_S)
        before = spent_s(url)
        await asyncio.sleep(_SECONDS)
        after = spent_s(url)
        await at_work
        return {name: after[name] - before[name] for name in NAMES}

    spent = asyncio.run(measured())
    requests = sum(len(person.times_s) for person in people)
    failed = sum(person.failed for person in people)
    p95 = p95_s(people)
    each = ", ".join(f"{name} {1000 * spent[name] / requests:.1f}" for name in NAMES)
    line = Line(
        f"{count} labellers: p95 of all requests",
        f"{1000 * p95:.0f} ms",
        f"{1000 * BAR_S:.0f} ms",
        note=f"{requests / _SECONDS:.0f} requests/s, {failed} refused or lost; "
        f"processor ms per request: {each}; {sum(spent.values()) / _SECONDS:.2f} cores in all",
    )
    return line, p95 < BAR_S and failed == 0
