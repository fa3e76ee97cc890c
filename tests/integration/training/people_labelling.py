"""People who get tasks, label and submit through the API."""

import uuid
from typing import Any

from tests.integration.clip_folders import cuboid


def claimed(client: Any) -> dict[str, Any] | None:
    response = client.send("POST", "/api/work/claim", {})
    assert response.status_code == 200, response.content
    task: dict[str, Any] | None = response.json()["task"]
    return task


def put(client: Any, task: dict[str, Any], *labels: dict[str, Any]) -> None:
    """Save labels to a task's label set."""
    operations = [
        {
            "operation_id": str(uuid.uuid4()),
            "kind": "put",
            "label_id": label["id"],
            "base_version": 0,
            "label": label,
        }
        for label in labels
    ]
    lease = task["lease"]
    response = client.generic(
        "POST",
        f"/api/label-sets/{task['label_set_id']}/operations",
        data=__import__("json").dumps({"batch_id": str(uuid.uuid4()), "operations": operations}),
        content_type="application/json",
        headers={"X-Lease": f"{lease['id']}:{lease['token']}"},
    )
    assert response.status_code == 200, response.content


def finish(
    client: Any, task: dict[str, Any], action: str = "submit", **more: Any
) -> dict[str, Any]:
    lease = task["lease"]
    body = {"token": lease["token"], "action": action, **more}
    response = client.send("POST", f"/api/leases/{lease['id']}/finish", body)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def right() -> dict[str, Any]:
    """The car as the gold has it."""
    return cuboid("mine")


def wrong() -> dict[str, Any]:
    """The car far away from where it is."""
    label = cuboid("mine")
    label["keyframes"][0]["position_m"] = [30.0, -5.0, 0.4]
    return label
