"""Labels of the demo's clip that are there without anybody drawing them."""

import uuid
from typing import Any

from api_client import ApiClient
from product import Product


def demo_clip(client: ApiClient) -> dict[str, Any]:
    """The simulated clip that every product of the tests begins with."""
    clips = client.get("/api/projects/demo/clips")["results"]
    return next(clip for clip in clips if clip["name"] == "demo_street")


def true_boxes(client: ApiClient, count: int) -> list[dict[str, Any]]:
    """Some of the simulator's boxes of the demo's clip."""
    sets = client.get(f"/api/clips/{demo_clip(client)['id']}/label-sets")
    truth = next(s for s in sets if (s["layer"], s["source"]) == ("objects", "simulation"))
    labels = client.get(f"/api/label-sets/{truth['id']}/labels")["labels"]
    boxes = [row["label"] for row in labels if row["label"]["geometry"] == "cuboid"]
    assert len(boxes) >= count
    return [dict(box, id=f"box-{number}") for number, box in enumerate(boxes[:count])]


def put_boxes(product: Product, count: int) -> None:
    """Give the demo's labeller so many true boxes more, whatever other tests left of theirs."""
    client = ApiClient(product.url).log_in("labeller", product.password("labeller"))
    path = f"/api/clips/{demo_clip(client)['id']}/label-sets"
    label_set = client.post(path, {"layer": "objects", "source": "human"})
    operations = [
        {
            "operation_id": str(uuid.uuid4()),
            "kind": "put",
            "label_id": label["id"],
            "base_version": 0,
            "label": label,
        }
        for label in (dict(box, id=str(uuid.uuid4())) for box in true_boxes(client, count))
    ]
    client.post(
        f"/api/label-sets/{label_set['id']}/operations",
        {"batch_id": str(uuid.uuid4()), "operations": operations},
    )
