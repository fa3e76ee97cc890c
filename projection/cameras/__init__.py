"""Lens models, one per file, behind a registry."""

from collections.abc import Callable

from projection.cameras.base import Lens
from projection.cameras.cylindrical import Cylindrical
from projection.cameras.double_sphere import DoubleSphere
from projection.cameras.ftheta import FTheta
from projection.cameras.mei import Mei
from projection.cameras.opencv import OpenCV
from projection.cameras.opencv_fisheye import OpenCVFisheye
from projection.cameras.pinhole import Pinhole
from projection.cameras.woodscape import WoodScape
from projection.spec import Fields

LensReader = Callable[[Fields, float | None, tuple[int, int]], Lens]

#: Model name -> how to read its ``params`` (with max_angle_rad and the picture's width and height).
MODELS: dict[str, LensReader] = {
    "pinhole": lambda params, limit, _size: Pinhole.from_params(params, limit),
    "opencv": lambda params, limit, _size: OpenCV.from_params(params, limit),
    "opencv_fisheye": lambda params, limit, _size: OpenCVFisheye.from_params(params, limit),
    "ftheta": lambda params, limit, _size: FTheta.from_params(params, limit),
    "mei": lambda params, limit, _size: Mei.from_params(params, limit),
    "double_sphere": lambda params, limit, _size: DoubleSphere.from_params(params, limit),
    "woodscape": WoodScape.from_params,
    "cylindrical": lambda params, limit, _size: Cylindrical.from_params(params, limit),
}

__all__ = ["MODELS", "Lens"]
