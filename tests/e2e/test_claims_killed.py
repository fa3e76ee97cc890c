"""Many people claim at once while the web server and the workers die: no task twice, none lost."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from product import ROOT, Product
from test_kill import children, kill

from tests.serving import free_port

sys.path.insert(0, str(ROOT))

from bench.work.http import Person
from bench.work.load import claim_all, held_by

PEOPLE = 200
TASKS = 1000


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    found = Product(tmp_path / "data", free_port(), ("--without-clip",))
    found.start()
    try:
        yield found
    finally:
        found.stop()


def prepared(product: Product) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.work.prepare"]
    command += ["--people", str(PEOPLE), "--tasks", str(TASKS)]
    answer = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **product.environment},
    )
    made: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return made


async def held_in_the_end(people: list[Person]) -> dict[str, list[str]]:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError, TypeError):
            return await held_by(people)
        assert time.monotonic() < deadline, "the product does not come back"
        await asyncio.sleep(0.5)


@pytest.mark.e2e
@pytest.mark.slow
def test_no_task_is_given_twice_or_lost_while_processes_die(product: Product) -> None:
    made = prepared(product)
    assert made["tasks"] == TASKS
    people = [Person(product.url, token) for token in made["tokens"]]
    over = threading.Event()
    killed = []

    def keep_killing() -> None:
        # At once: it does not take long to hand out everything.
        while True:
            killed.append(kill(children(product, "gunicorn")[-1:]))
            killed.append(kill(children(product, "celery")[-1:]))
            if over.wait(1.5):
                return

    killer = threading.Thread(target=keep_killing)
    killer.start()

    async def claim_and_look() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        try:
            told = await claim_all(people)
            over.set()
            return told, await held_in_the_end(people)
        finally:
            for person in people:
                await person.leave()

    try:
        # In a thread of its own: this one may have the browser's event loop.
        with ThreadPoolExecutor(1) as pool:
            told, held = pool.submit(lambda: asyncio.run(claim_and_look())).result()
    finally:
        over.set()
        killer.join()
    assert sum(killed) > 0, "nothing was killed: the test shows nothing"
    # Whose answer was lost on the way has the task all the same, and finds it among theirs.
    had = [task for tasks in held.values() for task in tasks]
    assert len(had) == len(set(had)) == TASKS
    for token, tasks in told.items():
        assert set(tasks) <= set(held[token]), "what somebody was told to have, they have"
