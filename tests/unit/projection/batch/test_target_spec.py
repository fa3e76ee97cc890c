"""Target specs: read whole, or refused in a sentence that names the field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.spec import SpecError
from projection.target_spec import TARGETS, TargetSpec

BASE: dict[str, Any] = {"targets": ["box2d_clipped"]}


def test_a_spec_reads_back_as_it_was() -> None:
    document = {
        "name": "cars",
        "targets": ["mask_visible", "box2d_clipped"],
        "classes": ["car", {"name": "heavy", "of": ["truck", "bus"]}],
        "cameras": ["front"],
        "sampling": {"every": 3, "from_ns": "5", "to_ns": 9, "only_pictures": True},
        "visibility": {
            "min_visible_fraction": 0.1,
            "min_visible_px": 20,
            "max_distance_m": 90,
            "max_truncation": 0.8,
        },
        "occluders": {"cuboids": False, "cuboid_scale": [1, 0.9, 0.8], "polygons": False},
        "tolerance_px": 0.25,
    }
    spec = TargetSpec.from_dict(document)
    assert TargetSpec.from_dict(spec.to_dict()) == spec
    assert spec.targets == ("box2d_clipped", "mask_visible")
    assert (spec.sampling.from_ns, spec.sampling.to_ns) == (5, 9)


def test_classes_are_renamed_merged_and_left_out() -> None:
    spec = TargetSpec.from_dict(
        {**BASE, "classes": ["car", {"name": "heavy", "of": ["truck", "bus"]}]}
    )
    assert [spec.class_of(name) for name in ("car", "bus", "tree")] == ["car", "heavy", None]
    assert TargetSpec.from_dict(BASE).class_of("tree") == "tree"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"targets": []}, "targets: expected a list of targets, found []"),
        ({"targets": ["box"]}, 'found "box"'),
        ({"targets": ["corners", "corners"]}, 'targets[1]: expected each name once, found "corn'),
        ({"colour": 1}, "colour: expected one of the fields"),
        ({"cameras": "front"}, 'cameras: expected a list of cameras, found "front"'),
        ({"classes": [{"name": "a", "of": []}]}, "classes[0].of: expected a list of of"),
        ({"classes": ["a", "a"]}, "classes[1].name: expected each name once"),
        ({"classes": ["a", {"name": "b", "of": ["a"]}]}, "classes[1].of: expected each class once"),
        ({"classes": [7]}, "classes[0]: expected a class, or an object"),
        ({"sampling": {"every": 0}}, "sampling.every: expected a whole number from 1"),
        ({"sampling": {"from_ns": "x"}}, "sampling.from_ns: expected a whole number of nanosec"),
        ({"sampling": {"from_ns": "9", "to_ns": "8"}}, "sampling.to_ns: expected a time from 9 on"),
        ({"sampling": {"step": 2}}, "sampling.step: expected one of the fields every"),
        ({"sampling": []}, "sampling: expected an object, found []"),
        ({"visibility": {"max_truncation": 1.5}}, "visibility.max_truncation: expected a number f"),
        (
            {"visibility": {"min_visible_px": 0.5}},
            "visibility.min_visible_px: expected a whole num",
        ),
        ({"occluders": {"cuboid_scale": [1, 1, 0]}}, "occluders.cuboid_scale: expected three fact"),
        ({"occluders": {"polygons": 1}}, "occluders.polygons: expected true or false, found 1"),
        ({"tolerance_px": 0}, "tolerance_px: expected a number above 0 and at most 100, found 0"),
        ({"tolerance_px": float("nan")}, "tolerance_px: expected a number above 0"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        TargetSpec.from_dict({**BASE, **change})
    assert sentence in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from((*TargetSpec.__slots__, "other")), json_values, max_size=4))
def test_any_json_is_read_or_refused(document: dict[str, Any]) -> None:
    complaint = ": expected "
    try:
        TargetSpec.from_dict(document)
    except SpecError as error:
        complaint = str(error)
    assert ": expected " in complaint


def test_the_hash_knows_what_decides_about_an_image_and_nothing_else() -> None:
    spec = TargetSpec.from_dict(BASE)
    for change in ({"name": "x"}, {"cameras": ["front"]}, {"sampling": {"every": 2}}):
        assert TargetSpec.from_dict({**BASE, **change}).content_hash == spec.content_hash
    for change in ({"tolerance_px": 0.1}, {"classes": ["car"]}, {"targets": list(TARGETS)}):
        assert TargetSpec.from_dict({**BASE, **change}).content_hash != spec.content_hash


def test_only_targets_of_pixels_need_a_drawing() -> None:
    assert not TargetSpec.from_dict({"targets": ["box2d_full", "outline", "polygon"]}).needs_drawing
    assert TargetSpec.from_dict({"targets": ["box2d_visible"]}).needs_drawing
    ruled = TargetSpec.from_dict({**BASE, "visibility": {"min_visible_px": 1}})
    assert ruled.needs_drawing
    assert ruled.needs_silhouettes
