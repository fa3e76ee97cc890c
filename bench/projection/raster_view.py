"""One 1.2-megapixel view with 100 boxes on a road, beside Embree and pycocotools.

``python -m bench.projection.raster_view`` prints, for each lens and shutter, the time of ids,
range, visible boxes, areas and RLE, how many times faster that is than Open3D's RaycastingScene
plus pycocotools for the same, and on how many object pixels both agree. With ``+ ratios`` ours also
finds each label's whole mask, the part hidden and what hides it, which the others would need a cast
per label for: the ratio then is against less work, and it is the one that the table of benchmarks
holds to its bar. Below, what each stage takes. Ratios of one run count; milliseconds only inform.
"""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.projection.raster_scene import GROUND, scene, view
from bench.table import Line, SkippedError, benchmark
from projection.raster.amodal import silhouettes
from projection.raster.bits import untouched
from projection.raster.memory import Workspace
from projection.raster.tessellate import Triangles
from projection.raster.zbuffer import ZBuffer, painter_for, rasterise
from projection.rle import encode_ids
from projection.status import Status
from projection.view import View

ROLLING = {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 30_000.0}
LENSES = ("pinhole", "opencv", "opencv_fisheye")
CASES = [(lens, shutter) for shutter in (None, ROLLING) for lens in LENSES]


