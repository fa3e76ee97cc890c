"""Serving files: ranges, validators, caching."""

import io

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from labelapp.common.http import IMMUTABLE, ByteRange, file_response, matches, parse_range

CONTENT = bytes(range(256)) * 4


class Opened(io.BytesIO):
    """Counts how many are open."""

    count = 0

    def __init__(self, part: ByteRange) -> None:
        super().__init__(CONTENT)
        self.seek(part.first)
        Opened.count += 1

    def close(self) -> None:
        if not self.closed:
            Opened.count -= 1
        super().close()


def answer(method: str = "GET", **headers: str):
    request = getattr(RequestFactory(), method.lower())("/file", headers=headers)
    return file_response(request, Opened, size=len(CONTENT), etag="v1", content_type="image/jpeg")


def body(response) -> bytes:
    content = b"".join(response) if response.streaming else response.content
    response.close()
    assert Opened.count == 0
    return content


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", ByteRange(0, 0)),
        ("bytes=0-99", ByteRange(0, 99)),
        ("bytes=1000-", ByteRange(1000, 1023)),
        ("bytes=1000-5000", ByteRange(1000, 1023)),
        ("bytes=-24", ByteRange(1000, 1023)),
        ("bytes=-5000", ByteRange(0, 1023)),
        ("Bytes= 5-6 ", ByteRange(5, 6)),
        ("bytes=1024-", "unsatisfiable"),
        ("bytes=-0", "unsatisfiable"),
        ("bytes=7-6", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=٣-", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_a_range_header_means_what_the_rfc_says(header, expected) -> None:
    assert parse_range(header, 1024) == expected


def test_an_empty_file_has_no_ranges() -> None:
    assert parse_range("bytes=0-", 0) == "unsatisfiable"
    assert parse_range("bytes=-1", 0) == "unsatisfiable"


@given(st.text(max_size=30), st.integers(0, 10**6))
def test_no_range_header_leads_outside_the_file(header, size) -> None:
    part = parse_range("bytes=" + header, size)
    assert part is None or part == "unsatisfiable" or 0 <= part.first <= part.last < size


@given(st.integers(0, 1023), st.integers(0, 1023))
def test_a_range_has_exactly_its_bytes(a, b) -> None:
    first, last = min(a, b), max(a, b)
    response = answer(Range=f"bytes={first}-{last}")
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/1024"
    assert int(response["Content-Length"]) == last - first + 1
    assert body(response) == CONTENT[first : last + 1]


def test_without_a_range_the_whole_file_is_sent_with_its_validators() -> None:
    response = answer()
    assert response.status_code == 200
    assert response["ETag"] == '"v1"'
    assert response["Cache-Control"] == IMMUTABLE
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == 1024
    assert body(response) == CONTENT


def test_a_range_outside_the_file_is_416_with_its_size() -> None:
    response = answer(Range="bytes=5000-")
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */1024"
    assert body(response) == b""


def test_a_client_that_holds_the_file_gets_304_without_a_body() -> None:
    response = answer(**{"If-None-Match": 'W/"old", W/"v1"'})
    assert response.status_code == 304
    assert response["ETag"] == '"v1"'
    assert body(response) == b""


def test_a_client_that_holds_another_version_gets_the_file() -> None:
    response = answer(**{"If-None-Match": '"v0"'})
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert matches("*", '"v1"')
    assert not matches("", '"v1"')
    assert not matches('"v11"', '"v1"')


def test_a_range_of_a_version_that_is_gone_gets_the_whole_file() -> None:
    fresh = answer(Range="bytes=0-9", **{"If-Range": '"v1"'})
    assert (fresh.status_code, len(body(fresh))) == (206, 10)
    stale = answer(Range="bytes=0-9", **{"If-Range": '"v0"'})
    assert (stale.status_code, len(body(stale))) == (200, 1024)


def test_head_says_the_length_and_opens_nothing() -> None:
    response = answer("HEAD")
    assert response.status_code == 200
    assert int(response["Content-Length"]) == 1024
    assert body(response) == b""


def test_an_answer_that_nobody_reads_closes_its_file() -> None:
    response = answer()
    assert Opened.count == 1
    response.close()
    assert Opened.count == 0
