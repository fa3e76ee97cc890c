"""Any process may die at any time: what was acknowledged is there, what was begun is finished."""

import contextlib
import os
import random
import signal
import threading
import time
import urllib.error
import uuid
from pathlib import Path
from typing import Any

import psutil
import pytest
from api_client import ApiClient, ApiError
from demo_labels import demo_clip
from product import Product

from tests.serving import free_port

BATCHES = 120


def children(product: Product, *words: str) -> list[psutil.Process]:
    """The product's processes whose command line has all these words."""
    assert product.popen is not None
    found = []
    for process in psutil.Process(product.popen.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            line = " ".join(process.cmdline())
            if all(word in line for word in words):
                found.append(process)
    return found


def kill(processes: list[psutil.Process]) -> int:
    killed = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
            killed += 1
    return killed


def cuboid(label_id: str, x_m: float, time_ns: str) -> dict[str, Any]:
    return {
        "id": label_id,
        "class": "car",
        "geometry": "cuboid",
        "attributes": {},
        "static": False,
        "size_m": [4.5, 1.8, 1.5],
        "interpolation": "linear",
        "keyframes": [
            {"time_ns": time_ns, "position_m": [x_m, 0.0, 0.8], "quat_xyzw": [0.0, 0.0, 0.0, 1.0]}
        ],
    }


def until_acknowledged(call: Any, deadline_s: float = 90) -> Any:
    """Call until there is an answer, as the browser's outbox does."""
    deadline = time.monotonic() + deadline_s
    while True:
        try:
            return call()
        except (OSError, urllib.error.URLError, ApiError) as error:
            if isinstance(error, ApiError) and error.status < 500:
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def wait_until_steady(client: ApiClient, steady_s: float = 3, deadline_s: float = 90) -> None:
    """Wait until the web server has answered for a while.

    A worker whose master was killed answers a few more times before it ends, so that one
    answer shows nothing.
    """
    deadline = time.monotonic() + deadline_s
    since = time.monotonic()
    while time.monotonic() - since < steady_s:
        assert time.monotonic() < deadline, "the web server did not come back"
        try:
            client.get("/api/session")
        except (OSError, urllib.error.URLError, ApiError):
            since = time.monotonic()
        time.sleep(0.1)


def test_what_was_acknowledged_survives_killed_web_processes(product: Product) -> None:
    client = ApiClient(product.url).log_in("labeller", product.password("labeller"))
    clip = client.get(f"/api/clips/{demo_clip(client)['id']}")
    label_set = client.post(
        f"/api/clips/{clip['id']}/label-sets", {"layer": "objects", "source": "human"}
    )
    before = client.get(f"/api/label-sets/{label_set['id']}")["revision"]
    path = f"/api/label-sets/{label_set['id']}/operations"
    label_id = str(uuid.uuid4())
    saving, answered = threading.Event(), threading.Event()
    saving.set()
    kills = 0

    def killer() -> None:
        nonlocal kills
        chance = random.Random(1)
        while saving.is_set():
            time.sleep(chance.uniform(0.3, 1.0))
            # On a busy machine a server takes longer to start than that: it gets to one answer.
            if not answered.wait(1):
                continue
            answered.clear()
            workers = children(product, "gunicorn")
            # Now the master with all its workers, now one of them.
            is_all = chance.random() < 0.3
            kills += kill(workers if is_all else chance.sample(workers, min(1, len(workers))))

    thread = threading.Thread(target=killer)
    thread.start()
    acknowledged = []
    try:
        for number in range(BATCHES):
            batch = {
                "batch_id": str(uuid.uuid4()),
                "operations": [
                    {
                        "operation_id": str(uuid.uuid4()),
                        "kind": "put",
                        "label_id": label_id,
                        "base_version": number,
                        "label": cuboid(label_id, float(number), clip["start_ns"]),
                    }
                ],
            }
            answer = until_acknowledged(lambda batch=batch: client.post(path, batch))
            acknowledged.append(answer["results"][0])
            answered.set()
    finally:
        saving.clear()
        thread.join()
        wait_until_steady(client)
    assert kills > 0, "nothing was killed: the test has shown nothing"

    events = until_acknowledged(
        lambda: client.get(f"/api/label-sets/{label_set['id']}/events?after={before}")
    )["events"]
    # Each acknowledged operation landed exactly once and in order, though some were sent twice.
    assert [e["operation_id"] for e in events] == [r["operation_id"] for r in acknowledged]
    assert [e["version"] for e in events] == list(range(1, BATCHES + 1))
    labels = until_acknowledged(lambda: client.get(f"/api/label-sets/{label_set['id']}/labels"))[
        "labels"
    ]
    [label] = [one for one in labels if one["label_id"] == label_id]
    assert label["label"]["keyframes"][0]["position_m"][0] == BATCHES - 1


def export_files(client: ApiClient, clip_id: str) -> str:
    export = client.post(
        "/api/projects/demo/exports",
        {
            "clip_ids": [clip_id],
            "layer": "objects",
            "source": "simulation",
            "formats": ["coco", "parquet"],
            "include_images": False,
        },
    )
    export_id: str = export["id"]
    return export_id


def wait_for(client: ApiClient, export_id: str, *states: str, timeout_s: float = 120) -> Any:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        export = until_acknowledged(lambda: client.get(f"/api/exports/{export_id}"))
        if export["state"] in states:
            return export
        time.sleep(0.05)
    pytest.fail(f"the export did not become {states}: {export}")


def test_a_restarted_worker_finishes_a_killed_export_with_the_same_bytes(
    product: Product,
) -> None:
    client = ApiClient(product.url).log_in("engineer", product.password("engineer"))
    clip_id = demo_clip(client)["id"]
    undisturbed = wait_for(client, export_files(client, clip_id), "done", "failed")
    assert undisturbed["state"] == "done", undisturbed["message"]

    export_id = export_files(client, clip_id)
    running = wait_for(client, export_id, "running", "done")
    killed = kill(children(product, "celery"))
    assert killed > 0
    finished = wait_for(client, export_id, "done", "failed")

    assert running["state"] == "running", "the export was done before its worker could be killed"
    assert finished["state"] == "done", finished["message"]
    wanted = {f["name"]: f["sha256"] for f in undisturbed["files"] if f["name"] != "manifest.json"}
    found = {f["name"]: f["sha256"] for f in finished["files"] if f["name"] != "manifest.json"}
    assert wanted
    assert found == wanted


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    product = Product(tmp_path / "data", free_port(), ("--without-clip",))
    product.start()
    assert product.popen is not None
    family = psutil.Process(product.popen.pid).children(recursive=True)
    family += [
        process
        for process in psutil.process_iter()
        if any(str(product.data_dir) in word for word in process_words(process))
    ]
    assert any("redis-server" in " ".join(process_words(process)) for process in family)
    os.kill(product.popen.pid, signal.SIGINT)
    assert product.wait() == 0, product.lines[-5:]
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive


def process_words(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []
