"""Rasters of a view: which label, how deep, how much of it hidden; nothing here is imported early.

The modules (import them by name; they load numba, so ``import projection`` must not):

- ``tessellate``: labels as ``Triangles`` with owners, float64 about an ``origin_m`` of their own:
  ``cuboids``, ``polygon``, ``ribbon``, ``mesh``, ``surface``, ``concatenate``.
- ``zbuffer``: ``rasterise(view, triangles, workspace)`` -> ``ZBuffer``: owner and triangle of every
  pixel (-1 for none), depth and range (inf for none), each worked out when it is asked for.
- ``amodal``: ``silhouettes(triangles, zbuffer, owners, workspace)``: of each owner the whole mask
  and the visible one (RLE, area, box), the part hidden, the three that hide most of it.
- ``points``: ``splat`` and ``label_pixels`` of sweeps, ``visible`` and ``unhidden`` along lines,
  ``merged_depth`` with the source of every pixel.

Inside: ``bodies`` (convex things with one outline), ``shapes`` (which triangles make one),
``poses`` (of each line), ``strips`` (planes of a body in eight lines, and the tiles it touches),
``paint`` (any lens and shutter, by rays), ``tiles`` and ``spans`` (pinholes), ``rays`` (a lens's
rays and tiles), ``bits`` (what a label covers, and runs of it), ``stock`` (what comes of each label
that was stamped), ``layers``, ``memory``, ``bare`` (how kernels are compiled); ``reference`` says
the same plainly, for tests.

Beside them: ``projection.rle`` (masks of a whole id picture in one pass), ``projection.bev``,
``projection.occupancy`` and ``projection.flow`` (targets per time).

How: no face is ever split and nothing is clipped. A pixel's centre has one ray; the ray meets a
convex body where it lies on the inner side of the planes through the camera and the edges of the
body's outline, and comes in through the last of the faces that look at the camera. That is exact
for every lens, also behind the camera's plane and beyond 180 degrees, and for every line of a
rolling shutter at that line's own time, where a pixel's line is known and needn't be searched for.
Cones around tiles of rays say which tiles a body can't touch and which it covers wholly; only along
the outline is each pixel asked. Pinholes get the same test as straight spans. Each edge's plane is
computed in one direction for both its triangles, so a pixel on it, to the last bit, belongs to
exactly one: the one to its right, or below (top-left rule).
"""

# Before any kernel is loaded: those that were compiled from other sources go.
import projection.kernels  # noqa: F401
