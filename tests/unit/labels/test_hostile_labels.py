"""Whatever JSON is sent as a label, it stands or is refused with a field; nothing else happens."""

import copy
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelapp.common.checking import FieldError
from labelapp.labels.checks import LabelChecker
from labelapp.labels.errors import InvalidLabelError
from labelapp.labels.operations import Batch
from labelapp.ontology.schema import Ontology

DEFAULT = Path(__file__).resolve().parents[3] / "labelapp" / "ontology" / "default.json"
LAYERS = Ontology.from_body(json.loads(DEFAULT.read_text())).layers
FRAME = {"position_m": [1.0, 2.0, 3.0], "quat_xyzw": [0.0, 0.0, 0.0, 1.0]}
LABELS: dict[str, dict[str, Any]] = {
    "cuboid": {
        "class": "car",
        "attributes": {"parked": False},
        "static": False,
        "size_m": [4.5, 1.9, 1.6],
        "interpolation": "spline",
        "from_ns": "0",
        "to_ns": "9",
        "keyframes": [
            {"time_ns": "1", **FRAME, "gap_after": True, "attributes": {"indicator": "left"}},
            {"time_ns": "5", **FRAME, "size_m": [4.5, 1.9, 1.6]},
        ],
    },
    "polyline": {"class": "kerb", "vertices_m": [[0, 0, 0], [1, 0, 0]], "closed": False},
    "polygon": {"class": "crossing", "rings_m": [[[0, 0, 0], [1, 0, 0], [1, 1, 0]]]},
    "keypoints": {"class": "x", "points": {"nose": {"position_m": [0, 0, 0], "visible": True}}},
    "points": {"class": "x", "sweeps": [{"lidar": "a", "time_ns": "1", "indices": [1, 2]}]},
}
#: What a request's body can hold once it is parsed.
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "-9223372036854775809", "1e3", "cuboid", "id", 1e308, -0.0, 10**18])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=6,
)


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a label that something else can stand in."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    return [before] * bool(before) + [
        place for key in keys for place in places(value[key], (*before, key))
    ]


@st.composite
def spoilt_labels(draw: st.DrawFn) -> dict[str, Any]:
    geometry = draw(st.sampled_from(sorted(LABELS)))
    label: dict[str, Any] = {"id": "one", "geometry": geometry, **copy.deepcopy(LABELS[geometry])}
    for _ in range(draw(st.integers(1, 2))):
        *path, last = draw(st.sampled_from(places(label)))
        holder = label
        for key in path:
            holder = holder[key]
        if draw(st.integers(0, 4)) == 0:
            del holder[last]
        else:
            holder[last] = draw(VALUES)
    return label


@pytest.mark.parametrize("layer", [None, "objects", "road"])
@settings(max_examples=150, deadline=None)
@given(label=spoilt_labels())
def test_a_spoilt_label_stands_or_is_refused_with_a_sentence(
    layer: str | None, label: dict[str, Any]
) -> None:
    checker = LabelChecker(LAYERS[layer] if layer else None)
    refusal = refusal_of(checker, label)
    if refusal is None:
        # What stands can be sent to a browser again.
        orjson.dumps(label)
        return
    assert "expected " in str(refusal)
    assert ", found " in str(refusal)
    # The refusal itself can be sent too.
    orjson.dumps(InvalidLabelError(None, "one", refusal).details)


def refusal_of(checker: LabelChecker, label: dict[str, Any]) -> FieldError | None:
    try:
        checker.check(label, label_id="one")
    except FieldError as error:
        return error
    return None


@settings(max_examples=100, deadline=None)
@given(body=VALUES | st.fixed_dictionaries({"batch_id": VALUES, "operations": st.lists(VALUES)}))
def test_a_spoilt_batch_is_refused_with_a_sentence(body: Any) -> None:
    from labelapp.common.errors import InvalidError

    with pytest.raises(InvalidError, match="expected"):
        Batch.from_body(body)


def test_every_label_that_is_spoilt_here_stands_by_itself() -> None:
    for geometry, fields in LABELS.items():
        LabelChecker(None).check({"id": "one", "geometry": geometry, **fields}, label_id="one")
