"""Who runs a project: tasks by rule, the board, many changed at once, who is at work, people."""

import csv
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from api_client import ApiClient
from playwright.sync_api import Browser, Page, expect
from product import Product

PASSWORD = "quiet-Harbour-39"
_SCRIPT = """
import uuid
from django.core.management import call_command
from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.projects.models import Membership, Project

project = Project.objects.create(slug={slug!r}, name="Winter " + {slug!r}[-4:])
for role in ("admin", "labeller", "reviewer"):
    user = User.objects.create_user({slug!r} + "-" + role, password={password!r})
    user.display_name = role.capitalize() + " " + {slug!r}[-4:]
    user.save()
    Membership.objects.create(project=project, user=user, role=role)
call_command("load_ontology", project={slug!r}, verbosity=0)
Clip.objects.bulk_create(
    Clip(
        project=project, name="street %03d" % number, content_hash=uuid.uuid4().hex * 2,
        storage_prefix=uuid.uuid4().hex, start_ns=0, end_ns=10**10, camera_count=1,
        image_count=10, picture_count=10, sweep_count=1, tick_count=1, stored_bytes=1,
        attributes={{"weather": "rain" if number % 3 else "sun"}},
    )
    for number in range(450)
)
"""


@dataclass
class Desk:
    """A project of its own, with its own people: no other test sees it."""

    product: Product
    slug: str

    def url(self, page: str) -> str:
        return f"{self.product.url}/projects/{self.slug}/{page}"

    def name(self, role: str) -> str:
        return f"{role.capitalize()} {self.slug[-4:]}"

    def api(self, role: str) -> ApiClient:
        return ApiClient(self.product.url).log_in(f"{self.slug}-{role}", PASSWORD)


@pytest.fixture
def desk(product: Product) -> Desk:
    slug = f"desk-{uuid.uuid4().hex[:8]}"
    done = product.manage("shell", "-c", _SCRIPT.format(slug=slug, password=PASSWORD))
    assert done.returncode == 0, done.stderr
    return Desk(product, slug)


def log_in(page: Page, desk: Desk, role: str) -> None:
    page.goto(desk.product.url)
    page.get_by_test_id("login-username").fill(f"{desk.slug}-{role}")
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("user-menu")).to_be_visible()


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_test_id(field).click()
    page.get_by_role("option", name=option).click()


def test_a_day_of_who_runs_a_project(
    page: Page, desk: Desk, browser: Browser, screenshot_folder: Path
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    log_in(page, desk, "admin")
    page.get_by_test_id("board-link").click()
    expect(page.get_by_text("There are no tasks yet")).to_be_visible()
    make_tasks_by_rule(page, screenshot_folder)
    go_through_the_table(page, desk)
    change_many(page, desk, screenshot_folder)
    keep_a_view_and_a_file(page)
    see_who_is_at_work(page, desk, screenshot_folder)

    # Somebody new comes in by a link.
    page.get_by_test_id("invite-note").fill("for Kim")
    page.get_by_test_id("invite").click()
    link = page.get_by_test_id("invite-link").inner_text()
    expect(page.get_by_test_id("invitations")).to_contain_text("for Kim")
    join(browser, desk, link)
    page.reload()
    expect(page.get_by_test_id(f"person {desk.slug}-kim")).to_be_visible()

    page.goto(desk.url("live"))
    expect(page.get_by_text("Nobody has a task now")).to_be_visible()
    page.goto(desk.url("progress"))
    expect(page.get_by_test_id("plot Tasks a day").locator("canvas")).to_be_visible()
    page.screenshot(path=screenshot_folder / "desk-progress.png")


def make_tasks_by_rule(page: Page, screenshot_folder: Path) -> None:
    """Tasks by rule: how many is said before they are made."""
    page.get_by_test_id("new-tasks-button").click()
    page.get_by_test_id("turn-on-tasks").click()
    expect(page.get_by_test_id("rule-create")).to_have_text("Make 450 tasks")
    page.get_by_test_id("rule-attributes").fill("weather = rain")
    expect(page.get_by_test_id("rule-create")).to_have_text("Make 300 tasks")
    page.screenshot(path=screenshot_folder / "desk-new-tasks.png")
    page.get_by_test_id("rule-create").click()
    expect(page.get_by_test_id("tasks-made")).to_have_text("300 of 300 made")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("board-cell objects, label")).to_contain_text("300 wait")
    expect(page.get_by_test_id("task-count")).to_have_text("300 tasks")


