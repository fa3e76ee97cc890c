"""``python -m bench.work.load``: claims at once, and labellers at work, against a running product.

Start a product, then name its address; ``LABELAPP_DATA_DIR`` must be its data folder. Prints, for
claims, how many were given and whether any twice; for labellers, the times by kind of request.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
import uuid
from typing import Any

from bench.work.http import Person

_SAVE_EVERY_S = 5.0
_HEARTBEAT_EVERY_S = 20.0
_TASK_TAKES_S = 30.0
#: Labellers come within this time; a server that starts with all at once is another question.
ARRIVE_S = 30.0


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.work.load", description=__doc__)
    parser.add_argument("what", choices=["claims", "labellers"])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--arrive",
        type=float,
        default=ARRIVE_S,
        help="labellers come within so many seconds, before anything is measured",
    )
    arguments = parser.parse_args()
    made = prepared(arguments.people, arguments.tasks)
    people = [Person(arguments.url, token) for token in made["tokens"]]
    if arguments.what == "claims":
        return asyncio.run(_claims(people, made["tasks"]))
    asyncio.run(work(people, arguments.seconds, arrive_s=arguments.arrive))
    _print_times(people)
    print(f"refused or lost: {sum(person.failed for person in people)}")
    return 0 if p95_s(people) < 0.25 else 1


def prepared(people: int, tasks: int) -> dict[str, Any]:
    """Make people and tasks in the product's database."""
    command = [sys.executable, "-m", "bench.work.prepare"]
    command += ["--people", str(people), "--tasks", str(tasks)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


async def claim_all(people: list[Person]) -> dict[str, list[str]]:
    """Have everybody claim until nothing is left; return the tasks that each was told of."""

    async def claim(person: Person) -> list[str]:
        got: list[str] = []
        while True:
            try:
                status, body = await person.send("claim", "POST", "/api/work/claim", {})
            except OSError:
                await asyncio.sleep(0.2)
                continue
            if status >= 500:
                await asyncio.sleep(0.2)
                continue
            if body.get("task") is None:
                return got
            got.append(body["task"]["id"])

    given = await asyncio.gather(*(claim(person) for person in people))
    return {person.token: tasks for person, tasks in zip(people, given, strict=True)}


async def held_by(people: list[Person]) -> dict[str, list[str]]:
    """Return the tasks that each has, as the product says."""
    found = {}
    for person in people:
        _, tasks = await person.send("mine", "GET", "/api/work/mine")
        found[person.token] = [task["id"] for task in tasks]
    return found


async def _claims(people: list[Person], tasks: int) -> int:
    started = time.perf_counter()
    given = await claim_all(people)
    seconds = time.perf_counter() - started
    told = [task for some in given.values() for task in some]
    print(
        f"{len(told)} of {tasks} claims by {len(people)} clients in {seconds:.1f} s"
        f" ({len(told) / seconds:.0f}/s); given twice: {len(told) - len(set(told))}"
    )
    _print_times(people)
    return 0 if len(told) == len(set(told)) == tasks else 1


async def work(people: list[Person], seconds: float, *, arrive_s: float = ARRIVE_S) -> None:
    """Have labellers work; their times and failures are of ``seconds`` after all have come."""
    begins = time.perf_counter() + arrive_s

    async def forget_the_start() -> None:
        await asyncio.sleep(arrive_s)
        for person in people:
            person.times_s.clear()
            person.failed = 0

    days = [_day(person, begins + seconds, random.uniform(0, arrive_s)) for person in people]
    await asyncio.gather(forget_the_start(), *days)
    for person in people:
        await person.leave()


def p95_s(people: list[Person]) -> float:
    """Return what 95 % of all requests took less than, seconds."""
    times = sorted(spent for person in people for _, spent in person.times_s)
    return times[int(0.95 * len(times))]


async def _day(person: Person, end: float, comes_after_s: float) -> None:
    """One labeller: claim, open, save every 5 s, heartbeat, submit, and again."""
    await asyncio.sleep(comes_after_s)
    # Somebody who comes is amid their work, not all at its beginning.
    length_s = random.uniform(0, 1) * _TASK_TAKES_S
    while time.perf_counter() < end:
        try:
            _, body = await person.send("claim", "POST", "/api/work/claim", {})
            task = (body or {}).get("task")
            if task is None:
                person.failed += 1
                return
            await _one_task(person, task, end, length_s)
        except OSError:
            person.failed += 1
            await asyncio.sleep(1)
        length_s = random.uniform(0.5, 1.5) * _TASK_TAKES_S


async def _one_task(person: Person, task: dict[str, Any], end: float, length_s: float) -> None:
    lease, path = task["lease"], f"/api/label-sets/{task['label_set_id']}"
    proof = f"{lease['id']}:{lease['token']}"
    version, label_id = 0, str(uuid.uuid4())
    await person.send("open", "GET", f"{path}/labels")
    heard = started = time.perf_counter()
    while time.perf_counter() < min(end, started + length_s):
        await asyncio.sleep(_SAVE_EVERY_S)
        operation = {
            "operation_id": str(uuid.uuid4()),
            "kind": "put",
            "label_id": label_id,
            "base_version": version,
            "label": car(label_id, version),
        }
        batch = {"batch_id": str(uuid.uuid4()), "operations": [operation]}
        status, _ = await person.send("save", "POST", f"{path}/operations", batch, X_Lease=proof)
        person.failed += status != 200
        version += status == 200
        if time.perf_counter() - heard > _HEARTBEAT_EVERY_S:
            heard = time.perf_counter()
            token = {"token": lease["token"]}
            await person.send("heartbeat", "POST", f"/api/leases/{lease['id']}/heartbeat", token)
    if time.perf_counter() >= end:
        return  # not all at once at the end
    finish = {"token": lease["token"], "action": "submit"}
    status, _ = await person.send("submit", "POST", f"/api/leases/{lease['id']}/finish", finish)
    person.failed += status != 200


def car(label_id: str, step: int) -> dict[str, Any]:
    keyframe = {
        "time_ns": "0",
        "position_m": [float(step), 0.0, 0.8],
        "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
    }
    return {
        "id": label_id,
        "class": "car",
        "geometry": "cuboid",
        "static": True,
        "size_m": [4.5, 1.8, 1.5],
        "keyframes": [keyframe],
    }


def _print_times(people: list[Person]) -> None:
    by_name: dict[str, list[float]] = {}
    for person in people:
        for name, spent in person.times_s:
            by_name.setdefault(name, []).append(spent)
    everything = [spent for times in by_name.values() for spent in times]
    for name, times in [*sorted(by_name.items()), ("all", everything)]:
        times.sort()
        at = [1000 * times[min(len(times) - 1, int(q * len(times)))] for q in (0.5, 0.95, 0.99)]
        print(
            f"  {name:10} {len(times):6} requests"
            f"  p50 {at[0]:7.1f} ms  p95 {at[1]:7.1f} ms  p99 {at[2]:7.1f} ms"
        )


if __name__ == "__main__":
    sys.exit(main())
