"""Triangle soups: what everything in a simulated street is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


class Material(IntEnum):
    """How a surface answers light; the shader switches on these numbers."""

    PLAIN = 0
    ROAD = 1
    PAVEMENT = 2
    FACADE = 3
    GRASS = 4
    FOLIAGE = 5
    GLASS = 6
    LAMP = 7
    PAINT = 8
    ROOF = 9
    CORRUGATED = 10
    CAR_WINDOW = 11
    KERB = 12
    METAL = 13
    STRIPED = 14


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles with everything the shader needs; nothing is shared between them.

    Attributes:
        corners: (n, 3, 3) float64, metres: triangle, corner, xyz.
        normals: (n, 3, 3) float64, unit: the shading normal at each corner.
        uvs: (n, 3, 2) float64: texture coordinates, metres unless the material says otherwise.
        materials: (n,) int32, see `Material`.
        colours: (n, 3) float64, linear RGB, 0..1.
    """

    corners: NDArray[np.float64]
    normals: NDArray[np.float64]
    uvs: NDArray[np.float64]
    materials: NDArray[np.int32]
    colours: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of triangles."""
        return len(self.corners)

    def moved(self, rotation: ArrayLike, translation_m: ArrayLike) -> Mesh:
        """Return the mesh after `p -> rotation @ p + translation_m`."""
        R = np.asarray(rotation, dtype=np.float64)
        return Mesh(
            self.corners @ R.T + np.asarray(translation_m, dtype=np.float64),
            self.normals @ R.T,
            self.uvs,
            self.materials,
            self.colours,
        )

    def shifted(self, x_m: float = 0.0, y_m: float = 0.0, z_m: float = 0.0) -> Mesh:
        """Return the mesh moved without turning."""
        return self.moved(np.eye(3), (x_m, y_m, z_m))

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the lowest and the highest corner of the axis-aligned bounding box, (3,) each."""
        points = self.corners.reshape(-1, 3)
        return points.min(axis=0), points.max(axis=0)


def join(meshes: Sequence[Mesh]) -> Mesh:
    """Return all the triangles of `meshes` in order as one mesh."""
    return Mesh(
        np.concatenate([mesh.corners for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.uvs for mesh in meshes]),
        np.concatenate([mesh.materials for mesh in meshes]),
        np.concatenate([mesh.colours for mesh in meshes]),
    )


def rotation_z(angle_rad: float) -> NDArray[np.float64]:
    """Return the (3, 3) rotation about +z by `angle_rad`."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def rotation_y(angle_rad: float) -> NDArray[np.float64]:
    """Return the (3, 3) rotation about +y by `angle_rad`."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def rotation_x(angle_rad: float) -> NDArray[np.float64]:
    """Return the (3, 3) rotation about +x by `angle_rad`."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def soup(
    corners: ArrayLike,
    material: Material,
    colour: ArrayLike,
    *,
    normals: NDArray[np.float64] | None = None,
    uvs: NDArray[np.float64] | None = None,
) -> Mesh:
    """Return a mesh of one material and colour; flat normals unless given.

    Args:
        corners: (n, 3, 3) metres; triangles without area are left out.
        material: For all triangles.
        colour: (3,) linear RGB.
        normals: (n, 3, 3), or none for flat shading.
        uvs: (n, 3, 2), or none for zeros.
    """
    triangles = np.asarray(corners, dtype=np.float64)
    face = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    length = np.linalg.norm(face, axis=1)
    kept = length > 1e-14
    triangles, face, length = triangles[kept], face[kept], length[kept]
    if normals is None:
        normals = np.repeat((face / length[:, None])[:, None, :], 3, axis=1)
    else:
        normals = normals[kept]
    uvs = np.zeros((len(triangles), 3, 2)) if uvs is None else uvs[kept]
    count = len(triangles)
    return Mesh(
        triangles,
        normals,
        uvs,
        np.full(count, int(material), dtype=np.int32),
        np.tile(np.asarray(colour, dtype=np.float64), (count, 1)),
    )


def grid(
    points: ArrayLike,
    material: Material,
    colour: ArrayLike,
    *,
    uvs: NDArray[np.float64] | None = None,
    smooth: bool = True,
) -> Mesh:
    """Return the surface over a (rows, columns, 3) grid of points, two triangles a cell.

    The surface's front is where rows x columns points by the right-hand rule.
    """
    p = np.asarray(points, dtype=np.float64)
    rows, columns = p.shape[:2]
    if uvs is None:
        uvs = np.zeros((rows, columns, 2))
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1, :-1].ravel(), index[1:, :-1].ravel()
    c, d = index[1:, 1:].ravel(), index[:-1, 1:].ravel()
    faces = np.stack([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)], axis=1)
    faces = faces.reshape(-1, 3)
    flat = p.reshape(-1, 3)
    normals = _vertex_normals(flat, faces)[faces] if smooth else None
    return soup(flat[faces], material, colour, normals=normals, uvs=uvs.reshape(-1, 2)[faces])


def _vertex_normals(points: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (n, 3) unit normals, each the area-weighted mean over all faces at that place."""
    corners = points[faces]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    # Points at one place share a normal, so that closed rings have no seam.
    _, place = np.unique(np.round(points, 7), axis=0, return_inverse=True)
    place = place.reshape(-1)
    total = np.zeros((place.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, place[faces[:, corner]], face)
    normals = total[place]
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-14, normals / np.maximum(length, 1e-14), [[0.0, 0.0, 1.0]])


