"""``python -m bench.work.cost``: what one request of each kind costs in processor time.

Start a product, then name its address; ``LABELAPP_DATA_DIR`` must be its data folder. One person
works without a pause, so that the times say little on a busy machine and the processor time of
the web server and of PostgreSQL (utime and stime of their processes) says all. From it follows how
many labellers a core carries, see ``docs/trust.md``.
"""

import argparse
import asyncio
import os
import sys
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.work.http import Person
from bench.work.load import car, prepared

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
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
    for kind, (web_ms, database_ms, client_ms) in costs.items():
        print(
            f"  {kind:10} web {web_ms:5.2f} ms  database {database_ms:5.2f} ms"
            f"  client {client_ms:5.2f} ms"
        )
    a_labeller_ms = sum(rate * sum(costs[kind][:2]) for kind, rate in RATES_HZ.items())
    print(
        f"a labeller takes {a_labeller_ms:.2f} ms of web server and database a second:"
        f" {2000 / a_labeller_ms:.0f} on 2 cores"
    )
    return 0


async def _measure(person: Person, url: str, times: int) -> dict[str, tuple[float, float, float]]:
    at_work = _AtWork(person)
    costs: dict[str, tuple[float, float, float]] = {}

    async def measured(kind: str, act: Callable[[], Awaitable[None]], times: int) -> None:
        before = _spent_s(url)
        for _ in range(times):
            await act()
        spent = [1000 * (b - a) / times for a, b in zip(before, _spent_s(url), strict=True)]
        costs[kind] = (spent[0], spent[1], spent[2])

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


class _AtWork:
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


def _spent_s(url: str) -> tuple[float, float, float]:
    """Return the processor time so far: of the web server, of PostgreSQL, of this process."""
    port = urlsplit(url).port
    postmaster = Path(os.environ["LABELAPP_DATA_DIR"], "postgres", "postmaster.pid")
    database = int(postmaster.read_text().split("\n", 1)[0])
    web_s = database_s = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent_s = (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
        if b"labelapp.config.wsgi:application" in command and any(
            part.endswith(f":{port}".encode()) for part in command
        ):
            web_s += spent_s
        elif database in (int(folder.name), int(fields[1])):
            database_s += spent_s
    own = os.times()
    return web_s, database_s, own.user + own.system


if __name__ == "__main__":
    sys.exit(main())
