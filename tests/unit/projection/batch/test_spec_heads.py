"""Specs of several heads, in JSON and YAML, and the schema that describes them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from projection.io import FormatError
from projection.spec import SpecError
from projection.target_spec import (
    ALL_TARGETS,
    GEOMETRIES,
    KINDS,
    SCHEMA_FILE,
    TargetSpec,
    TargetSpecs,
    read_target_specs,
)

GRID = {"frame": "ego", "origin_m": [-10, -10], "resolution_m": 0.5, "size": [40, 40]}
SPACE = {"frame": "world", "origin_m": [0, 0, -1], "resolution_m": 0.5, "size": [8, 8, 4]}
EVERY_KIND: dict[str, Any] = {
    "name": "all",
    "cameras": ["front"],
    "sampling": {"max_rate_hz": 10, "every": 2, "from_ns": "5"},
    "heads": {kind: {"kind": kind} for kind in KINDS}
    | {
        "bev": {"kind": "bev", "grid": GRID | {"height": True}},
        "flow": {"kind": "flow", "grid": GRID | {"later_s": 0.2}, "sampling": {"every": 5}},
        "occupancy": {"kind": "occupancy", "space": SPACE, "sweeps": {"within_s": 0.2}},
        "semantic": {"kind": "semantic", "classes": ["car", {"name": "way", "of": ["road", "a"]}]},
        "instance": {
            "kind": "instance",
            "layers": ["objects"],
            "visibility": {"max_distance_m": 80, "otherwise": "ignore"},
            "occluders": {"sweeps": True, "scenery": False},
            "sweeps": {"spacing_m": 0.2},
        },
    },
}


def schema() -> jsonschema.Draft202012Validator:
    document = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def test_every_kind_of_head_reads_back_as_it_was() -> None:
    specs = TargetSpecs.from_dict(EVERY_KIND)
    assert TargetSpecs.from_dict(json.loads(json.dumps(specs.to_dict()))) == specs
    heads = dict(specs.heads)
    assert list(heads) == list(KINDS)
    assert heads["lanes"].geometries == ("polyline",)
    assert heads["lanes"].cameras == ("front",)
    assert [heads["flow"].sampling.every, heads["bev"].sampling.every] == [5, 2]
    assert heads["instance"].name == "instance"


def test_a_single_spec_is_one_head_without_a_name() -> None:
    specs = TargetSpecs.from_dict({"targets": ["corners"], "name": "x"})
    assert specs.is_single
    assert specs.heads == (("", TargetSpec(targets=("corners",), name="x")),)
    assert TargetSpecs.from_dict(specs.to_dict()) == specs


def test_a_head_may_say_more_than_its_kind() -> None:
    specs = TargetSpecs.from_dict(
        {"heads": {"a": {"kind": "objects2d", "targets": ["outline"], "geometries": ["polygon"]}}}
    )
    assert specs.heads[0][1].targets == ("outline",)
    assert specs.heads[0][1].geometries == ("polygon",)


def test_the_schema_knows_what_the_code_knows() -> None:
    fields = json.loads(SCHEMA_FILE.read_text())["$defs"]["fields"]
    assert fields["targets"]["items"]["enum"] == list(ALL_TARGETS)
    assert fields["kind"]["enum"] == [*KINDS, None]
    assert fields["geometries"]["items"]["enum"] == list(GEOMETRIES)
    assert set(fields) == {"kind", *TargetSpec.__slots__}
    validator = schema()
    validator.validate(EVERY_KIND)
    validator.validate(TargetSpecs.from_dict(EVERY_KIND).to_dict())
    validator.validate(TargetSpec().to_dict())


WRONG: list[tuple[Any, str]] = [
    ({"heads": {}}, "heads: expected 1 to 64 heads, found 0"),
    ({"heads": []}, "heads: expected an object, found []"),
    ({"heads": {"a b": {"kind": "bev"}}}, "heads: expected names of letters, digits, - and _"),
    ({"heads": {"a": {"kind": "boxes"}}}, "heads.a.kind: expected one of objects2d, objects3d"),
    ({"heads": {"a": {}}}, "heads.a.targets: expected a list of targets, found nothing"),
    ({"heads": {"a": {"kind": "semantic", "colour": 1}}}, "heads.a.colour: expected one of the"),
    (
        {"heads": {"a": {"kind": "semantic"}}, "sampling": {"every": 0}},
        "target spec: sampling.every: expected a whole number from 1",
    ),
    ({"heads": {"a": {"kind": "semantic"}}, "targets": ["corners"]}, "targets: expected one of"),
    (
        {"heads": {"a": {"kind": "semantic", "visibility": {"otherwise": "hide"}}}},
        "heads.a.visibility.otherwise: expected one of drop, ignore",
    ),
    (
        {"heads": {"a": {"kind": "bev", "grid": GRID | {"size": [0, 4]}}}},
        "heads.a.grid.size: expected 2 whole numbers from 1 on",
    ),
    (
        {"heads": {"a": {"kind": "bev", "grid": GRID | {"frame": "car"}}}},
        "heads.a.grid.frame: expected one of ego, world",
    ),
    (
        {"heads": {"a": {"kind": "occupancy", "space": SPACE | {"resolution_m": [1, 1, 0]}}}},
        "heads.a.space.resolution_m: expected three numbers above 0",
    ),
]
#: What a schema can't say: parts that need each other.
NEEDED: list[tuple[Any, str]] = [
    ({"targets": ["bev"]}, "grid: expected a grid, for bev and flow, found nothing"),
    ({"targets": ["occupancy"]}, "space: expected a grid in space"),
    ({"targets": ["occupancy"], "space": SPACE}, "sweeps: expected which sweeps, for occupancy"),
    (
        {"targets": ["occlusion"], "occluders": {"sweeps": True}},
        "sweeps: expected which sweeps, for occluders.sweeps, found nothing",
    ),
    (
        {"heads": {"a": {"kind": "depth"}, "A": {"kind": "depth"}}},
        "heads: expected names that differ in more than case",
    ),
]


@pytest.mark.parametrize(("document", "sentence"), WRONG + NEEDED)
def test_what_is_wrong_is_said_in_a_sentence(document: Any, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        TargetSpecs.from_dict(document)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("document", [document for document, _ in WRONG])
def test_the_schema_refuses_it_too(document: Any) -> None:
    assert not schema().is_valid(document)


YAML = """
# What the heads share
sampling: {every: 3}
heads:
  cars:
    kind: objects2d
    classes:
      - car
      - {name: heavy, of: [truck, bus]}
  road: {kind: semantic, classes: [road]}
