"""A folder of targets as one COCO file: boxes, masks as run-length strings.

COCO counts from a pixel's corner, we from its centre: boxes are moved by half a pixel.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq

from projection.batch import chunk_files
from projection.spec import SpecError
from projection.target_spec import TargetSpec, TargetSpecs

FILE = "coco.json"
_CORNER_FROM_CENTRE_PX = 0.5
_DECIMALS = 3
_SIDES = ("u0", "v0", "u1", "v1")
_BATCH_ROWS = 1024


def check(specs: TargetSpecs) -> None:
    """Whether COCO can hold what any of the heads asks for.

    Raises:
        SpecError: All of them ask for no mask, or for no box.
    """
    wrong = []
    for _, spec in specs.heads:
        try:
            _check(spec)
        except SpecError as error:
            wrong.append(error)
    if len(wrong) == len(specs.heads):
        raise wrong[0]


def _check(spec: TargetSpec) -> None:
    for choices in (("mask_visible", "mask_whole"), ("box2d_visible", "box2d_clipped")):
        if not spec.wants(*choices):
            expected = f"{choices[0]} or {choices[1]}, for COCO"
            raise SpecError("targets", expected, ", ".join(spec.targets), "target spec")


def write(folder: Path, specs: TargetSpecs) -> list[Path]:
    """Write ``coco.json`` from the Parquet files, little by little, for each head that can."""
    written = []
    for name, spec in specs.heads:
        try:
            _check(spec)
        except SpecError:
            continue
        written.append(_write(folder / name, spec))
    return written


def _write(folder: Path, spec: TargetSpec) -> Path:
    chunks = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["chunks"]
    names = [chunk["chunk"] for chunk in chunks]
    categories = {name: number for number, name in enumerate(_classes(folder, names, spec), 1)}
    path = folder / FILE
    partial = path.with_name(FILE + chunk_files.PARTIAL)
    with partial.open("wb") as file:
        file.write(b'{"info":{"description":"labelapp targets","version":"1"},"licenses":[],')
        file.write(b'"categories":')
        _write_list(file, ({"id": n, "name": name} for name, n in categories.items()))
        file.write(b',"images":')
        _write_list(file, _images(folder, names))
        file.write(b',"annotations":')
        _write_list(file, _annotations(folder, names, spec, categories))
        file.write(b"}\n")
    partial.replace(path)
    return path


def _write_list(file: IO[bytes], values: Iterable[dict[str, Any]]) -> None:
    file.write(b"[")
    for place, value in enumerate(values):
        file.write(b",\n" if place else b"\n")
        file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    file.write(b"]")


def _rows(folder: Path, kind: str, name: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(folder / kind / name) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
            yield from batch.to_pylist()


def _classes(folder: Path, names: list[str], spec: TargetSpec) -> list[str]:
    """The spec's classes in its order; where it takes all, those that occur, by name."""
    if spec.classes is not None:
        return [rule.name for rule in spec.classes]
    return sorted(
        {
            row["class"]
            for name in names
            for row in _rows(folder, chunk_files.TARGETS, name, ["class"])
        }
    )


def _images(folder: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    columns = ["image", "camera", "time_ns", "width", "height", "calibration_hash"]
    number = 0
    for name in names:
        for row in _rows(folder, chunk_files.IMAGES, name, columns):
            number += 1
            yield {
                "id": number,
                "file_name": row["image"] or f"{row['camera']}/{row['time_ns']}",
                "width": row["width"],
                "height": row["height"],
                "camera": row["camera"],
                "time_ns": str(row["time_ns"]),
                "has_picture": row["image"] is not None,
                "calibration_hash": row["calibration_hash"],
            }


def _annotations(
    folder: Path, names: list[str], spec: TargetSpec, categories: dict[str, int]
) -> Iterator[dict[str, Any]]:
    mask = "mask_visible" if spec.wants("mask_visible") else "mask_whole"
    box = "box_visible" if spec.wants("box2d_visible") else "box_clipped"
    extra = [name for name in ("truncation", "occlusion") if spec.wants(name)]
    if spec.wants("distance"):
        extra.append("distance_m")
    columns = [
        "time_ns", "width", "height", "layer", "label_id", "label_version", "class", "attributes",
        "ignored", mask, f"{mask}_px", *(f"{box}_{side}_px" for side in _SIDES), *extra,
    ]  # fmt: skip
    tracks: dict[tuple[str, str], int] = {}
    number, first = 0, 1
    for name in names:
        images = list(_rows(folder, chunk_files.IMAGES, name, ["time_ns"]))
        ids = {row["time_ns"]: place for place, row in enumerate(images, first)}
        first += len(images)
        for row in _rows(folder, chunk_files.TARGETS, name, columns):
            sides = [row[f"{box}_{side}_px"] for side in _SIDES]
            if row[mask] is None or None in sides or not row[f"{mask}_px"]:
                # Lines without a width and keypoints have no pixels; what is hidden has none left.
                continue
            number += 1
            u0, v0, u1, v1 = sides
            yield {
                "id": number,
                "image_id": ids[row["time_ns"]],
                "category_id": categories[row["class"]],
                "bbox": [
                    round(u0 + _CORNER_FROM_CENTRE_PX, _DECIMALS),
                    round(v0 + _CORNER_FROM_CENTRE_PX, _DECIMALS),
                    round(u1 - u0, _DECIMALS),
                    round(v1 - v0, _DECIMALS),
                ],
                "area": row[f"{mask}_px"],
                "segmentation": {"size": [row["height"], row["width"]], "counts": row[mask]},
                "iscrowd": 0,
                "ignore": int(row["ignored"]),
                "track_id": tracks.setdefault((row["layer"], row["label_id"]), len(tracks) + 1),
                "layer": row["layer"],
                "label_id": row["label_id"],
                "label_version": row["label_version"],
                "attributes": json.loads(row["attributes"]),
                **{field: row[field] for field in extra},
            }