def loft(
    sections: ArrayLike,
    material: Material,
    colour: ArrayLike,
    *,
    smooth: bool = True,
    caps: bool = True,
) -> Mesh:
    """Return the skin through closed rings of points, and its two flat ends.

    Args:
        sections: (k, n, 3): k rings of n points, counter-clockwise seen from the last one.
        material: For all of it.
        colour: (3,) linear RGB.
        smooth: Round shading along and across the skin; the ends are always flat.
        caps: Close the ends with fans (the rings must be star-shaped about their mean).
    """
    rings = np.asarray(sections, dtype=np.float64)
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    meshes = [grid(closed[:, ::-1], material, colour, smooth=smooth)]
    if caps:
        for ring in (rings[0][::-1], rings[-1]):
            centre = np.tile(ring.mean(axis=0), (len(ring), 1))
            fan = np.stack([centre, ring, np.roll(ring, -1, axis=0)], axis=1)
            meshes.append(soup(fan, material, colour))
    return join(meshes)


def box(size_m: ArrayLike, centre_m: ArrayLike, material: Material, colour: ArrayLike) -> Mesh:
    """Return a box along the axes; uvs are metres over each face, (across, up) on its sides."""
    half = np.asarray(size_m, dtype=np.float64) / 2.0
    centre = np.asarray(centre_m, dtype=np.float64)
    triangles = []
    uvs = []
    for axis in range(3):
        first, second = [(1, 2), (0, 2), (0, 1)][axis]
        for side in (-1.0, 1.0):
            quad = np.zeros((4, 3))
            quad[:, axis] = side
            quad[:, first] = [-1.0, 1.0, 1.0, -1.0]
            quad[:, second] = [-1.0, -1.0, 1.0, 1.0]
            uv = (quad[:, [first, second]] + 1.0) * half[[first, second]]
            # The order (first, second, axis) is right-handed for x and z, left-handed for y.
            if (side > 0) == (axis == 1):
                quad, uv = quad[::-1], uv[::-1]
            corners = quad * half + centre
            triangles += [corners[[0, 1, 2]], corners[[0, 2, 3]]]
            uvs += [uv[[0, 1, 2]], uv[[0, 2, 3]]]
    return soup(np.array(triangles), material, colour, uvs=np.array(uvs))


def tube(
    start_m: ArrayLike,
    end_m: ArrayLike,
    radii_m: tuple[float, float],
    material: Material,
    colour: ArrayLike,
    *,
    sides: int = 12,
) -> Mesh:
    """Return a closed round bar from `start_m` to `end_m`, `radii_m` thick at these two."""
    start, end = np.asarray(start_m, dtype=np.float64), np.asarray(end_m, dtype=np.float64)
    axis = (end - start) / np.linalg.norm(end - start)
    helper = np.eye(3)[np.argmin(np.abs(axis))]
    across = np.cross(axis, helper)
    across /= np.linalg.norm(across)
    up = np.cross(axis, across)
    angles = np.arange(sides) * (2.0 * np.pi / sides)
    circle = np.cos(angles)[:, None] * across + np.sin(angles)[:, None] * up
    rings = np.stack([start + circle * radii_m[0], end + circle * radii_m[1]])
    return loft(rings, material, colour)


def ball(
    radii_m: ArrayLike,
    centre_m: ArrayLike,
    material: Material,
    colour: ArrayLike,
    *,
    rings: int = 8,
    sides: int = 12,
) -> Mesh:
    """Return an ellipsoid with its axes along x, y and z."""
    polar = np.linspace(-np.pi / 2.0, np.pi / 2.0, rings + 1)[:, None]
    around = np.linspace(0.0, 2.0 * np.pi, sides + 1)[None, :]
    unit = np.stack(
        [
            np.cos(polar) * np.cos(around),
            np.cos(polar) * np.sin(around),
            np.sin(polar) + 0.0 * around,
        ],
        axis=-1,
    )
    unit[:, -1] = unit[:, 0]
    unit[0], unit[-1] = [0.0, 0.0, -1.0], [0.0, 0.0, 1.0]
    points = unit * np.asarray(radii_m, dtype=np.float64) + np.asarray(centre_m, dtype=np.float64)
    return grid(points.transpose(1, 0, 2), material, colour)


def quad(
    corners_m: ArrayLike,
    material: Material,
    colour: ArrayLike,
    *,
    uvs: ArrayLike = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
) -> Mesh:
    """Return a flat four-cornered face, (4, 3), counter-clockwise seen from its front."""
    p = np.asarray(corners_m, dtype=np.float64)
    t = np.asarray(uvs, dtype=np.float64)
    return soup(
        np.stack([p[[0, 1, 2]], p[[0, 2, 3]]]),
        material,
        colour,
        uvs=np.stack([t[[0, 1, 2]], t[[0, 2, 3]]]),
    )
