"""A model's labels put right, and two versions of the same decided on, as people do it."""

import time
import uuid
from pathlib import Path
from typing import Any

from api_client import ApiClient
from demo_labels import true_boxes
from labeller import Labeller
from playwright.sync_api import Browser, BrowserContext, Page, expect
from product import Product
from test_work_journeys import give_all_back
from work_project import make_work_project


def log_in(product: Product, name: str) -> ApiClient:
    return ApiClient(product.url).log_in(name, product.password(name))


def open_as(
    browser: Browser, product: Product, name: str, scheme: str = "dark"
) -> tuple[BrowserContext, Labeller]:
    viewport = {"width": 1600, "height": 900}
    context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    give_all_back(product, name)
    person = Labeller(context.new_page(), product)
    person.log_in(name)
    return context, person


def only_clip(client: ApiClient, project: str) -> str:
    (clip,) = client.get(f"/api/projects/{project}/clips")["results"]
    found: str = clip["id"]
    return found


def until(ask: Any, seconds: float = 90.0) -> Any:
    """Ask until there is an answer: a worker is at it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.5)
    msg = f"nothing came within {seconds:.0f} s"
    raise AssertionError(msg)


def next_task(person: Labeller, name: str, project: str) -> None:
    """Take the next task of a project, whatever else waits for them, and open it."""
    task = log_in(person.product, name).post("/api/work/claim", {"project": project})["task"]
    where = f"clips/{task['clip_id']}?set={task['label_set_id']}&task={task['id']}"
    person.page.goto(f"{person.product.url}/projects/{project}/{where}")
    expect(person.page.get_by_test_id("task-bar")).to_have_attribute("data-kind", "held")
    person.wait_for_views()


def start_from_the_model(browser: Browser, product: Product, project: str, folder: Path) -> None:
    context, admin = open_as(browser, product, "admin", "light")
    page = admin.page
    page.goto(f"{product.url}/projects/{project}/pre-labels")
    page.get_by_test_id("start-from").click()
    expect(page.get_by_test_id("started")).to_have_text("1 task starts from it.")
    expect(page.get_by_test_id("waiting-starts")).to_contain_text("detector-3")
    page.screenshot(path=folder / "prelabels-start.png")
    context.close()


def decide_one_by_one(page: Page, folder: Path) -> None:
    """The least sure one isn't there; the next is moved, the next accepted; two are left."""
    count = page.get_by_test_id("prelabel-count")
    expect(count).to_have_text("5 proposed")
    page.get_by_role("button", name="Order by score").click()
    first = page.get_by_test_id("label-row").first
    expect(first).to_contain_text("32 %")
    first.get_by_role("button").first.click()
    expect(page.get_by_test_id("origin")).to_contain_text("detector-3 (model), 32 % sure")
    page.screenshot(path=folder / "prelabels-proposed.png")
    page.keyboard.press("Delete")
    expect(count).to_have_text("4 proposed")
    page.get_by_test_id("label-row").first.get_by_role("button").first.click()
    page.keyboard.press("w")
    expect(count).to_have_text("3 proposed")
    page.keyboard.press("Alt+n")
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 proposed")


def accept_the_rest(page: Page, folder: Path) -> None:
    """What waits keeps the task here; then all that the model is sure of are accepted at once."""
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("submit-panel")).to_contain_text("accept, correct or delete it")
    expect(page.get_by_test_id("submit-send")).to_be_disabled()
    page.get_by_test_id("submit-lint").first.hover()
    page.screenshot(path=folder / "prelabels-submit.png")
    page.keyboard.press("Escape")
    page.get_by_label("Accept from this score on").fill("90")
    expect(page.get_by_test_id("accept-above")).to_have_text("Accept 2")
    page.get_by_test_id("accept-above").click()
    expect(page.get_by_test_id("prelabel-count")).to_have_text("All decided")


def test_a_labeller_puts_a_models_labels_right_and_an_admin_sees_what_that_saved(
    browser: Browser, product: Product, screenshot_folder: Path
) -> None:
    project = make_work_project(product, clips=1)
    admin_api, engineer_api = log_in(product, "admin"), log_in(product, "engineer")
    scores = [0.97, 0.93, 0.91, 0.55, 0.32]
    labels = [
        dict(box, score=score) for box, score in zip(true_boxes(admin_api, 5), scores, strict=True)
    ]
    engineer_api.post(
        f"/api/clips/{only_clip(admin_api, project)}/label-sets",
        {"layer": "objects", "source": "model", "name": "detector-3", "labels": labels},
    )
    admin_api.post(
        f"/api/projects/{project}/tasks", {"layer": "objects", "priority": int(time.time())}
    )
    start_from_the_model(browser, product, project, screenshot_folder)

    context, labeller = open_as(browser, product, "labeller")
    page = labeller.page
    next_task(labeller, "labeller", project)
    decide_one_by_one(page, screenshot_folder)
    accept_the_rest(page, screenshot_folder)
    labeller.wait_until_saved()
    page.get_by_test_id("task-submit").click()
    page.get_by_test_id("submit-send").click()
    expect(page.get_by_text("Submitted: street 1")).to_be_visible()
    context.close()

    until(lambda: admin_api.get(f"/api/projects/{project}/pre-labels")["models"])
    context, admin = open_as(browser, product, "admin", "light")
    page = admin.page
    page.goto(f"{product.url}/projects/{project}/pre-labels")
    card = page.get_by_test_id("model-card")
    expect(card).to_contain_text("5 labels proposed, 0 added")
    expect(card).to_contain_text("3 of 5")
    page.screenshot(path=screenshot_folder / "prelabels-saved.png")
    context.close()
    # Nobody else of this session is to get its review.
    (task,) = admin_api.get(f"/api/projects/{project}/tasks")["results"]
    body = {"task_ids": [task["id"]], "action": "cancel"}
    admin_api.post(f"/api/projects/{project}/tasks/change", body)


