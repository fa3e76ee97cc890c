"""JSON that PostgreSQL could not keep or a browser could not read never comes in."""

import io
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ParseError

from labelapp.common.parsing import OrjsonParser
from labelapp.common.rendering import OrjsonRenderer


def parse(body: bytes) -> Any:
    return OrjsonParser().parse(io.BytesIO(body))


def test_json_is_parsed() -> None:
    assert parse(b'{"a": [1, 2.5, null, true, "\xc3\xa9"]}') == {"a": [1, 2.5, None, True, "é"]}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"NaN", b'{"a": Infinity}', b'"\\ud800"', b'"\xff"', b"[" * 5000 + b"]" * 5000],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="The body is not JSON"):
        parse(body)


@pytest.mark.parametrize("body", [b'"a\\u0000"', b'{"\\u0000": 1}', b'[{"a": ["\\u0000"]}]'])
def test_the_character_nul_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"U\+0000"):
        parse(body)


def test_a_backslash_before_u0000_is_just_text() -> None:
    assert parse(b'"\\\\u0000"') == "\\u0000"


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert parse(b'"12345678"') == "12345678"
    with pytest.raises(APIException) as caught:
        parse(b'"123456789"')
    assert caught.value.status_code == 413


def test_answers_carry_what_json_lacks_as_text() -> None:
    answer = {
        UUID(int=1): Decimal("1.50"),
        "lazy": gettext_lazy("text"),
        "number": 0.1,
    }
    text = OrjsonRenderer().render(answer)
    assert text == (b'{"00000000-0000-0000-0000-000000000001":"1.50","lazy":"text","number":0.1}')


def test_an_empty_answer_has_no_body() -> None:
    assert OrjsonRenderer().render(None) == b""
