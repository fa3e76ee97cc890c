"""What counts as the same thing."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Thresholds of a comparison.

    Attributes:
        min_iou: Two boxes may be the same object from this 3D intersection over union on.
        target_iou: An IoU from which on a box counts as right in full for the score. Two careful
            people rarely agree better.
        line_tolerance_m: A stretch of line this close to another one agrees with it.
        line_step_m: Lines are sampled this often.
        min_line_share: Two lines may be the same from this share of common length on.
        min_area_iou: Two surfaces may be the same from this intersection over union on.
        keypoint_tolerance_m: A keypoint this close is right.
        attribute_weight: Share of the score that hangs on the attributes.
    """

    min_iou: float = 0.3
    target_iou: float = 0.8
    line_tolerance_m: float = 0.3
    line_step_m: float = 0.25
    min_line_share: float = 0.3
    min_area_iou: float = 0.3
    keypoint_tolerance_m: float = 0.3
    attribute_weight: float = 0.2

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            is_share = name in {"min_iou", "target_iou", "min_line_share", "min_area_iou"}
            if not 0.0 < value < (1.0 if is_share else float("inf")):
                if name == "attribute_weight" and value == 0.0:
                    continue
                limit = "between 0 and 1" if is_share else "above 0"
                message = f"{name}: expected a number {limit}, found {value}"
                raise ValueError(message)
        if self.attribute_weight > 1.0:
            message = f"attribute_weight: expected at most 1, found {self.attribute_weight}"
            raise ValueError(message)
