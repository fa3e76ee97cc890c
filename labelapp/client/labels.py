"""Label sets: reading their labels, and saving some."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelapp.client.errors import LabelappError
from labelapp.client.transport import Transport

#: The server takes 5000 operations and 32 MiB at once.
_MOST_OPERATIONS = 1000
_MOST_BYTES = 8 * 1024 * 1024
_NAMESPACE = uuid.UUID("a1c0b6b3-6a3c-5c5e-9a53-6a7a8d1b9f10")
FORMAT = "labelapp-labels/1"


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of one layer of one clip from one source.

    Attributes:
        id: its UUID.
        layer: of the ontology.
        source: ``human``, ``model``, ``gold``, ``simulation`` or ``import``.
        name: tells several of one layer and source apart.
        revision: how many batches had landed when the server was asked.
        label_count: how many labels it had then.
    """

    transport: Transport
    id: str
    layer: str
    source: str
    name: str
    revision: int
    label_count: int

    @classmethod
    def of(cls, transport: Transport, about: Mapping[str, Any]) -> "LabelSet":
        """Return what the server's answer says."""
        names = ("id", "layer", "source", "name", "revision", "label_count")
        return cls(transport, **{name: about[name] for name in names})

    def labels(self, *, revision: int | None = None) -> list[dict[str, Any]]:
        """Return the labels as in ``labelapp-labels/1``, now or as of a revision."""
        return [found["label"] for found in self._versioned(revision)]

    def compare(
        self, reference: "LabelSet", *, region_m: Sequence[float] | None = None
    ) -> dict[str, Any]:
        """Return how these labels differ from others of the clip that are taken for right.

        Args:
            reference: of the same clip and layer, such as gold or the simulator's truth.
            region_m: where boxes are compared, at each tick: from and to ahead of the ego, from and
                to on its left; None: everywhere.

        Returns:
            ``score`` (0 to 1), ``objects``, ``polylines``, ... as ``docs/api.md`` says.
        """
        path = f"api/label-sets/{self.id}/comparison/{reference.id}"
        if region_m is not None:
            path += "?region=" + ",".join(f"{float(value)!r}" for value in region_m)
        found: dict[str, Any] = self.transport.json("GET", path)
        return found

    def put(self, labels: Sequence[Mapping[str, Any]], *, replace: bool = True) -> "LabelSet":
        """Save labels, and return the label set as it is then.

        Labels that are there already as they are sent aren't saved again, so that doing it twice is
        doing it once. Up to a thousand labels land together or not at all.

        Args:
            labels: as in ``labelapp-labels/1``; their ids are unique.
            replace: delete labels that are there and aren't among these.

        Raises:
            LabelappError: a label without an id, or an id twice.
            InvalidError: a label breaks the format.
            ConflictError: somebody changed the same labels meanwhile.
        """
        wanted = _by_id(labels)
        # The versions that changes are based on, deleted labels' included.
        there = {found["label_id"]: found for found in self._versioned(None)}
        versions = {name: found["version"] for name, found in there.items()}
        puts = {n: v for n, v in wanted.items() if n not in there or there[n]["label"] != v}
        if set(puts) - set(there) and self.revision:
            versions |= self._deleted_versions(set(puts) - set(there))
        operations = [self._operation("put", n, versions.get(n, 0), v) for n, v in puts.items()]
        if replace:
            gone = sorted(set(there) - set(wanted))
            operations += [self._operation("delete", n, versions[n], None) for n in gone]
        for batch in _batches(operations):
            batch_id = str(uuid.uuid5(_NAMESPACE, "".join(o["operation_id"] for o in batch)))
            self.transport.json(
                "POST",
                f"api/label-sets/{self.id}/operations",
                {"batch_id": batch_id, "operations": batch},
                repeatable=True,
            )
        about = self.transport.json("GET", f"api/label-sets/{self.id}")
        return LabelSet.of(self.transport, about)

    def _versioned(self, revision: int | None) -> list[dict[str, Any]]:
        answer = self.transport.json(
            "GET", f"api/label-sets/{self.id}/labels", query={"revision": revision}
        )
        found: list[dict[str, Any]] = answer["labels"]
        return found

    def _deleted_versions(self, names: set[str]) -> dict[str, int]:
        """Return the last versions of labels that were there once."""
        found: dict[str, int] = {}
        after, has_more = 0, True
        while has_more:
            page = self.transport.json(
                "GET", f"api/label-sets/{self.id}/events", query={"after": after}
            )
            for event in page["events"]:
                if event["label_id"] in names:
                    found[event["label_id"]] = event["version"]
                after = event["revision"]
            has_more = page["has_more"]
        return found

    def _operation(
        self, kind: str, name: str, version: int, label: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        # The same change has the same id: sent twice, it lands once.
        content = json.dumps([self.id, kind, name, version, label], sort_keys=True)
        made: dict[str, Any] = {
            "operation_id": str(uuid.uuid5(_NAMESPACE, content)),
            "kind": kind,
            "label_id": name,
            "base_version": version,
        }
        return made if label is None else {**made, "label": dict(label)}


def read_labels(path: Path) -> tuple[str, str, list[dict[str, Any]]]:
    """Return layer, source and labels of a ``labelapp-labels/1`` file.

    Raises:
        LabelappError: it is none.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        msg = f"{path}: expected a {FORMAT} file, found none ({error})."
        raise LabelappError(msg) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        msg = f"{path}: format: expected '{FORMAT}', found {found!r}."
        raise LabelappError(msg)
    for name, kind in (("layer", str), ("source", str), ("labels", list)):
        if not isinstance(document.get(name), kind):
            msg = f"{path}: {name}: expected it, found {document.get(name)!r}."
            raise LabelappError(msg)
    return document["layer"], document["source"], document["labels"]


def _by_id(labels: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for number, label in enumerate(labels):
        name = label.get("id")
        if not isinstance(name, str) or not name:
            msg = f"labels[{number}].id: expected a text, found {name!r}."
            raise LabelappError(msg)
        if name in found:
            msg = f"labels[{number}].id: expected ids that are unique, found '{name}' twice."
            raise LabelappError(msg)
        found[name] = dict(label)
    return found


def _batches(operations: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for operation in operations:
        own = len(json.dumps(operation, allow_nan=False))
        if batch and (len(batch) >= _MOST_OPERATIONS or size + own > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += own
    if batch:
        yield batch
