"""Where a clip's files lie in ``STORAGES["clips"]``.

::

    <prefix>/manifest.json.gz                 cameras, times, sweeps: see manifest.py
    <prefix>/trajectory.bin                   LAT1, as the API sends it
    <prefix>/images/<camera>/<index>.jpg      pictures as they were recorded (.png as well)
    <prefix>/thumbnails/<camera>/<index>.jpg  at most 480 px wide
    <prefix>/sweeps/<index>.las1              LAS1, world frame, as the API sends it
    <prefix>/sweeps/<index>/                  a huge sweep's 3D Tiles: see huge_sweeps.py
    <prefix>/clouds/<version>/                the static cloud as 3D Tiles: see preparing.py
    staging/<prefix>                          marks a clip that is being written: see staging.py
    uploads/<upload>/<number>                 parts of a clip folder that comes over HTTP

Cameras, images and sweeps are numbered as in the manifest: no name from a recording, let alone from
a client, ever becomes part of a path.
"""

import uuid

from django.core.files.storage import Storage, storages

MANIFEST = "manifest.json.gz"
TRAJECTORY = "trajectory.bin"
STAGING = "staging"
CLOUDS = "clouds"
UPLOADS = "uploads"
#: Begins the names of folders below ``DATA_DIR/work`` in which an import sorts points.
SPOOLED = "sweep-"


def clip_storage() -> Storage:
    """Return the storage of clips."""
    return storages["clips"]


def prefix_of(clip_id: uuid.UUID) -> str:
    """Return the folder of a clip."""
    return str(clip_id)


def image_name(camera: int, index: int, extension: str) -> str:
    """Return the place of a picture below its clip's prefix."""
    return f"images/{camera}/{index}.{extension}"


def thumbnail_name(camera: int, index: int) -> str:
    """Return the place of a picture's thumbnail below its clip's prefix."""
    return f"thumbnails/{camera}/{index}.jpg"


def sweep_name(index: int) -> str:
    """Return the place of a sweep below its clip's prefix."""
    return f"sweeps/{index}.las1"


def cloud_file_name(version: str, name: str) -> str:
    """Return the place of a file of a static cloud below its clip's prefix."""
    return f"{CLOUDS}/{version}/{name}"


def sweep_tile_name(index: int, name: str) -> str:
    """Return the place of a file of a huge sweep's tiles below its clip's prefix."""
    return f"sweeps/{index}/{name}"
