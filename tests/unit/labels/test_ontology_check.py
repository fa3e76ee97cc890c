"""People's labels are what the ontology knows, and a refusal names the field."""

import json
from pathlib import Path
from typing import Any

import pytest

from labelapp.common.checking import FieldError
from labelapp.labels.ontology_check import check_by_ontology
from labelapp.ontology.schema import Ontology

DEFAULT = Path(__file__).resolve().parents[3] / "labelapp" / "ontology" / "default.json"
OBJECTS = Ontology.from_body(json.loads(DEFAULT.read_text())).layers["objects"]


def car(**changes: Any) -> dict[str, Any]:
    return {"class": "car", "geometry": "cuboid", "attributes": {"parked": True}} | changes


def test_a_known_class_with_known_attributes_may_stand() -> None:
    keyframes = [{}, {"attributes": {"brake_lights": True, "indicator": "left"}}]
    check_by_ontology(car(keyframes=keyframes), OBJECTS)


def test_a_keyframe_attribute_may_also_hold_for_the_whole_life() -> None:
    check_by_ontology(car(attributes={"brake_lights": True}), OBJECTS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"class": "spaceship"}, "class"),
        ({"geometry": "polygon"}, "geometry"),
        ({"attributes": {"parked": "yes"}}, "attributes.parked"),
        ({"attributes": {"parked": 1}}, "attributes.parked"),
        ({"attributes": {"wings": 2}}, "attributes.wings"),
        ({"attributes": {"indicator": "up"}}, "attributes.indicator"),
        ({"attributes": None}, "attributes"),
        ({"keyframes": [{}, {"attributes": {"parked": True}}]}, "keyframes[1].attributes.parked"),
        ({"keyframes": [{"attributes": {"door_open": 2}}]}, "keyframes[0].attributes.door_open"),
    ],
)
def test_what_the_ontology_does_not_know_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        check_by_ontology(car(**changes), OBJECTS)
    assert caught.value.field == field
