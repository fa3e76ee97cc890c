"""Whether a label is one that its ontology knows; that it keeps the format is known already."""

from collections.abc import Mapping

from labelapp.common.checking import FieldError, as_list, as_object
from labelapp.ontology.schema import Attribute, LabelClass, Layer


def check_by_ontology(label: Mapping[str, object], layer: Layer) -> None:
    """Raise ``FieldError`` unless the layer has the label's class, geometry and attributes.

    Args:
        label: A label that keeps ``labelapp-labels/1``.
        layer: The layer that its label set belongs to.
    """
    name = label["class"]
    label_class = layer.classes.get(str(name))
    if label_class is None:
        raise FieldError("class", f"a class of the layer {layer.name} in the ontology", name)
    if label["geometry"] not in label_class.geometries:
        expected = f"{' or '.join(label_class.geometries)} for the class {label_class.name}"
        raise FieldError("geometry", expected, label["geometry"])
    _check_attributes(
        label.get("attributes", {}), "attributes", label_class.attributes, label_class
    )
    per_keyframe = {k: a for k, a in label_class.attributes.items() if a.per_keyframe}
    keyframes = as_list(label.get("keyframes", []), "keyframes", of="keyframes")
    for index, keyframe in enumerate(keyframes):
        path = f"keyframes[{index}]"
        attributes = as_object(keyframe, path).get("attributes", {})
        _check_attributes(attributes, f"{path}.attributes", per_keyframe, label_class)


def _check_attributes(
    values: object, path: str, known: Mapping[str, Attribute], label_class: LabelClass
) -> None:
    for name, value in as_object(values, path).items():
        attribute = known.get(name)
        if attribute is None:
            kind = "keyframe attribute" if path.startswith("keyframes") else "attribute"
            names = ", ".join(known) or "none"
            expected = f"a {kind} of the class {label_class.name} ({names})"
            raise FieldError(f"{path}.{name}", expected, value)
        attribute.check(value, f"{path}.{name}")
