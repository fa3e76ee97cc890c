"""Draws the targets over simulated pictures: ``python -m bench.projection.pictures``.

Without arguments it writes the pictures of ``docs/projection.md``. With ``--clips FOLDER`` it draws
the pictures of the clips in a folder, to look at; what isn't ours stays out of the repository.
"""

import argparse
import colorsys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from projection import Scene, Status, Track, View, render
from projection.batch.image_targets import LabelTarget
from projection.cuboids import cuboid_edges
from projection.io import ClipFolder, FormatError, ImageRow, read_clip_folder
from projection.rle import decode
from simulation import car_rig, make_clip

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "images" / "projection"
WIDTH = 960
#: Which lens sits on which camera of the car, so that each model is seen once.
LENSES = {
    "front_narrow": "pinhole",
    "front_main": "opencv",
    "front_wide": "ftheta",
    "left_forward": "mei",
    "right_forward": "double_sphere",
    "left_rearward": "cylindrical",
    "right_rearward": "woodscape",
    "rear": "opencv_fisheye",
}
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 82]
_SUB = 4  # cv2 draws at sixteenths of a pixel with four bits of fraction


def color_of(name: str) -> tuple[int, int, int]:
    """A colour that a name always gets, BGR."""
    hue = (sum(ord(letter) * (place + 7) for place, letter in enumerate(name)) * 0.137) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 1.0)
    return round(255 * blue), round(255 * green), round(255 * red)


def draw(picture: np.ndarray, uv: np.ndarray, color: tuple[int, int, int], width: int = 1) -> None:
    """A line through pixels (n, 2)."""
    fixed = np.rint(np.clip(uv, -2e4, 2e4) * (1 << _SUB)).astype(np.int32)
    cv2.polylines(picture, [fixed], False, color, width, cv2.LINE_AA, _SUB)


def blended(picture: np.ndarray, mask: np.ndarray, color: tuple[int, int, int]) -> None:
    """Colour a mask, half see-through."""
    picture[mask] = (0.5 * picture[mask] + 0.5 * np.array(color)).astype(np.uint8)


def draw_boxes(picture: np.ndarray, view: View, scene: Scene) -> None:
    """Edges of boxes in space, and their tight boxes."""
    for entry in render(view, scene, ["box2d_clipped"]):
        box = entry.target.box_clipped
        if entry.label.geometry != "cuboid" or box is None:
            continue
        color = color_of(entry.class_name)
        for edge in cuboid_edges(view, Track.from_dict(entry.label.spec)):
            draw(picture, edge, color)
        u0, v0, u1, v1 = box
        corners = np.array([[u0, v0], [u1, v0], [u1, v1], [u0, v1], [u0, v0]])
        draw(picture, corners, (255, 255, 255))


def draw_road(picture: np.ndarray, view: View, scene: Scene) -> None:
    """Surfaces filled, lines drawn: what is hidden, thin and dark."""
    targets = render(view, scene, ["polygon", "polyline"])
    for entry in targets:
        filled = np.zeros(picture.shape[:2], dtype=np.uint8)
        rings = [np.rint(ring * 16).astype(np.int32) for ring in entry.target.rings or ()]
        if rings:
            cv2.fillPoly(filled, rings, 1, cv2.LINE_8, _SUB)
            blended(picture, filled.astype(bool), color_of(entry.class_name))
    for entry in targets:
        for piece in entry.target.pieces or ():
            color = color_of(entry.class_name) if piece.visible else (60, 60, 60)
            draw(picture, piece.uv, color, 2 if piece.visible else 1)


def draw_masks(picture: np.ndarray, view: View, scene: Scene) -> None:
    """Visible pixels of each label that is a box, and its tight visible box."""
    size = list(picture.shape[:2])
    for number, entry in enumerate(render(view, scene, ["mask_visible", "box2d_visible"])):
        seen = entry.target.silhouette
        if entry.label.geometry != "cuboid" or seen is None or not seen.visible_px:
            continue
        mask = decode({"size": size, "counts": seen.visible.encode()})
        blended(picture, mask, color_of(f"{entry.label.id}{number}"))


