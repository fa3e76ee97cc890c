"""What decides where the points of a clip land: all of its cameras together."""

import hashlib

from labelapp.clips.manifest import Manifest, manifest_read
from labelapp.clips.models import Clip


def calibration_hash(manifest: Manifest) -> str:
    """Return a SHA-256 (hexadecimal) of all cameras' calibrations, by the cameras' names."""
    digest = hashlib.sha256()
    for camera in sorted(manifest.cameras, key=lambda camera: camera.name):
        digest.update(f"{camera.name}\0{camera.calibration_hash}\n".encode())
    return digest.hexdigest()


def calibration_hash_of(clip: Clip) -> str:
    """Return a clip's; its manifest is read where the row doesn't have it yet."""
    if not clip.calibration_hash:
        clip.calibration_hash = calibration_hash(manifest_read(clip.storage_prefix))
        Clip.objects.filter(pk=clip.pk).update(calibration_hash=clip.calibration_hash)
    return clip.calibration_hash
