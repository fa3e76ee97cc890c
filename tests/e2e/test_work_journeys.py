"""A day with tasks: the labeller's home, the task bar, review, and a lease that is lost."""

import re
import time
from pathlib import Path

import pytest
from api_client import ApiClient
from labeller import Labeller
from playwright.sync_api import Browser, BrowserContext, Page, expect
from product import Product
from test_together import make_box
from work_project import expire_leases, make_work_project


@pytest.fixture
def project(product: Product) -> str:
    return make_work_project(product)


@pytest.fixture
def admin_api(product: Product) -> ApiClient:
    return ApiClient(product.url).log_in("admin", product.password("admin"))


def open_as(browser: Browser, product: Product, name: str) -> tuple[BrowserContext, Labeller]:
    context = browser.new_context(viewport={"width": 1600, "height": 900}, color_scheme="dark")
    context.set_default_timeout(30_000)
    give_all_back(product, name)
    person = Labeller(context.new_page(), product)
    person.log_in(name)
    return context, person


def tasks_of(admin_api: ApiClient, project: str) -> list[dict]:
    found: list[dict] = admin_api.get(f"/api/projects/{project}/tasks")["results"]
    return found


def give_all_back(product: Product, name: str) -> None:
    """What other tests left in somebody's hands goes back to the queues."""
    client = ApiClient(product.url).log_in(name, product.password(name))
    for task in client.get("/api/work/mine"):
        lease = task["lease"]
        body = {"token": lease["token"], "action": "return"}
        client.post(f"/api/leases/{lease['id']}/finish", body)


def submitted_today(page: Page) -> int:
    """What the home page counts, other tests' work among it."""
    counted = re.search(r"(\d+)\s*submitted today", page.get_by_test_id("today").inner_text())
    assert counted is not None
    return int(counted.group(1))


def next_task(person: Labeller, project: str) -> None:
    """Enter on the home page: the task that comes is of this project, which is most urgent."""
    page = person.page
    page.goto(person.product.url)
    expect(page.get_by_test_id("next-task")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("task-bar")).to_be_visible()
    assert f"/projects/{project}/" in page.url
    person.wait_for_views()


def test_a_labellers_day_from_the_next_task_to_the_one_after(
    browser: Browser, product: Product, project: str, admin_api: ApiClient, screenshot_folder: Path
) -> None:
    admin_api.post(
        f"/api/projects/{project}/tasks", {"layer": "objects", "priority": int(time.time())}
    )
    context, labeller = open_as(browser, product, "labeller")
    page = labeller.page
    expect(page.get_by_test_id("work-home")).to_be_visible()
    page.screenshot(path=screenshot_folder / "work-home.png")
    before = submitted_today(page)
    next_task(labeller, project)
    first = page.url
    expect(page.get_by_test_id("task-bar")).to_have_attribute("data-kind", "held")
    make_box(page)
    labeller.wait_until_saved()

    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("submit-panel")).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=screenshot_folder / "work-submit.png")
    expect(page.get_by_test_id("submit-panel")).to_contain_text("Next: street")
    page.get_by_test_id("submit-send").click()
    # The next one is there without asking.
    expect(page.get_by_text("Submitted: street")).to_be_visible()
    expect(page.get_by_test_id("task-bar")).to_have_attribute("data-kind", "held")
    assert page.url != first
    states = sorted((task["stage"], task["state"]) for task in tasks_of(admin_api, project))
    assert states == [("label", "leased"), ("review", "ready")]

    page.get_by_test_id("task-pause").click()
    expect(page.get_by_test_id("task-bar")).to_have_attribute("data-kind", "paused")
    expect(page.get_by_test_id("save-state")).to_contain_text("view only")
    page.get_by_test_id("task-pause").click()
    expect(page.get_by_test_id("task-bar")).to_have_attribute("data-kind", "held")
    page.get_by_test_id("task-more").click()
    page.get_by_test_id("task-skip").click()
    page.get_by_test_id("task-reason-field").fill("The camera is covered")
    page.get_by_test_id("task-reason-send").click()
    # Home again, or to a task that waits in a project of another test.
    expect(page).not_to_have_url(re.compile(f"/projects/{project}/"))
    give_all_back(product, "labeller")
    page.goto(product.url)
    expect(page.get_by_test_id("today")).to_contain_text(f"{before + 1}submitted today")
    context.close()


