"""Labelled clips to export: rows, manifests and pictures, as an import leaves them."""

import io
import math
import uuid
from pathlib import Path
from typing import Any

import numpy as np

CAMERAS, LABELS, KEYFRAMES = 8, 40, 4
WIDTH, HEIGHT = 480, 270
_STEP_NS = 100_000_000
_SPEED_MPS = 10.0
_QUALITY = 85


def project_filled(slug: str, clips: int, images: int) -> Any:
    """Return a project of clips with a layer of boxes each, their pictures on the disk.

    Args:
        slug: its own.
        clips: how many.
        images: of each camera.
    """
    from labelapp.clips.models import Clip
    from labelapp.labels.models import LabelEvent, LabelSet
    from labelapp.projects.models import Project

    project = Project.objects.create(slug=slug, name=slug)
    pictures = [_picture(seed) for seed in range(CAMERAS)]
    for number in range(clips):
        prefix = str(uuid.uuid4())
        clip = Clip.objects.create(
            project=project, name=f"clip {number:03d}", content_hash=uuid.uuid4().hex * 2,
            calibration_hash=uuid.uuid4().hex * 2, storage_prefix=prefix,
            start_ns=0, end_ns=images * _STEP_NS, camera_count=CAMERAS,
            image_count=CAMERAS * images, picture_count=CAMERAS * images, sweep_count=0,
            tick_count=images, stored_bytes=1,
        )  # fmt: skip
        _store(prefix, clip.name, pictures, images)
        label_set = LabelSet.objects.create(clip=clip, layer="objects", source="human", revision=1)
        chance = np.random.default_rng(number)
        LabelEvent.objects.bulk_create(
            LabelEvent(
                label_set=label_set, revision=1, position=place, batch_id=label_set.pk,
                operation_id=uuid.uuid4(), kind="put", label_id=f"label-{place:03d}", version=1,
                body=_label(place, chance, images),
            )
            for place in range(LABELS)
        )  # fmt: skip
    return project


def pictures_of(project: Any) -> list[Path]:
    """Return the files of all pictures of a project's clips."""
    from labelapp.clips.storage import clip_storage

    prefixes = project.clips.order_by("name").values_list("storage_prefix", flat=True)
    folders = [Path(clip_storage().path(f"{prefix}/images")) for prefix in prefixes]
    return [path for folder in folders for path in sorted(folder.rglob("*.jpg"))]


def _store(prefix: str, name: str, pictures: list[bytes], images: int) -> None:
    from labelapp.clips.manifest import CameraImages, Manifest, manifest_write
    from labelapp.clips.storage import TRAJECTORY, clip_storage, image_name
    from labelapp.clips.writing import encode_trajectory
    from labelapp.common.storage import put_bytes
    from projection import Trajectory

    times = np.arange(images, dtype=np.int64) * _STEP_NS
    cameras = [
        CameraImages(
            _camera(number), f"{number:064x}", times, ["jpg"] * images, [len(content)] * images
        )
        for number, content in enumerate(pictures)
    ]
    for number, content in enumerate(pictures):
        for index in range(images):
            path = Path(clip_storage().path(f"{prefix}/{image_name(number, index, 'jpg')}"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    ways = np.arange(-1, images + 1, dtype=np.int64) * _STEP_NS
    positions = np.zeros((len(ways), 3))
    positions[:, 0] = ways * 1e-9 * _SPEED_MPS
    quats = np.tile([0.0, 0.0, 0.0, 1.0], (len(ways), 1))
    way = encode_trajectory(Trajectory(ways, positions, quats))
    put_bytes(clip_storage(), f"{prefix}/{TRAJECTORY}", way)
    manifest_write(
        prefix,
        Manifest(
            name=name, start_ns=0, end_ns=images * _STEP_NS, ticks_ns=times.tolist(),
            cameras=cameras, lidars=[], sweeps=[], origin=None, attributes={}, ground_z_m=0.0,
        ),
    )  # fmt: skip


def _camera(number: int) -> dict[str, Any]:
    """Return one of a ring of cameras that look outwards, 45 degrees apart."""
    from projection.rigid import multiply

    half = math.pi * number / CAMERAS
    turned = multiply(np.array([0.0, 0.0, math.sin(half), math.cos(half)]), _FORWARD)
    return {
        "name": f"camera {number}", "width": WIDTH, "height": HEIGHT, "model": "pinhole",
        "params": {"fx": 400.0, "fy": 400.0, "cx": (WIDTH - 1) / 2, "cy": (HEIGHT - 1) / 2},
        "ego_from_camera": {"position_m": [0.0, 0.0, 1.6], "quat_xyzw": turned.tolist()},
        "shutter": {"type": "global"},
    }  # fmt: skip


#: x right, y down, z forward of a camera that looks along the ego's x.
_FORWARD = np.array([-0.5, 0.5, -0.5, 0.5])


def _label(number: int, chance: np.random.Generator, images: int) -> dict[str, Any]:
    """Return a box that drives with the ego or against it, somewhere around."""
    x_m, y_m = chance.uniform(-60, 60), chance.uniform(-30, 30)
    speed_mps = float(chance.choice([_SPEED_MPS, 0.0, -_SPEED_MPS]))
    times = np.linspace(0, images * _STEP_NS, KEYFRAMES).astype(np.int64)
    keyframes = [
        {
            "time_ns": str(time_ns),
            "position_m": [x_m + speed_mps * time_ns * 1e-9, y_m, 0.8],
            "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
        }
        for time_ns in times.tolist()
    ]
    return {
        "id": f"label-{number:03d}", "class": ("car", "van", "pedestrian")[number % 3],
        "geometry": "cuboid", "attributes": {"parked": speed_mps == 0}, "static": False,
        "size_m": [4.5, 1.8, 1.6], "interpolation": "linear", "keyframes": keyframes,
    }  # fmt: skip


def _picture(seed: int) -> bytes:
    """Return a JPEG of soft shapes with some noise: about as big as a real one of its size."""
    from PIL import Image

    chance = np.random.default_rng(seed)
    coarse = Image.fromarray(chance.integers(0, 255, (9, 16, 3), dtype=np.uint8))
    soft = np.asarray(coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), dtype=np.float64)
    noisy = np.clip(soft + chance.normal(0, 6, soft.shape), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