def label_by_script(client: ApiClient, project: str, labels: list[dict[str, Any]]) -> None:
    """Take the next task of a project, save labels to it, and hand it in."""
    task = client.post("/api/work/claim", {"project": project})["task"]
    lease = task["lease"]
    operations = [
        {
            "operation_id": str(uuid.uuid4()),
            "kind": "put",
            "label_id": label["id"],
            "base_version": 0,
            "label": label,
        }
        for label in labels
    ]
    client.post(
        f"/api/label-sets/{task['label_set_id']}/operations",
        {"batch_id": str(uuid.uuid4()), "operations": operations},
        headers={"X-Lease": f"{lease['id']}:{lease['token']}"},
    )
    body = {"token": lease["token"], "action": "submit"}
    client.post(f"/api/leases/{lease['id']}/finish", body)


def moved(label: dict[str, Any], by_m: float) -> dict[str, Any]:
    keyframes = [
        {**key, "position_m": [key["position_m"][0] + by_m, *key["position_m"][1:]]}
        for key in label["keyframes"]
    ]
    return {**label, "keyframes": keyframes}


def give_to_two(browser: Browser, product: Product, project: str) -> None:
    context, admin = open_as(browser, product, "admin", "light")
    page = admin.page
    page.goto(f"{product.url}/projects/{project}/agreement")
    page.get_by_test_id("group-clips").click()
    page.get_by_role("option", name="street 1").click()
    page.keyboard.press("Escape")
    page.get_by_label("Priority").fill(str(int(time.time())))
    page.get_by_test_id("group-create").click()
    expect(page.get_by_test_id("groups-made")).to_have_text("1 clip goes to 2 people each.")
    context.close()


def decide(page: Page, folder: Path) -> None:
    """What both have alike, at once; of what one has, one is there and one is not; the mean."""
    left = page.get_by_test_id("to-decide")
    expect(left).to_have_text("4 of 4")
    page.screenshot(path=folder / "agreement-decide.png")
    page.get_by_test_id("take-agreed").click()
    expect(left).to_have_text("3 of 4")
    things = page.get_by_test_id("thing")
    things.nth(0).get_by_role("button").click()
    has_a = page.get_by_test_id("pick-A").is_enabled()
    page.keyboard.press("1" if has_a else "2")
    expect(things.nth(0)).to_have_attribute("data-decision", "taken")
    things.nth(1).get_by_role("button").click()
    page.keyboard.press("Backspace")
    expect(things.nth(1)).to_have_attribute("data-decision", "none")
    things.nth(2).get_by_role("button").click()
    page.keyboard.press("0")
    expect(left).to_have_text("0 of 4")
    expect(page.get_by_test_id("label-row")).to_have_count(3)


def test_somebody_else_decides_between_two_versions_of_the_same(
    browser: Browser, product: Product, screenshot_folder: Path
) -> None:
    project = make_work_project(product, clips=1)
    admin_api = log_in(product, "admin")
    give_to_two(browser, product, project)
    alike, off, one, other = true_boxes(admin_api, 4)
    label_by_script(log_in(product, "labeller"), project, [alike, off, one])
    label_by_script(log_in(product, "reviewer"), project, [alike, moved(off, 0.6), other])
    until(lambda: admin_api.get(f"/api/projects/{project}/agreement")["compared"])

    context, admin = open_as(browser, product, "admin")
    page = admin.page
    page.goto(f"{product.url}/projects/{project}/agreement")
    expect(page.get_by_test_id("agreement-classes")).to_be_visible()
    expect(page.get_by_test_id("agreement-groups")).to_contain_text("to decide")
    page.screenshot(path=screenshot_folder / "agreement.png")
    next_task(admin, "admin", project)
    decide(page, screenshot_folder)
    admin.wait_until_saved()
    page.screenshot(path=screenshot_folder / "agreement-decided.png")
    page.get_by_test_id("task-submit").click()
    page.get_by_test_id("submit-send").click()
    expect(page.get_by_text("Accepted: street 1")).to_be_visible()
    context.close()
    assert admin_api.get(f"/api/projects/{project}/agreement")["decided"] == 1