def test_work_on_a_lost_lease_is_kept_and_saved_when_it_is_taken_over(
    browser: Browser, product: Product, project: str, admin_api: ApiClient, screenshot_folder: Path
) -> None:
    admin_api.post(
        f"/api/projects/{project}/tasks", {"layer": "objects", "priority": int(time.time())}
    )
    context, labeller = open_as(browser, product, "labeller")
    page = labeller.page
    next_task(labeller, project)
    expire_leases(product, project)
    make_box(page)
    bar = page.get_by_test_id("task-bar")
    expect(bar).to_have_attribute("data-kind", "lost")
    expect(page.get_by_test_id("task-banner")).to_contain_text("What is not saved stays")
    page.screenshot(path=screenshot_folder / "work-lost-lease.png")
    with page.expect_download() as download:
        page.get_by_test_id("task-keep-copy").click()
    assert '"labelapp-labels/1"' in Path(download.value.path()).read_text()
    page.reload()
    labeller.wait_for_views()
    expect(page.get_by_test_id("label-row")).to_have_count(1)
    page.get_by_test_id("task-take-over").click()
    expect(bar).to_have_attribute("data-kind", "held")
    labeller.wait_until_saved()
    (task,) = [task for task in tasks_of(admin_api, project) if task["lease"]]
    labels = admin_api.get(f"/api/label-sets/{task['label_set_id']}/labels")["labels"]
    assert len(labels) == 1
    context.close()


def label_and_submit(labeller: Labeller, context: BrowserContext, across: float = 0.45) -> None:
    make_box(labeller.page, across)
    labeller.wait_until_saved()
    labeller.page.keyboard.press("Control+Enter")
    labeller.page.get_by_test_id("submit-send").click()
    expect(labeller.page.get_by_text("Submitted: street")).to_be_visible()
    context.close()


def comment(page: Page, words: str) -> None:
    page.get_by_test_id("task-talk").click()
    page.get_by_test_id("comment-field").fill(words)
    page.get_by_test_id("comment-send").click()
    expect(page.get_by_test_id("comment-row")).to_contain_text(words)


def send_back(page: Page, why: str) -> None:
    page.get_by_test_id("task-talk").click()
    page.get_by_test_id("task-send-back").click()
    page.get_by_test_id("task-reason-field").fill(why)
    page.get_by_test_id("task-reason-send").click()


def resolve(page: Page, words: str) -> None:
    page.get_by_test_id("task-talk").click()
    page.get_by_test_id("comment-row").get_by_text(words).click()
    page.get_by_test_id("comment-resolve").click()
    expect(page.get_by_test_id("comment-row")).to_contain_text("resolved")
    page.get_by_test_id("task-talk").click()


def flip_to_as_it_was(page: Page, screenshot_folder: Path) -> None:
    """Flip the views to how it was, and back."""
    page.keyboard.press("Alt+b")
    expect(page.get_by_test_id("as-it-was")).to_be_visible()
    page.screenshot(path=screenshot_folder / "work-as-it-was.png")
    page.keyboard.press("Alt+b")
    expect(page.get_by_test_id("as-it-was")).to_have_count(0)


def test_a_reviewer_says_what_is_wrong_and_the_labeller_puts_it_right(
    browser: Browser, product: Product, admin_api: ApiClient, screenshot_folder: Path
) -> None:
    project = make_work_project(product, clips=1)
    admin_api.post(
        f"/api/projects/{project}/tasks", {"layer": "objects", "priority": int(time.time())}
    )
    context, labeller = open_as(browser, product, "labeller")
    page = labeller.page
    next_task(labeller, project)
    label_and_submit(labeller, context)

    context, reviewer = open_as(browser, product, "reviewer")
    page = reviewer.page
    next_task(reviewer, project)
    expect(page.get_by_test_id("task-bar")).to_have_attribute("data-stage", "review")
    page.get_by_test_id("label-row").click()
    comment(page, "This stands the wrong way round")
    page.screenshot(path=screenshot_folder / "work-review.png")
    send_back(page, "See the comment")
    expect(page.get_by_text("Sent back: street")).to_be_visible()
    context.close()

    context, labeller = open_as(browser, product, "labeller")
    page = labeller.page
    expect(page.get_by_test_id("waiting-task").first).to_contain_text("See the comment")
    page.screenshot(path=screenshot_folder / "work-returned.png")
    next_task(labeller, project)
    expect(page.get_by_test_id("task-reason")).to_contain_text("See the comment")
    resolve(page, "wrong way round")
    label_and_submit(labeller, context, across=0.6)

    context, reviewer = open_as(browser, product, "reviewer")
    page = reviewer.page
    next_task(reviewer, project)
    page.get_by_test_id("task-talk").click()
    expect(page.get_by_test_id("change-row")).to_contain_text("added")
    page.screenshot(path=screenshot_folder / "work-changes.png")
    page.get_by_test_id("task-talk").click()
    flip_to_as_it_was(page, screenshot_folder)
    page.get_by_test_id("task-submit").click()
    page.get_by_test_id("submit-send").click()
    expect(page.get_by_text("Accepted: street")).to_be_visible()
    (task,) = tasks_of(admin_api, project)
    assert (task["stage"], task["state"]) == ("accepted", "closed")
    context.close()
