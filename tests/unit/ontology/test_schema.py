"""An ontology is taken whole or refused with a sentence that names the field."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from labelapp.common.checking import FieldError
from labelapp.ontology.schema import Ontology

DEFAULT = Path(__file__).resolve().parents[3] / "labelapp" / "ontology" / "default.json"


def small() -> dict[str, Any]:
    return {
        "layers": [
            {
                "name": "objects",
                "title": "Objects",
                "classes": [
                    {
                        "name": "car",
                        "title": "Car",
                        "color": "#0072B2",
                        "geometries": ["cuboid"],
                        "hotkey": "1",
                        "size_m": [4.6, 1.9, 1.6],
                        "attributes": [
                            {
                                "name": "colour",
                                "title": "Colour",
                                "type": "select",
                                "options": ["red", "blue"],
                                "default": "red",
                            },
                            {
                                "name": "doors",
                                "title": "Doors",
                                "type": "number",
                                "min": 0,
                                "max": 5,
                                "per_keyframe": True,
                            },
                        ],
                    },
                    {
                        "name": "bus",
                        "title": "Bus",
                        "color": "#E69F00",
                        "geometries": ["cuboid", "points"],
                    },
                ],
            }
        ]
    }


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small ontology with one field set, or removed where the value is the text REMOVED."""
    body = copy.deepcopy(small())
    place: Any = body
    *parts, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    for part in parts:
        place = place[part]
    if value == "REMOVED":
        del place[last]
    else:
        place[last] = value
    return body


def test_a_good_ontology_can_be_asked() -> None:
    car = Ontology.from_body(small()).layers["objects"].classes["car"]
    assert car.size_m == (4.6, 1.9, 1.6)
    assert car.attributes["colour"].default == "red"
    assert car.attributes["doors"].per_keyframe
    assert car.attributes["doors"].maximum == 5


CAR = "layers/0/classes/0"
DEFECTS = [
    ("layers", [], "layers: expected a list of 1 or more layers, found []"),
    ("layers", "REMOVED", "layers: expected a list of 1 or more layers, found nothing"),
    ("layers/0", 3, "layers[0]: expected an object, found 3"),
    ("layers/0/name", "Objects", "layers[0].name: expected lower-case letters, digits and _"),
    ("layers/0/name", "objects\n", "layers[0].name: expected lower-case letters, digits and _"),
    ("layers/0/title", " ", "layers[0].title: expected a text of 1 to 80 characters"),
    ("layers/0/classes", {}, "layers[0].classes: expected a list of 1 or more classes"),
    ("layers/0/klasses", [], "layers[0].klasses: expected one of the fields name, title, classes"),
    (f"{CAR}/color", "red", 'layers[0].classes[0].color: expected a colour such as "#0072B2"'),
    (f"{CAR}/colour", "#000000", "layers[0].classes[0].colour: expected one of the fields"),
    (f"{CAR}/geometries", [], "layers[0].classes[0].geometries: expected a list of 1 or more"),
    (f"{CAR}/geometries/0", "box", "layers[0].classes[0].geometries[0]: expected one of cuboid"),
    (f"{CAR}/hotkey", "12", "layers[0].classes[0].hotkey: expected one character"),
    (f"{CAR}/size_m", [1, 2], "layers[0].classes[0].size_m: expected three numbers > 0"),
    (f"{CAR}/size_m", [1, 2, -1], "layers[0].classes[0].size_m: expected three numbers > 0"),
    (f"{CAR}/size_m", [1, 2, True], "layers[0].classes[0].size_m: expected three numbers > 0"),
    (f"{CAR}/attributes/0/type", "colour", "attributes[0].type: expected one of boolean, select"),
    (f"{CAR}/attributes/0/options", [], "attributes[0].options: expected a list of 1 or more"),
    (f"{CAR}/attributes/0/options", ["a", "a"], "attributes[0].options[1]: expected every option"),
    (f"{CAR}/attributes/0/default", "green", "attributes[0].default: expected one of red, blue"),
    (f"{CAR}/attributes/0/min", 1, "attributes[0].min: expected limits only for a number"),
    (f"{CAR}/attributes/1/options", ["a"], "attributes[1].options: expected no options"),
    (f"{CAR}/attributes/1/max", -1, "attributes[1].max: expected at least min, which is 0"),
    (f"{CAR}/attributes/1/default", 6, "expected a finite number at least 0 and at most 5"),
    (f"{CAR}/attributes/1/name", "colour", "attributes[1].name: expected another one than"),
    (f"{CAR}/attributes/1/per_keyframe", 1, "attributes[1].per_keyframe: expected true or false"),
    ("layers/0/classes/1/name", "car", "classes[1].name: expected another one than"),
    ("layers/0/classes/1/hotkey", "1", "classes[1].hotkey: expected another one than"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), DEFECTS)
def test_a_defect_is_refused_with_its_path(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(FieldError) as caught:
        Ontology.from_body(changed(path, value))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("body", [None, [], 3, "layers", {"layers": None}])
def test_something_else_is_refused(body: Any) -> None:
    with pytest.raises(FieldError):
        Ontology.from_body(body)


def test_the_default_ontology_is_good() -> None:
    layers = Ontology.from_body(json.loads(DEFAULT.read_text())).layers
    assert {"objects", "road"} == set(layers)


def test_the_default_ontology_gives_every_object_a_size() -> None:
    classes = Ontology.from_body(json.loads(DEFAULT.read_text())).layers["objects"].classes
    assert [name for name, found in classes.items() if found.size_m is None] == []


def test_the_default_ontology_gives_the_first_nine_classes_the_digits() -> None:
    for layer in Ontology.from_body(json.loads(DEFAULT.read_text())).layers.values():
        hotkeys = [found.hotkey for found in layer.classes.values()]
        assert hotkeys[:9] == list("123456789")


def test_the_default_ontology_never_gives_two_classes_one_colour() -> None:
    for layer in Ontology.from_body(json.loads(DEFAULT.read_text())).layers.values():
        colours = [found.color for found in layer.classes.values()]
        assert len(set(colours)) == len(colours)


@pytest.mark.parametrize(
    ("layer", "geometry", "names"),
    [
        ("objects", "cuboid", "car truck van pedestrian cyclist traffic_cone container"),
        ("road", "polyline", "lane_boundary kerb"),
        ("road", "polygon", "crossing road_surface"),
    ],
)
def test_the_default_ontology_knows_what_the_simulator_makes(
    layer: str, geometry: str, names: str
) -> None:
    classes = Ontology.from_body(json.loads(DEFAULT.read_text())).layers[layer].classes
    for name in names.split():
        assert geometry in classes[name].geometries


def test_the_default_ontology_knows_every_class_of_the_real_recordings(real_clips: Path) -> None:
    layers = Ontology.from_body(json.loads(DEFAULT.read_text())).layers
    unknown = set()
    for path in real_clips.glob("*/labels/*.json"):
        label_set = json.loads(path.read_text())
        for label in label_set["labels"]:
            found = layers[label_set["layer"]].classes.get(label["class"])
            if found is None or label["geometry"] not in found.geometries:
                unknown.add((label_set["layer"], label["class"], label["geometry"]))
    assert unknown == set()
