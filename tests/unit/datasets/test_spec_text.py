"""Target specs as text: each problem at its line."""

import pytest

from labelapp.datasets.spec_text import formats_of, spec_text_check


def places(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.field) for one in spec_text_check(text).problems]


def test_every_heads_first_problem_is_said_with_its_line() -> None:
    text = """\
cameras: [front]
heads:
  cars:
    kind: objects2d
    visibility:
      max_distance_m: near
  lanes: {kind: lanes}
  top:
    kind: birdseye
"""
    assert places(text) == [(6, "heads.cars.visibility.max_distance_m"), (9, "heads.top.kind")]
    first = spec_text_check(text).problems[0]
    assert first.message.startswith("heads.cars.visibility.max_distance_m: expected")
    assert '"near"' in first.message


def test_a_missing_field_is_said_at_what_it_is_missing_in() -> None:
    assert places("heads:\n  a: {kind: depth}\n  top:\n    kind: bev\n") == [(3, "heads.top.grid")]


@pytest.mark.parametrize(
    ("text", "line"), [("kind: [", 1), ("a: 1\na: 2\n", 2), ("x: &a 1\ny: *a\n", 2)]
)
def test_what_is_no_yaml_is_said_where_it_breaks(text: str, line: int) -> None:
    checked = spec_text_check(text)
    assert checked.document is None
    assert [one.field for one in checked.problems] == [""]
    assert checked.problems[0].line in {line, line + 1}


def test_a_right_spec_says_its_heads_and_formats() -> None:
    checked = spec_text_check("heads:\n  lines: {kind: lanes}\n")
    assert not checked.problems
    assert checked.specs is not None
    formats = formats_of(checked.specs)
    assert "parquet" in formats
    assert "kitti_object" not in formats


def test_nothing_written_is_all_that_is_known_of_labels() -> None:
    checked = spec_text_check(" \n")
    assert (checked.specs, checked.document, checked.problems) == (None, None, [])
    assert "coco" in formats_of(None)
