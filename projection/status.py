"""Why a point is, or is not, in a picture."""

from enum import IntEnum


class Status(IntEnum):
    """What became of a point. ``uv`` is a number with OK and OUT_OF_IMAGE, NaN with the others."""

    OK = 0
    #: Behind the camera, or in its plane, with a lens that sees less than 180 degrees.
    NEAR_OR_BEHIND = 1
    #: Beyond the angle up to which the lens model is one-to-one, or not finite.
    OUTSIDE_DOMAIN = 2
    #: The pixel is right, but off the picture.
    OUT_OF_IMAGE = 3
    #: No line of a rolling shutter's read-out sees the point.
    NO_SOLUTION = 4
    #: Something stands in front of it.
    OCCLUDED = 5
