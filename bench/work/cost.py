"""``python -m bench.work.cost``: what one request of each kind costs in processor time.

Start a product, then name its address; ``LABELAPP_DATA_DIR`` must be its data folder. One person
works without a pause, so that the times say little on a busy machine and the processor time of
the web server, PostgreSQL, the workers and this client says all. From it follows how
many labellers a core carries, see ``docs/trust.md``.
"""

import argparse
import asyncio
import sys
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from bench.work.http import Person
from bench.work.load import car, prepared
from bench.work.processes import NAMES, spent_s

#: Workers count what was submitted within this time.
_COUNTED_AFTER_S = 8.0
#: Requests a second of somebody at work: a save every 5 s, a heartbeat every 20 s, and a task every
#: 30 s that is claimed, opened and submitted, as ``bench.work.load`` has them.
RATES_HZ = {"save": 1 / 5, "heartbeat": 1 / 20, "claim": 1 / 30, "open": 1 / 30, "submit": 1 / 30}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.work.cost", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--times", type=int, default=400, help="requests of each kind")
    arguments = parser.parse_args()
    made = prepared(1, arguments.times + 20)
    person = Person(arguments.url, made["tokens"][0])
    costs = asyncio.run(_measure(person, arguments.url, arguments.times))
    for kind, spent_ms in costs.items():
        print(f"  {kind:10}", "".join(f"{name} {spent_ms[name]:5.2f} ms  " for name in NAMES))
    a_labeller_ms = sum(rate * sum(costs[kind].values()) for kind, rate in RATES_HZ.items())
    print(
        f"a labeller takes {a_labeller_ms:.2f} ms a second: {2000 / a_labeller_ms:.0f} fill 2 cores"
    )
    return 0


async def _measure(person: Person, url: str, times: int) -> dict[str, dict[str, float]]:
    at_work = AtWork(person)
    costs: dict[str, dict[str, float]] = {}

    async def measured(kind: str, act: Callable[[], Awaitable[None]], times: int) -> None:
        before = spent_s(url)
        for _ in range(times):
            await act()
        if kind == "submit":
            await asyncio.sleep(_COUNTED_AFTER_S)
        after = spent_s(url)
        costs[kind] = {name: 1000 * (after[name] - before[name]) / times for name in NAMES}

    for _ in range(10):
        await at_work.claim()
        await at_work.save()
        await at_work.submit()
    await at_work.claim()
    await measured("heartbeat", at_work.heartbeat, times)
    await measured("save", at_work.save, times)
    await measured("open", at_work.open, times)
    # A claim needs a task that nobody has, and a submission one that somebody has: all at once.
    await at_work.submit()
    await measured("claim", at_work.claim, times)
    await measured("submit", at_work.submit, times)
    await person.leave()
    return costs


class AtWork:
    """Somebody who has tasks."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.tasks: list[dict[str, Any]] = []
        self.version = 0
        self.label_id = ""

    async def _send(self, kind: str, method: str, path: str, body: Any, **headers: str) -> Any:
        status, answer = await self.person.send(kind, method, path, body, **headers)
        if status != 200:
            msg = f"{method} {path}: expected 200, found {status}: {answer}"
            raise RuntimeError(msg)
        return answer

    async def claim(self) -> None:
        answer = await self._send("claim", "POST", "/api/work/claim", {})
        self.tasks.append(answer["task"])
        self.version, self.label_id = 0, str(uuid.uuid4())

    async def heartbeat(self) -> None:
        lease = self.tasks[-1]["lease"]
        path = f"/api/leases/{lease['id']}/heartbeat"
        await self._send("heartbeat", "POST", path, {"token": lease["token"]})

    async def save(self) -> None:
        task = self.tasks[-1]
        operation = {
            "operation_id": str(uuid.uuid4()),
            "kind": "put",
            "label_id": self.label_id,
            "base_version": self.version,
            "label": car(self.label_id, self.version),
        }
        batch = {"batch_id": str(uuid.uuid4()), "operations": [operation]}
        proof = f"{task['lease']['id']}:{task['lease']['token']}"
        path = f"/api/label-sets/{task['label_set_id']}/operations"
        await self._send("save", "POST", path, batch, X_Lease=proof)
        self.version += 1

    async def open(self) -> None:
        await self._send(
            "open", "GET", f"/api/label-sets/{self.tasks[-1]['label_set_id']}/labels", None
        )

    async def submit(self) -> None:
        lease = self.tasks.pop()["lease"]
        body = {"token": lease["token"], "action": "submit"}
        await self._send("submit", "POST", f"/api/leases/{lease['id']}/finish", body)


if __name__ == "__main__":
    sys.exit(main())
