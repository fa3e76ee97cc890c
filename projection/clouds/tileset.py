"""Clouds of any size as 3D Tiles 1.1 with bounded memory: points go to disk, then part by part up.

https://docs.ogc.org/cs/22-025r4/22-025r4.html. The tileset is additive: a tile is drawn together
with those above it. Its ``geometricError`` is the distance between its points.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from projection.arrays import Float64Array
from projection.clouds.glb import Cube, encode_tile
from projection.clouds.octree import MAX_LEVEL, Cutter, Node
from projection.clouds.parts import Part, split
from projection.clouds.records import CloudPoints, records_of

#: So many are cut in memory at once: about 0.4 GB with what that needs.
MEMORY_POINTS = 4_000_000
#: Written and read in blocks of so many.
BLOCK_POINTS = 500_000
TILESET = "tileset.json"

#: Takes a file's name and content; may be called from one thread at a time.
WriteFile = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Tileset:
    """What was written.

    Attributes:
        version: Hash of all its content, 32 hexadecimal digits.
        point_count: In all tiles.
        tile_count: Files of points.
        size: Bytes of all files.
    """

    version: str
    point_count: int
    tile_count: int
    size: int


class TilesetWriter:
    """Takes points in any order and number, then writes their tileset.

    Args:
        folder: An empty folder for what doesn't fit into memory: 40 bytes a point.
        write: Takes the files: ``tileset.json`` last, tiles as ``<number>.glb`` before.
        progress: Told points cut and points in all.
    """

    def __init__(
        self, folder: Path, write: WriteFile, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._folder = folder
        self._write = write
        self._progress = progress or (lambda *_: None)
        self._spool = (folder / "points").open("w+b")
        self._origin_m: Float64Array | None = None
        self._lowest_m = np.full(3, np.inf)
        self._highest_m = np.full(3, -np.inf)
        self._random = np.random.default_rng(0)
        self._count = self._done = self._tiles = self._points = self._size = 0
        self._digest = hashlib.sha256()

    def add(self, points: CloudPoints) -> None:
        """Take points, finite ones, world frame."""
        if not len(points):
            return
        if self._origin_m is None:
            # Whole numbers: what is taken away can be added again without rounding.
            self._origin_m = np.rint(np.median(points.positions_m, axis=0))
        records = records_of(points, self._origin_m)
        self._lowest_m = np.minimum(self._lowest_m, records["position"].min(axis=0))
        self._highest_m = np.maximum(self._highest_m, records["position"].max(axis=0))
        self._random.shuffle(records)
        records.tofile(self._spool)
        self._count += len(records)

    def finish(self) -> Tileset:
        """Write all tiles and the tileset; one without points has an empty root."""
        with self._spool:
            self._spool.flush()
        origin = np.zeros(3) if self._origin_m is None else self._origin_m
        self._cutter = Cutter(self._write_node)
        root = self._cut(Part(self._folder / "points", 0, self._count), self._cube(), level=0)
        self._write_node(root)
        content = orjson.dumps(_tileset(root, origin))
        self._put(TILESET, content)
        return Tileset(self._digest.hexdigest()[:32], self._points, self._tiles, self._size)

    def _cube(self) -> Cube:
        if not self._count:
            return Cube(np.zeros(3), 1.0)
        extent = self._highest_m - self._lowest_m
        size = max(float(extent.max()) * 1.0001, 0.01)
        return Cube((self._lowest_m + self._highest_m - size) / 2, size)

    def _cut(self, part: Part, cube: Cube, level: int) -> Node:
        if level >= MAX_LEVEL:  # all on one spot
            part = Part(part.path, part.first, min(part.count, MEMORY_POINTS))
        if part.count <= MEMORY_POINTS:
            records = part.read()
            self._random.shuffle(records)
            self._done += len(records)
            self._progress(self._done, self._count)
            return self._cutter.cut(records, cube, level)
        pieces = split(part, cube, self._folder / f"level-{level}", MEMORY_POINTS, BLOCK_POINTS)
        with pieces:
            by_place: dict[tuple[int, tuple[int, int, int]], Node] = {}
            for piece in pieces.pieces:
                node = self._cut(piece.part, piece.cube, level + piece.depth)
                by_place[piece.depth, piece.place] = node
        return self._join(by_place, cube)

    def _join(self, by_place: dict[tuple[int, tuple[int, int, int]], Node], cube: Cube) -> Node:
        """Make the nodes above the pieces: each takes one point per cell out of its children."""
        for depth in range(max(depth for depth, _ in by_place), 0, -1):
            parents: dict[tuple[int, int, int], list[Node]] = {}
            for (found, (x, y, z)), node in list(by_place.items()):
                if found == depth:
                    parents.setdefault((x >> 1, y >> 1, z >> 1), []).append(node)
                    del by_place[found, (x, y, z)]
            size = cube.size_m / 2 ** (depth - 1)
            for place, children in sorted(parents.items()):
                corner = cube.corner_m + np.array(place, dtype=np.float64) * size
                by_place[depth - 1, place] = self._parent(Cube(corner, size), children)
        (root,) = by_place.values()
        return root

    def _parent(self, cube: Cube, children: list[Node]) -> Node:
        node = Node(cube, children=children)
        records = [child.records for child in children if child.records is not None]
        joined = np.concatenate(records)
        chosen = self._cutter.choose(joined, cube)
        node.records = joined[chosen]
        ends = np.cumsum([len(found) for found in records])
        node.bound()  # before the children give points away: their extent holds for them all
        for child, taken in zip(children, np.split(chosen, ends[:-1]), strict=True):
            assert child.records is not None  # noqa: S101  none was written yet
            child.records = child.records[~taken]
            self._write_node(child)
        return node

    def _write_node(self, node: Node) -> None:
        records, node.records = node.records, None
        if records is None or not len(records):
            return
        node.number = self._tiles
        self._tiles += 1
        self._points += len(records)
        origin = self._origin_m
        assert origin is not None  # noqa: S101  points came with it
        self._put(f"{node.number}.glb", encode_tile(records, node.cube, origin))

    def _put(self, name: str, content: bytes) -> None:
        self._digest.update(hashlib.sha256(content).digest())
        self._size += len(content)
        self._write(name, content)


def _tileset(root: Node, origin_m: Float64Array) -> dict[str, object]:
    return {
        "asset": {"version": "1.1"},
        "geometricError": root.spacing_m * 2,
        "root": _tile(root, origin_m) | {"refine": "ADD"},
    }


def _tile(node: Node, origin_m: Float64Array) -> dict[str, object]:
    is_empty = not np.isfinite(node.lowest_m).all()
    lowest = node.cube.corner_m if is_empty else node.lowest_m
    highest = node.cube.corner_m if is_empty else node.highest_m
    # Rounding to 16 bits moves points by less than a millimetre.
    centre, half = (lowest + highest) / 2 + origin_m, (highest - lowest) / 2 + 1e-3
    tile: dict[str, object] = {
        "boundingVolume": {
            "box": [
                *(round(float(value), 4) for value in centre),
                *(round(float(half[0]), 4), 0, 0),
                *(0, round(float(half[1]), 4), 0),
                *(0, 0, round(float(half[2]), 4)),
            ]
        },
        "geometricError": round(node.spacing_m, 6) if node.children else 0,
    }
    if node.number >= 0:
        tile["content"] = {"uri": f"{node.number}.glb"}
    if node.children:
        tile["children"] = [_tile(child, origin_m) for child in node.children]
    return tile