def draw_hidden(picture: np.ndarray, view: View, scene: Scene) -> None:
    """How much of each box is hidden: green for nothing, red for all."""
    for entry in render(view, scene, ["outline", "occlusion"]):
        seen = entry.target.silhouette
        if seen is None or not entry.target.outline:
            continue
        share = seen.hidden
        color = (0, round(255 * (1 - share)), round(255 * share))
        for loop in entry.target.outline:
            draw(picture, np.concatenate([loop, loop[:1]]), color, 2)


def draw_depth(picture: np.ndarray, view: View, scene: Scene) -> None:
    """Depth of all labels: near is bright."""
    depth = render(view, scene, ["depth"]).depth
    assert depth is not None
    near = np.clip(255.0 * 4.0 / np.maximum(depth.range_m, 4.0), 0, 255).astype(np.uint8)
    colored = cv2.applyColorMap(near, cv2.COLORMAP_TURBO)
    found = np.isfinite(depth.range_m)
    picture[found] = colored[found]


TARGETS = {
    "boxes": draw_boxes,
    "road": draw_road,
    "masks": draw_masks,
    "hidden": draw_hidden,
    "depth": draw_depth,
}


def keypoints(picture: np.ndarray, target: LabelTarget) -> None:
    """Dots: filled where seen."""
    for point in target.keypoints or ():
        if point.uv is not None:
            center = round(point.uv[0]), round(point.uv[1])
            filled = -1 if point.status == Status.OK else 1
            cv2.circle(picture, center, 3, (0, 255, 255), filled, cv2.LINE_AA)


def picture_of(clip: ClipFolder, image: ImageRow) -> np.ndarray:
    """The picture that was taken, or a grey one."""
    camera = clip.camera(image.camera)
    if image.path is None:
        return np.full((camera.height, camera.width, 3), 40, dtype=np.uint8)
    found = cv2.imread(str(clip.path / image.path), cv2.IMREAD_COLOR)
    assert found is not None, image.path
    return found


def documentation() -> None:
    """The pictures of the documentation."""
    DOCS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        rig = car_rig(WIDTH, lenses=LENSES)
        make_clip(Path(folder) / "clip", seed=4, ticks=2, tick_s=0.2, rig=rig, sweeps=False)
        clip = read_clip_folder(Path(folder) / "clip")
        scene = Scene(clip.label_sets)
        for camera in clip.cameras:
            image = clip.images_of(camera.name)[0]
            view = View(camera, None, clip.trajectory, image.time_ns)
            picture = picture_of(clip, image)
            draw_road(picture, view, scene)
            draw_boxes(picture, view, scene)
            write(DOCS / f"lens_{camera.model}.jpg", picture)
            if camera.name == "front_main":
                for name, draw_target in TARGETS.items():
                    picture = picture_of(clip, image)
                    draw_target(picture, view, scene)
                    write(DOCS / f"target_{name}.jpg", picture)


def write(path: Path, picture: np.ndarray) -> None:
    """A picture, at most 800 px wide."""
    share = min(1.0, 800.0 / picture.shape[1])
    small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path), small, _QUALITY)
    print(path)


def recordings(clips: Path, out: Path) -> None:
    """Every picture of every clip in a folder."""
    for folder in sorted(clips.iterdir()):
        try:
            clip = read_clip_folder(folder)
        except FormatError as error:
            print(f"{folder.name}: {error}")
            continue
        scene = Scene(clip.label_sets)
        for image in [row for row in clip.images if row.path is not None][:60]:
            view = View(clip.camera(image.camera), None, clip.trajectory, image.time_ns)
            picture = picture_of(clip, image)
            draw_road(picture, view, scene)
            draw_boxes(picture, view, scene)
            target = out / folder.name
            target.mkdir(parents=True, exist_ok=True)
            write(target / f"{image.camera}_{image.time_ns}.jpg", picture)


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, help="a folder of clip folders, drawn to look at")
    parser.add_argument("--out", type=Path, default=ROOT / "test-output" / "projection")
    arguments = parser.parse_args()
    if arguments.clips is None:
        documentation()
    else:
        recordings(arguments.clips, arguments.out)


if __name__ == "__main__":
    main()