def go_through_the_table(page: Page, desk: Desk) -> None:
    """The order is in the address, keys go from row to row, pages come as one scrolls."""
    page.get_by_test_id("sort-clip").click()
    expect(page).to_have_url(desk.url("board?sort=clip"))
    rows = page.get_by_test_id("task-row")
    expect(rows.first).to_contain_text("street 001")
    page.get_by_test_id("task-table").focus()
    page.keyboard.press("End")
    expect(page.get_by_test_id("task-table")).to_have_attribute("aria-rowcount", "301")
    page.keyboard.press("End")
    expect(page.get_by_text("street 449", exact=True)).to_be_visible()
    page.keyboard.press("Home")
    expect(rows.first).to_contain_text("street 001")


def change_many(page: Page, desk: Desk, screenshot_folder: Path) -> None:
    """Many at once, after a look at what will be."""
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_test_id("bulk-count")).to_have_text("5 chosen")
    choose(page, "bulk-action", "Assign")
    choose(page, "bulk-to", desk.name("labeller"))
    expect(page.get_by_test_id("bulk-preview")).to_contain_text("5 will be changed.")
    page.get_by_test_id("bulk-do").click()
    expect(page.get_by_test_id("bulk-done")).to_contain_text("Done to 5.")
    expect(page.get_by_test_id("task-row").first).to_contain_text(desk.name("labeller"))
    labeller = desk.api("labeller")
    task = labeller.post("/api/work/claim", {})["task"]
    assert task["clip_name"] == "street 001"

    page.get_by_test_id("board-search").fill("street 00")
    expect(page.get_by_test_id("task-count")).to_have_text("6 tasks")
    page.get_by_test_id("select-shown").click()
    choose(page, "bulk-action", "Cancel")
    expect(page.get_by_test_id("bulk-preview")).to_contain_text("5 will be changed, 1 can’t be")
    expect(page.get_by_test_id("bulk-preview")).to_contain_text("this one is leased")
    page.screenshot(path=screenshot_folder / "desk-bulk.png")


def keep_a_view_and_a_file(page: Page) -> None:
    """A view under a name, and the file of what is shown."""
    page.get_by_test_id("views").click()
    page.get_by_test_id("view-name").fill("First streets")
    page.get_by_test_id("view-save").click()
    expect(page.get_by_test_id("saved-view")).to_have_text("First streets")
    page.keyboard.press("Escape")
    page.get_by_test_id("clear-filters").click()
    expect(page.get_by_test_id("task-count")).to_have_text("300 tasks")
    page.get_by_test_id("views").click()
    page.get_by_test_id("saved-view").click()
    expect(page.get_by_test_id("task-count")).to_have_text("6 tasks")
    with page.expect_download() as download:
        page.get_by_test_id("tasks-csv").click()
    lines = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert [line["clip"] for line in lines] == [f"street 00{n}" for n in (1, 2, 4, 5, 7, 8)]


def see_who_is_at_work(page: Page, desk: Desk, screenshot_folder: Path) -> None:
    """Who is at work, and who isn't any more."""
    page.goto(desk.url("live"))
    expect(page.get_by_test_id("live-row")).to_contain_text(desk.name("labeller"))
    expect(page.get_by_test_id("live-row")).to_have_attribute("data-state", "working")
    page.screenshot(path=screenshot_folder / "desk-live.png")
    page.goto(desk.url("people"))
    person = page.get_by_test_id(f"person {desk.slug}-labeller")
    page.get_by_test_id(f"skills {desk.slug}-labeller").fill("night drive")
    page.keyboard.press("Enter")
    expect(person).to_contain_text("night_drive")
    page.screenshot(path=screenshot_folder / "desk-people.png")
    page.get_by_test_id(f"more {desk.slug}-labeller").click()
    page.get_by_test_id("deactivate").click()
    expect(person).to_contain_text("deactivated")


def join(browser: Browser, desk: Desk, link: str) -> None:
    """Somebody without an account opens an invitation, twice."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_test_id("join")).to_contain_text("You are invited as labeller.")
    page.get_by_label("User name").fill(f"{desk.slug}-kim")
    page.get_by_label("Name that others see").fill("Kim")
    page.locator("input[type=password]").fill("short")
    page.get_by_test_id("join-send").click()
    expect(page.get_by_role("alert")).to_contain_text("password: This password is too short")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_test_id("join-send").click()
    expect(page.get_by_test_id("user-menu")).to_be_visible()
    expect(page).to_have_url(f"{desk.product.url}/projects/{desk.slug}")
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_test_id("join")).to_contain_text("was used already")
    # What runs the project isn't for them.
    page.goto(desk.url("board"))
    expect(page.get_by_text("This page is for who runs the project")).to_be_visible()
    context.close()
