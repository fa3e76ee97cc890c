"""Gold, a course, a webhook and the log of it all, set up by an admin and lived through."""

import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from api_client import ApiClient
from playwright.sync_api import Browser, Page, expect
from product import Product
from test_work_journeys import open_as
from work_project import make_work_project

PARKED = {
    "class": "car",
    "geometry": "cuboid",
    "static": True,
    "size_m": [4.5, 1.8, 1.5],
    "attributes": {},
}


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """A program that takes what webhooks send: its address, and what it got."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got
    server.shutdown()
    server.server_close()
    thread.join(10)


def parked_car(label_id: str) -> dict[str, Any]:
    keyframe = {"time_ns": "0", "position_m": [12.0, 3.0, 0.8], "quat_xyzw": [0, 0, 0, 1]}
    return {**PARKED, "id": label_id, "keyframes": [keyframe]}


def put(client: ApiClient, label_set_id: str, lease: dict[str, Any] | None = None) -> None:
    label_id = str(uuid.uuid4())
    operation = {
        "operation_id": str(uuid.uuid4()),
        "kind": "put",
        "label_id": label_id,
        "base_version": 0,
        "label": parked_car(label_id),
    }
    body = {"batch_id": str(uuid.uuid4()), "operations": [operation]}
    headers = {} if lease is None else {"X-Lease": f"{lease['id']}:{lease['token']}"}
    client.post(f"/api/label-sets/{label_set_id}/operations", body, headers=headers)


def make_right_labels(admin: ApiClient, project: str) -> None:
    """What a trusted person says is right: one parked car in each clip."""
    for clip in admin.get(f"/api/projects/{project}/clips")["results"]:
        body = {"layer": "objects", "source": "gold"}
        label_set = admin.post(f"/api/clips/{clip['id']}/label-sets", body)
        put(admin, label_set["id"])


def label_and_submit(client: ApiClient, task: dict[str, Any]) -> None:
    lease = task["lease"]
    put(client, task["label_set_id"], lease)
    body = {"token": lease["token"], "action": "submit"}
    client.post(f"/api/leases/{lease['id']}/finish", body)


def add_gold(page: Page, clip: str, *, hidden: bool) -> None:
    page.get_by_role("button", name="Add gold").click()
    page.get_by_role("radio", name=f"{clip}, objects").check()
    if not hidden:
        page.get_by_role("checkbox", name="Hand it out as hidden checks").uncheck()
    page.get_by_role("button", name="This is gold").click()
    row = page.get_by_test_id("golds").get_by_role("row").filter(has_text=clip)
    expect(row).to_contain_text("hidden checks" if hidden else "courses only")


def set_up_gold_and_a_course(page: Page, at: str, folder: Path) -> None:
    page.goto(f"{at}/quality")
    add_gold(page, "street 1", hidden=True)
    add_gold(page, "street 2", hidden=False)
    expect(page.get_by_test_id("checks-off")).to_be_visible()
    page.get_by_label("Share while watched").fill("100")
    page.get_by_role("button", name="Start checking").click()
    expect(page.get_by_test_id("checks-off")).to_be_hidden()
    page.goto(f"{at}/training")
    page.get_by_role("button", name="New course").click()
    page.get_by_label("Title").fill("Parked cars")
    page.get_by_label("Instructions").fill("Boxes touch what they hold, on all sides.")
    page.get_by_label("Skill that it opens").fill("parked cars")
    page.get_by_placeholder("Gold, by clip").click()
    page.get_by_role("option", name="street 2, objects").click()
    page.get_by_label("What to mind at clip 1").fill("One car stands there.")
    page.screenshot(path=folder / "course-editor.png")
    page.get_by_role("button", name="Make the course").click()
    expect(page.get_by_test_id("course")).to_contain_text("opens the skill parked_cars")


def set_up_a_webhook(page: Page, at: str, url: str, folder: Path) -> None:
    page.goto(f"{at}/webhooks")
    page.get_by_label("Address").fill(url)
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_test_id("webhook-secret")).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_test_id("deliveries")).to_contain_text("delivered", timeout=60_000)
    page.get_by_role("button", name="Body").click()
    page.screenshot(path=folder / "webhooks.png")


def take_the_course(page: Page, at: str, theirs: ApiClient, folder: Path) -> None:
    page.goto(f"{at}/training")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_test_id("task-bar")).to_be_visible()
    (started,) = theirs.get("/api/work/mine")
    label_and_submit(theirs, started)
    page.goto(f"{at}/training")
    course = page.get_by_test_id("course")
    expect(course).to_contain_text("100 %", timeout=60_000)
    expect(course).to_contain_text("you have the skill parked_cars")
    expect(page.get_by_role("button", name="New course")).to_be_hidden()
    page.screenshot(path=folder / "course-passed.png")


def test_gold_is_scored_a_course_opens_a_skill_and_the_log_tells_it(
    browser: Browser,
    product: Product,
    receiver: tuple[str, list[bytes]],
    screenshot_folder: Path,
) -> None:
    project = make_work_project(product)
    at = f"{product.url}/projects/{project}"
    api = ApiClient(product.url).log_in("admin", product.password("admin"))
    make_right_labels(api, project)
    context, admin = open_as(browser, product, "admin")
    page = admin.page
    set_up_gold_and_a_course(page, at, screenshot_folder)
    url, got = receiver
    set_up_a_webhook(page, at, url, screenshot_folder)
    assert b'"ping"' in got[0]

    # A labeller gets the gold without knowing, and takes the course.
    other, labeller = open_as(browser, product, "labeller")
    theirs = ApiClient(product.url).log_in("labeller", product.password("labeller"))
    task = theirs.post("/api/work/claim", {"project": project})["task"]
    assert task["clip_name"] == "street 1"
    label_and_submit(theirs, task)
    take_the_course(labeller.page, at, theirs, screenshot_folder)
    other.close()

    # The admin sees who scored what, and why; the log has all of it.
    page.goto(f"{at}/quality")
    row = page.get_by_test_id("attempts").get_by_role("row").filter(has_text="hidden check")
    expect(row).to_contain_text("100 %")
    expect(page.get_by_test_id("scores")).to_contain_text("parked_cars")
    page.screenshot(path=screenshot_folder / "quality.png", full_page=True)
    row.get_by_role("link", name="Why").click()
    expect(page).to_have_url(f"{at}/attempts/{_id(api, project)}")
    page.goto(f"{at}/audit")
    log = page.get_by_test_id("audit")
    for told in ("create course Parked cars", "create gold", "submit task street 1", "webhook"):
        expect(log).to_contain_text(told)
    expect(log).to_contain_text("salt: (secret)")
    page.screenshot(path=screenshot_folder / "audit.png")
    context.close()


def _id(api: ApiClient, project: str) -> str:
    rows = api.get(f"/api/projects/{project}/attempts")["results"]
    (found,) = (row["id"] for row in rows if row["is_hidden_check"])
    return str(found)
