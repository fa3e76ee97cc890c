"""Everybody's own preferences."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from labelapp.accounts.models import Preferences

URL = "/api/me/preferences"


def change(cast, body: Any, *, seen: str | None = None, who: str = "labeller") -> Any:
    headers = {} if seen is None else {"HTTP_IF_MATCH": seen}
    return cast.client(who).patch(URL, body, content_type="application/json", **headers)


def read(cast, who: str = "labeller") -> dict[str, Any]:
    body: dict[str, Any] = cast.client(who).get(URL).json()
    return body


def test_somebody_new_has_none_at_revision_0(cast) -> None:
    response = cast.client("labeller").get(URL)
    assert (response.status_code, response["ETag"]) == (200, '"0"')
    assert response.json() == {"revision": 0, "preferences": {}}
    assert not Preferences.objects.exists(), "reading writes nothing"


@pytest.mark.parametrize("who", ["admin", "engineer", "reviewer", "labeller", "stranger"])
def test_everybody_keeps_their_own(cast, who: str) -> None:
    response = change(cast, {"theme": {"scale": 1.25}}, who=who)
    assert (response.status_code, response["ETag"]) == (200, '"1"')
    assert read(cast, who) == {"revision": 1, "preferences": {"theme": {"scale": 1.25}}}
    others = {"admin", "engineer", "reviewer", "labeller", "stranger"} - {who}
    assert all(read(cast, other)["revision"] == 0 for other in others)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_without_a_session_there_are_none(cast, method: str) -> None:
    assert cast.client("anonymous").send(method, URL, {}).status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(cast, method: str) -> None:
    assert cast.client("labeller").send(method, URL, {}).status_code == 405


def test_another_site_cannot_change_them(cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["labeller"])
    response = client.patch(URL, {"theme": {}}, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")


def test_sections_that_are_not_sent_stay_and_those_sent_are_set_whole(cast) -> None:
    change(cast, {"theme": {"scale": 2}, "layout": {"left": 1, "right": 2}})
    change(cast, {"layout": {"left": 3}})
    assert read(cast)["preferences"] == {"theme": {"scale": 2}, "layout": {"left": 3}}


def test_null_removes_a_section(cast) -> None:
    change(cast, {"theme": {"scale": 2}, "tour": {"done": True}})
    response = change(cast, {"theme": None, "cloud": None})
    assert response.json() == {"revision": 2, "preferences": {"tour": {"done": True}}}


def test_a_change_that_says_nothing_new_keeps_the_revision(cast) -> None:
    change(cast, {"tour": {"done": True}})
    assert change(cast, {"tour": {"done": True}, "view": None}).json()["revision"] == 1


def test_a_change_on_an_old_revision_is_refused_with_the_newest(cast) -> None:
    change(cast, {"theme": {"scale": 1}})
    change(cast, {"theme": {"scale": 2}}, seen='"1"')
    response = change(cast, {"theme": {"scale": 3}}, seen='"1"')
    assert response.status_code == 412
    assert response.json()["code"] == "stale_preferences"
    assert response.json()["details"] == {"revision": 2, "preferences": {"theme": {"scale": 2}}}
    assert read(cast)["preferences"] == {"theme": {"scale": 2}}


@pytest.mark.parametrize("seen", ['"0"', "0", 'W/"0"', "*", None])
def test_the_first_change_may_be_made_on_revision_0(cast, seen: str | None) -> None:
    assert change(cast, {"tour": {}}, seen=seen).json()["revision"] == 1


@pytest.mark.parametrize("seen", ["", "one", '"-1"', '"1", "2"', '"99999999999999999999"'])
def test_a_malformed_etag_is_refused(cast, seen: str) -> None:
    response = change(cast, {"tour": {}}, seen=seen)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert "If-Match" in response.json()["message"]


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"in": value}
    return value


REFUSED: list[tuple[Any, str]] = [
    ([], "body: expected an object of sections, found a list."),
    ("text", "body: expected an object of sections, found text."),
    (
        {"colour": {}},
        "section: expected one of layout, keys, theme, view, tour, cloud, board, found",
    ),
    ({"theme": "dark"}, "theme: expected an object, or null to remove it, found dark."),
    ({"layout": [1]}, "layout: expected an object, or null to remove it, found a list."),
    ({"layout": 3}, "layout: expected an object, or null to remove it, found a number."),
    ({"layout": nested(9)}, "layout: expected at most 8 levels, found 9 levels."),
    ({"keys": {"edit.undo": "z"}}, "keys.edit.undo: expected a list of chords, empty for none"),
    ({"keys": {"edit.undo": [1]}}, "keys.edit.undo: expected chords such as"),
    ({"keys": {"edit.undo": [""]}}, "keys.edit.undo: expected chords such as"),
    ({"keys": {"edit.undo": ["k" * 65]}}, "keys.edit.undo: expected chords such as"),
    ({"keys": {str(i): [] for i in range(501)}}, "keys: expected at most 500 operations"),
    ({"view": {"text": "x" * 70_000}}, "preferences: expected at most 65536 bytes in all"),
]


@pytest.mark.parametrize(("body", "sentence"), REFUSED)
def test_what_cannot_be_kept_is_refused_with_a_sentence(cast, body: Any, sentence: str) -> None:
    change(cast, {"tour": {"step": 2}})
    response = cast.client("labeller").send("PATCH", URL, body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["message"].startswith(sentence), response.json()["message"]
    assert read(cast) == {"revision": 1, "preferences": {"tour": {"step": 2}}}


@pytest.mark.parametrize(
    "text",
    ['{"view": {"a": "\\u0000"}}', '{"view": {"a": NaN}}', '{"view": {"a": 1e999}}', "{", "null"],
)
def test_what_the_database_cannot_hold_is_refused(cast, text: str) -> None:
    response = cast.client("labeller").generic("PATCH", URL, text.encode(), "application/json")
    assert response.status_code == 400
    assert read(cast)["revision"] == 0


def test_eight_levels_and_any_names_inside_are_kept(cast) -> None:
    body = {"layout": nested(8), "keys": {"edit.undo": ["ctrl+z", "u"], "view.top": []}}
    assert change(cast, body).json()["preferences"] == body


def test_sections_that_grow_one_by_one_are_held_to_the_size_together(cast) -> None:
    assert change(cast, {"view": {"text": "x" * 40_000}}).status_code == 200
    assert change(cast, {"cloud": {"text": "x" * 40_000}}).status_code == 400
    assert set(read(cast)["preferences"]) == {"view"}


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_save_at_once_one_is_told(cast) -> None:
    cast.client("labeller")
    statuses: list[int] = []
    gate = threading.Barrier(2)

    def save(scale: int) -> None:
        client = Client()
        client.force_login(cast["labeller"])
        gate.wait()
        response = client.patch(
            URL, {"theme": {"scale": scale}}, content_type="application/json", HTTP_IF_MATCH='"0"'
        )
        statuses.append(response.status_code)
        connection.close()

    threads = [threading.Thread(target=save, args=(scale,)) for scale in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412]
    assert read(cast)["revision"] == 1


def test_removing_a_user_removes_them(cast) -> None:
    change(cast, {"tour": {}})
    cast["labeller"].delete()
    assert not Preferences.objects.exists()


def test_reading_takes_few_queries(
    cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = cast.client("labeller")
    with django_assert_max_num_queries(3):
        client.get(URL)
