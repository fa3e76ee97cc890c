"""Rasters of a view: which label, how deep, how much of it hidden; nothing here is imported early.

The modules (import them by name; they load numba, so ``import projection`` must not)::

    tessellate   Triangles(vertices_m, velocities_mps, owners, solids, nearer): world axes, metres
                 less ``origin_m``, float64; concatenate(parts) -> Triangles
                 cuboids(origin_m, centers_m, quats_xyzw, sizes_m, owners, *, scale=1.0,
                         velocities_mps=None, turn_rates_radps=None)
                 polygon(origin_m, rings_m, owner, *, nearer=0.0)
                 ribbon(origin_m, vertices_m, width_m, owner, *, closed=False, nearer=0.0)
                 mesh(origin_m, vertices_m, faces, owners)
    zbuffer      rasterise(view, triangles) -> ZBuffer: owner (h, w) int32 with -1 for none,
                 triangle (h, w) int32, depth_m and range_m (h, w) float32 with inf for none
    amodal       silhouettes(view, triangles, zbuffer) -> Silhouettes: for each owner its whole and
                 its visible mask (RLE, area, box), the fraction hidden, the top three that hide it
    points       splat(view, points_world, spacing_m, zbuffer=None) -> depth from sweeps
                 label_pixels(view, points_world, labels, zbuffer=None) -> point label picture
                 visible(view, points_world, zbuffer) -> along a line, point by point

Beside them: ``projection.rle`` (masks of a whole id picture in one pass), ``projection.bev``,
``projection.flow`` and ``projection.occupancy`` (targets per time, without a camera).

How: no face is ever split and nothing is clipped. A pixel's centre has one ray; the ray meets a
triangle where it lies on the inner side of the three planes through the camera and an edge. That is
exact for every lens, also behind the camera's plane and beyond 180 degrees, and for every line of a
rolling shutter at that line's own time. Pinholes get the same test as straight spans.
"""
