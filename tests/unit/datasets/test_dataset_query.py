"""Queries: what is read, and what is refused by which field."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelapp.common.checking import FieldError
from labelapp.datasets.versions.query import DatasetQuery, Place

KNOWN = {"sources": ("human", "gold"), "stages": ("label", "accepted")}
BASE: dict[str, Any] = {"layers": ["objects"]}


def test_a_whole_query_is_read() -> None:
    clip = uuid.uuid4()
    query = DatasetQuery.from_dict(
        {
            "projects": ["demo"],
            "layers": ["objects", "road"],
            "sources": ["gold", "human"],
            "stages": ["accepted"],
            "classes": ["car"],
            "attributes": {"parked": [True]},
            "recorded": {"from": "1970-01-01T00:00:01Z", "to": "1970-01-01T01:00:02+01:00"},
            "place": {"south": -10, "west": 170, "north": 10, "east": -170},
            "clip_attributes": {"weather": ["rain"], "speed_mps": {"min": 3}},
            "clips": [str(clip)],
        },
        **KNOWN,
    )
    assert (query.recorded_from_ns, query.recorded_to_ns) == (10**9, 2 * 10**9)
    assert query.clips == (clip,)
    assert query.place is not None
    assert query.place.holds(0, 179)
    assert query.place.holds(0, -179)
    assert not query.place.holds(0, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"layers": []}, "query.layers"),
        ({"layers": ["a", "a"]}, "query.layers"),
        ({"sources": ["moon"]}, "query.sources[0]"),
        ({"stages": ["done"]}, "query.stages[0]"),
        ({"projects": ["No Slug"]}, "query.projects[0]"),
        ({"clips": ["x"]}, "query.clips[0]"),
        ({"attributes": {"parked": "yes"}}, "query.attributes.parked"),
        ({"attributes": {"parked": [None]}}, "query.attributes.parked[0]"),
        ({"clip_attributes": {"speed": {"least": 3}}}, "query.clip_attributes.speed.least"),
        ({"clip_attributes": {"speed": {}}}, "query.clip_attributes.speed"),
        ({"recorded": {"from": "yesterday"}}, "query.recorded.from"),
        ({"place": {"south": 91, "west": 0, "north": 91, "east": 1}}, "query.place.south"),
        ({"place": {"south": 5, "west": 0, "north": 4, "east": 1}}, "query.place.south"),
        ({"clases": ["car"]}, "query.clases"),
    ],
)
def test_a_wrong_query_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        DatasetQuery.from_dict(BASE | change, **KNOWN)
    assert caught.value.field == field


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = ["projects", "layers", "sources", "stages", "classes", "attributes", "recorded", "place",
          "clip_attributes", "clips", "x"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=4))
def test_any_json_is_read_or_refused(document: dict[str, Any]) -> None:
    field = "query"
    try:
        DatasetQuery.from_dict(document, **KNOWN)
    except FieldError as error:
        field = error.field
    assert field.startswith("query")


def test_a_place_holds_its_edges() -> None:
    place = Place(south=0, west=0, north=1, east=1)
    assert place.holds(0, 0)
    assert place.holds(1, 1)
    assert not place.holds(1.001, 1)