def best_ms(work: Callable[[], Any], repeats: int = 7) -> float:
    """The least time of several runs, after one that compiles."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1e3


class Embree:
    """The same result with Open3D and pycocotools."""

    def __init__(self, here: View, triangles: Triangles) -> None:
        import open3d

        self._open3d = open3d
        shift = triangles.origin_m - here.origin_m
        corners = (triangles.vertices_m + shift).reshape(-1, 3)
        self._vertices = corners.astype(np.float32)
        self._faces = np.arange(len(corners), dtype=np.uint32).reshape(-1, 3)
        self._owners = np.append(triangles.owners, np.int32(-1))
        self._size = here.camera.height, here.camera.width
        height, width = self._size
        uv = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(-1, 2)
        origins, rays, status = here.unproject(uv.astype(np.float64))
        self.valid = (status == Status.OK).reshape(self._size)
        table = np.hstack([origins - here.origin_m, rays]).astype(np.float32)
        table[~self.valid.ravel()] = 0.0
        self._rays = open3d.core.Tensor(table)

    def cast(self) -> tuple[np.ndarray, np.ndarray]:
        """Owner and range of every pixel; the scene is built anew, as for every picture."""
        world = self._open3d.t.geometry.RaycastingScene()
        world.add_triangles(self._vertices, self._faces)
        hit = world.cast_rays(self._rays)
        ranges = hit["t_hit"].numpy()
        index = np.where(np.isfinite(ranges), hit["primitive_ids"].numpy().astype(np.int64), -1)
        return self._owners[index].reshape(self._size), ranges.reshape(self._size)

    def result(self) -> list[tuple[bytes, Any, Any]]:
        """Ids, depth, and of every owner in the picture its RLE, box and area."""
        from pycocotools import mask as coco

        owners, _ = self.cast()
        found = []
        for owner in np.unique(owners[owners >= 0]):
            rle = coco.encode(np.asfortranarray(owners == owner).view(np.uint8))
            found.append((rle["counts"], coco.toBbox(rle), coco.area(rle)))
        return found


def _seen(here: View, triangles: Triangles, memory: Workspace) -> ZBuffer:
    """The z-buffer, with ids and ranges worked out."""
    drawn = rasterise(here, triangles, memory)
    assert drawn.owner.shape == drawn.range_m.shape
    return drawn


def stages(lens: str, shutter: dict[str, Any] | None) -> dict[str, float]:
    """Milliseconds of each stage of one case."""
    here, memory = view(lens, shutter), Workspace()
    triangles = scene(around=lens == "opencv_fisheye")
    drawn = rasterise(here, triangles, memory)
    painter = painter_for(here)
    where = untouched(len(drawn.near))

    def afresh() -> ZBuffer:
        return ZBuffer(
            here, painter, drawn.bodies, drawn.order, drawn.near, drawn.index, Workspace()
        )

    kept = afresh()
    # A cached property's own function: what is there already isn't counted.
    layers = {name: getattr(ZBuffer, name).func for name in ("owner", "range_m", "depth_m")}
    return {
        "painter": best_ms(lambda: painter_for(here)),
        "bodies": best_ms(lambda: painter.prepare(triangles)),
        "draw": best_ms(lambda: painter.draw(drawn.bodies, drawn.near, drawn.index, where)),
        **{name: best_ms(lambda work=work: work(kept)) for name, work in layers.items()},
        "masks": best_ms(lambda: silhouettes(triangles, drawn, workspace=memory)),
        "RLE of ids": best_ms(lambda: encode_ids(kept.owner)),
    }


def measure(lens: str, shutter: dict[str, Any] | None) -> dict[str, float]:
    """Times and agreement of one case."""
    here = view(lens, shutter)
    triangles = scene(around=lens == "opencv_fisheye")
    memory = Workspace()
    peer = Embree(here, triangles)
    drawn = rasterise(here, triangles)
    owners, ranges = peer.cast()
    objects = peer.valid & (owners >= 0) & (owners != GROUND)
    same = peer.valid & (owners >= 0) & (drawn.owner == owners)
    assert [counts for counts, _, _ in peer.result()] == encode_ids(owners).counts
    return {
        "ours": best_ms(lambda: encode_ids(_seen(here, triangles, memory).owner)),
        "whole": best_ms(
            lambda: silhouettes(triangles, _seen(here, triangles, memory), workspace=memory)
        ),
        "theirs": best_ms(peer.result, 3),
        "agree": float((drawn.owner == owners)[objects].mean()),
        "range": float(np.abs(drawn.range_m[same] / ranges[same] - 1.0).max()),
        "objects": int(objects.sum()),
    }


@benchmark("raster")
def views() -> Iterator[Line]:
    """Ids, range, boxes, ratios and RLE of a view through each lens and shutter."""
    try:
        import open3d  # noqa: F401
    except (ImportError, OSError) as error:
        message = f"Open3D doesn't load: {error}"
        raise SkippedError(message) from error
    for lens, shutter in CASES:
        found = measure(lens, shutter)
        kind = f"{lens}, {'global' if shutter is None else 'rolling'}"
        yield Line(
            f"view {kind}: Embree + pycocotools",
            f"{found['whole']:.1f} ms",
            f"{found['theirs']:.0f} ms",
            found["theirs"] / found["whole"],
            10.0,
            note="theirs without whole masks, hidden parts and what hides them; without these "
            f"ours takes {found['ours']:.1f} ms",
        )
        yield Line(
            f"view {kind}: ids as Embree's",
            f"{found['agree']:.6f}",
            f"{found['objects']:.0f} px",
            found["agree"],
            0.99999 if kind == "pinhole, global" else 0.9995,
        )


def main() -> None:
    """Print the tables."""
    import resource

    names = ("ms", "x", "+ ratios", "x", "Embree+coco", "object px", "ids agree", "range differs")
    print(f"{'lens':16}{'shutter':9}" + "".join(f"{name:>14}" for name in names))
    for lens, shutter in CASES:
        found = measure(lens, shutter)
        ours, whole, theirs = found["ours"], found["whole"], found["theirs"]
        figures = [f"{value:.1f}" for value in (ours, theirs / ours, whole, theirs / whole, theirs)]
        figures += [f"{found['objects']}", f"{found['agree']:.6f}", f"{found['range']:.1e}"]
        kind = "global" if shutter is None else "rolling"
        print(f"{lens:16}{kind:9}" + "".join(f"{figure:>14}" for figure in figures))
        sys.stdout.flush()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"peak memory, Embree included: {peak} MiB")
    for row, (lens, shutter) in enumerate(CASES):
        taken = stages(lens, shutter)
        if not row:
            print(f"{'ms of a stage':25}" + "".join(f"{name:>14}" for name in taken))
        kind = "global" if shutter is None else "rolling"
        print(f"{lens:16}{kind:9}" + "".join(f"{value:14.2f}" for value in taken.values()))


if __name__ == "__main__":
    main()