"""


def test_yaml_says_the_same_as_json(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(YAML)
    document = {
        "sampling": {"every": 3},
        "heads": {
            "cars": {
                "kind": "objects2d",
                "classes": ["car", {"name": "heavy", "of": ["truck", "bus"]}],
            },
            "road": {"kind": "semantic", "classes": ["road"]},
        },
    }
    (tmp_path / "spec.json").write_text(json.dumps(document))
    read = [read_target_specs(tmp_path / name) for name in ("spec.yaml", "spec.json")]
    assert read[0] == read[1] == TargetSpecs.from_dict(document)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("heads: [", "spec.yml: line 1, column 9: expected valid YAML, found an error: "),
        ("a: &x 1\nb: *x\n", "line 2, column 4: expected values, not aliases, found one"),
        ("targets: [corners]\ntargets: [depth]\n", "line 2, column 1: expected each field once"),
        ("- corners", "spec.yml: expected an object, found list"),
        ("", "spec.yml: expected an object, found nothing"),
        ("targets: !!python/object:os.system [x]", "expected valid YAML, found an error: "),
        ("targets: [box]", "spec.yml: targets[0]: expected one of box2d_full"),
        ("sampling: {from_ns: 2020-99-99}\ntargets: [corners]", "expected plain values, found mon"),
        ("targets: 5\n", "spec.yml: targets: expected a list of targets, found 5"),
        (
            "[" * 5000 + "]" * 5000,
            "spec.yml: expected values nested a few levels deep, found far more",
        ),
    ],
)
def test_wrong_yaml_is_said_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "spec.yml"
    path.write_text(text)
    with pytest.raises(FormatError) as caught:
        read_target_specs(path)
    assert sentence in str(caught.value)


def test_sampling_by_rate_takes_the_first_image_of_each_span() -> None:
    times = [round(index * 1e9 / 36) for index in range(36)]
    spec = TargetSpec.from_dict({"targets": ["corners"], "sampling": {"max_rate_hz": 9}})
    assert spec.sampling.chosen(times, [True] * 36) == list(range(0, 36, 4))
    only = TargetSpec.from_dict({"targets": ["corners"], "sampling": {"only_pictures": True}})
    assert only.sampling.chosen([0, 1, 2], [False, True, False]) == [1]
