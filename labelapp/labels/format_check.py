"""Whether a label keeps ``labelapp-labels/1``."""

from labelapp.common.checking import MISSING, FieldError, as_object, as_text
from labelapp.ontology.schema import GEOMETRIES


def check_format(label: dict[str, object]) -> None:
    """Raise ``FieldError`` unless the label keeps the format."""
    as_text(label.get("class", MISSING), "class", at_most=64)
    if label.get("geometry") not in GEOMETRIES:
        raise FieldError(
            "geometry", f"one of {', '.join(GEOMETRIES)}", label.get("geometry", MISSING)
        )
    as_object(label.get("attributes", {}), "attributes")
