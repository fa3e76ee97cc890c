"""The picture that stands for a clip in lists."""

from labelapp.clips.manifest import CameraImages, Manifest
from projection import RigidTransform


def poster_of(manifest: Manifest) -> tuple[str, int] | None:
    """Return a camera's name and an image's index: the view ahead, in the middle of the clip.

    Returns:
        None where no pictures are kept.
    """
    with_pictures = [camera for camera in manifest.cameras if any(camera.extensions)]
    if not with_pictures:
        return None
    camera = max(with_pictures, key=_looks_ahead)
    kept = [index for index, extension in enumerate(camera.extensions) if extension]
    return camera.name, kept[len(kept) // 2]


def _looks_ahead(camera: CameraImages) -> float:
    """Return the cosine between a camera's axis and straight ahead."""
    pose = RigidTransform.from_dict(camera.spec["ego_from_camera"], "ego_from_camera")
    axis_ego = pose.apply([[0.0, 0.0, 1.0]])[0] - pose.position_m
    return float(axis_ego[0])
