"""Writes boxes as COCO with Datumaro; runs in an environment of its own.

``python peer_datumaro.py BOXES.json FOLDER``: a list of images ``{"name", "width", "height",
"boxes": [[class, x, y, width, height], ...]}``. Prints wall and CPU seconds as JSON.
"""

import json
import sys
import time
from pathlib import Path


def main() -> int:
    """Write what is asked for; the package is only in an environment of its own."""
    from datumaro.components.annotation import Bbox
    from datumaro.components.dataset import Dataset
    from datumaro.components.dataset_base import DatasetItem
    from datumaro.components.media import Image

    asked = json.loads(Path(sys.argv[1]).read_bytes())
    items = [
        DatasetItem(
            id=image["name"],
            media=Image.from_file(
                path=f"{image['name']}.jpg", size=(image["height"], image["width"])
            ),
            annotations=[
                Bbox(x, y, width, height, label=label, id=number)
                for number, (label, x, y, width, height) in enumerate(image["boxes"])
            ],
        )
        for image in asked["images"]
    ]
    dataset = Dataset.from_iterable(items, categories=asked["classes"])
    before, cpu_before = time.perf_counter(), time.process_time()
    dataset.export(sys.argv[2], "coco_instances", save_media=False)
    taken = time.perf_counter() - before, time.process_time() - cpu_before
    print(json.dumps(taken))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
