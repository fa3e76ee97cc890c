"""KITTI object: each image of each camera without distortion is a frame of its own."""

from pathlib import Path

from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.kitti import (
    KittiImage,
    calibration,
    camera_of,
    dont_care_last,
    images_of,
    note_single,
    velodyne,
)
from labelapp.datasets.formats.losses import SeenInImages
from labelapp.datasets.formats.pictures import png_of, recorded_picture
from labelapp.datasets.formats.sweeps import ClipSweeps, report_sweeps
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import holds_boxes, pinhole_matrix
from projection.target_spec import TargetSpec

NAME = "kitti_object"
_BENT = "images of cameras whose lens isn't a plain pinhole"


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec asks for boxes of boxes."""
    return holds_boxes(spec) and spec.wants("box2d_clipped", "box2d_visible")


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``kitti_object.zip``; those of all splits are unpacked into one folder."""
    if not holds(targets.spec):
        return []
    name = targets.file_name(f"{NAME}.zip")
    # Frames of a split are numbered on from where the splits before it end.
    number = _images_before(targets)
    frames: list[str] = []
    listed = targets.scratch / f"{name}.list"
    with FolderZip(folder / name, targets.folder_name(NAME)) as archive, listed.open("w") as file:
        seen = SeenInImages(lambda clip, written, _: note_single(targets, clip, written))
        sweeps = None
        for reader in targets.pieces():
            if pinhole_matrix(camera_of(reader).spec) is None:
                targets.report[_BENT] += reader.images().num_rows
                continue
            if sweeps is None or sweeps.clip is not reader.clip:
                sweeps = ClipSweeps(reader.clip)
                report_sweeps(targets, sweeps)
            for image in images_of(targets, reader):
                seen.image(reader.clip, image.camera.name, image.time_ns)
                for label, box in image.written:
                    seen.box(label, box)
                frame = f"{number:06d}"
                lines = [line for _, line in dont_care_last(image.rows)]
                text = "".join(f"{line}\n" for line in lines)
                archive.add(f"training/label_2/{frame}.txt", text)
                archive.add(f"training/calib/{frame}.txt", calibration(image.camera))
                file.write(f"{frame} {image.image}\n")
                if targets.has_pictures:
                    _add_recorded(archive, image, sweeps, frame)
                frames.append(frame)
                number += 1
        seen.done()
        file.flush()
        split = targets.split or "train"
        archive.add(f"ImageSets/{split}.txt", "".join(f"{frame}\n" for frame in frames))
        archive.add_file(f"ImageSets/{split}.images.txt", listed)
    listed.unlink()
    return [name]


def _add_recorded(archive: FolderZip, image: KittiImage, sweeps: ClipSweeps, frame: str) -> None:
    """Add an image's picture, and the points that were measured around it."""
    picture = recorded_picture(sweeps.clip, image.camera.name, image.time_ns)
    if picture is not None:
        archive.add(f"training/image_2/{frame}.png", png_of(*picture))
    points = velodyne(sweeps, image.time_ns)
    if points is not None:
        archive.add(f"training/velodyne/{frame}.bin", points)


def _images_before(targets: TargetsReader) -> int:
    """Return how many frames the splits before this one have."""
    splits = targets.source.splits()
    count = 0
    for split in splits[: splits.index(targets.split)]:
        for reader in targets.of_split(split).pieces():
            if pinhole_matrix(camera_of(reader).spec) is not None:
                count += reader.images().num_rows
    return count
