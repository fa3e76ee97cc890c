"""Saving labels, ours beside Label Studio: as many clients, as many bytes, the same machine.

``python -m bench work.label_studio``. Both run under gunicorn with as many processes and threads,
one after the other. A client saves one box again and again and waits for nothing but the answer.
Label Studio replaces the annotation's row; ours also checks the label by format and ontology, keeps
every version, and asks for the task's lease.

Label Studio is on SQLite, its default: on PostgreSQL it needs the extension pg_trgm, which the
embedded one hasn't. SQLite works in the web server's processes, so what a save costs is told for
web server and database together.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from bench.peers import peer_python
from bench.table import Line, benchmark
from bench.work.cost import AtWork
from bench.work.http import Person
from bench.work.load import car, prepared
from bench.work.processes import spent_s
from bench.work.product import free_port, running_product, wait_until_answered

_REQUIREMENTS = ["label-studio==1.23.2", "gunicorn==27.0.1"]
_CLIENTS = 16
_SECONDS = 15.0
_TOKEN = "b" * 40
_CONFIG = (
    '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">'
    '<Label value="car"/></RectangleLabels></View>'
)
Save = Callable[[], Awaitable[None]]


@benchmark("work.label_studio", only_named=True)
def label_studio() -> Iterator[Line]:
    """Saves a second, times, and what one costs."""
    python = peer_python("label-studio", _REQUIREMENTS)
    with running_product() as (url, _):
        ours = asyncio.run(_ours(url))
    with _label_studio(python) as peer_url:
        theirs = asyncio.run(_theirs(peer_url))
    note = (
        f"{_CLIENTS} clients without pauses, {_SECONDS:.0f} s, 2 processes of 8 threads each;"
        f" refused or failed: ours {ours['refused']:.0f} %, theirs {theirs['refused']:.0f} %"
    )
    for name, unit, at_least in (
        ("saves a second", "", True),
        ("p50", " ms", False),
        ("p95", " ms", False),
        ("processor time a save", " ms", False),
    ):
        yield Line(
            f"saving beside Label Studio: {name}",
            f"{ours[name]:.1f}{unit}",
            f"{theirs[name]:.1f}{unit}",
            ratio=ours[name] / theirs[name],
            bar=1.0,
            at_least=at_least,
            note=note,
        )


async def _ours(url: str) -> dict[str, float]:
    people = [Person(url, token) for token in prepared(_CLIENTS, _CLIENTS)["tokens"]]
    at_work = [AtWork(person) for person in people]
    for one in at_work:
        await one.claim()
    return await _measured(url, people, [one.save for one in at_work])


async def _theirs(url: str) -> dict[str, float]:
    people = [Person(url, _TOKEN, keyword="Token") for _ in range(_CLIENTS)]
    project = await _send(people[0], "POST", "/api/projects/", {"label_config": _CONFIG})
    pictures = [{"image": f"https://example.invalid/{number}.jpg"} for number in range(_CLIENTS)]
    await _send(people[0], "POST", f"/api/projects/{project['id']}/import", pictures)
    listed = await _send(people[0], "GET", f"/api/tasks/?project={project['id']}&page_size=100")
    saves = []
    for person, task in zip(people, listed["tasks"], strict=True):
        path = f"/api/tasks/{task['id']}/annotations/"
        made = await _send(person, "POST", path, {"result": _result(0)})
        saves.append(_save_of(person, made["id"]))
    return await _measured(url, people, saves)


def _save_of(person: Person, annotation_id: int) -> Save:
    step = 0

    async def save() -> None:
        nonlocal step
        step += 1
        body = {"result": _result(step), "lead_time": step}
        path = f"/api/annotations/{annotation_id}/"
        status, _ = await person.send("save", "PATCH", path, body)
        person.failed += status != 200

    return save


def _result(step: int) -> list[dict[str, Any]]:
    """A box whose JSON is as long as that of one of our operations."""
    box = {"x": step % 90, "y": 10.0, "width": 5.0, "height": 5.0, "rotation": 0}
    one: dict[str, Any] = {
        "id": "box",
        "from_name": "label",
        "to_name": "image",
        "type": "rectanglelabels",
        "original_width": 1920,
        "original_height": 1080,
        "image_rotation": 0,
        "value": {**box, "rectanglelabels": ["car"]},
    }
    label_id = str(uuid.uuid4())
    ours = {**dict.fromkeys(("batch_id", "operation_id"), label_id), "label": car(label_id, step)}
    missing = len(json.dumps(ours)) - len(json.dumps([one]))
    return [{**one, "meta": {"text": ["." * max(0, missing - 20)]}}]


async def _send(person: Person, method: str, path: str, body: Any = None) -> Any:
    status, answer = await person.send("save", method, path, body)
    if status not in {200, 201}:
        msg = f"{method} {path}: expected 200 or 201, found {status}: {str(answer)[:500]}"
        raise RuntimeError(msg)
    return answer


async def _measured(url: str, people: list[Person], saves: list[Save]) -> dict[str, float]:
    async def all_save(until: float) -> None:
        async def one(save: Save) -> None:
            while time.perf_counter() < until:
                await save()

        await asyncio.gather(*(one(save) for save in saves))

    await all_save(time.perf_counter() + 3)  # connections, plans, caches
    for person in people:
        person.times_s.clear()
        person.failed = 0
    before, started = _served_s(url), time.perf_counter()
    await all_save(started + _SECONDS)
    seconds, served_s = time.perf_counter() - started, _served_s(url) - before
    times = sorted(spent for person in people for _, spent in person.times_s)
    for person in people:
        await person.leave()
    failed = sum(person.failed for person in people)
    return {
        "refused": 100.0 * failed / len(times),
        "saves a second": (len(times) - failed) / seconds,
        "p50": 1000 * times[len(times) // 2],
        "p95": 1000 * times[int(0.95 * len(times))],
        "processor time a save": 1000 * served_s / (len(times) - failed),
    }


def _served_s(url: str) -> float:
    spent = spent_s(url)
    return spent["web"] + spent["database"]


@contextlib.contextmanager
def _label_studio(python: Path) -> Iterator[str]:
    """Yield the address of a Label Studio that runs as long as the block lasts."""
    port = free_port()
    package = next((python.parent.parent / "lib").glob("python*/site-packages/label_studio"))
    with tempfile.TemporaryDirectory(prefix="label-studio-") as folder:
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
            "DJANGO_DB": "sqlite",
            "LABEL_STUDIO_BASE_DATA_DIR": folder,
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_USERNAME": "bench@example.com",
            "LABEL_STUDIO_PASSWORD": uuid.uuid4().hex,
            "LABEL_STUDIO_USER_TOKEN": _TOKEN,
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
        }
        log = Path(folder, "log")
        made = [str(python), "-m", "label_studio.server", "init", "bench", "--no-browser"]
        web = [str(python), "-m", "gunicorn", "core.wsgi:application"]
        web += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        web += ["--workers", "2", "--threads", "8", "--keep-alive", "30"]
        with log.open("wb") as out:
            subprocess.run(
                made, env=environment, stdout=out, stderr=subprocess.STDOUT, check=True, cwd=folder
            )
            process = subprocess.Popen(
                web, env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=package
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_answered(f"{url}/health", process, log)
            yield url
        finally:
            process.terminate()
            process.wait(30)
