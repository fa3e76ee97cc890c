"""Clips: finding them, sending them, and their label sets."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelapp.client.errors import InvalidError, NotFoundError
from labelapp.client.labels import LabelSet
from labelapp.client.tarring import FolderTar
from labelapp.client.transport import Transport
from labelapp.client.waiting import Progress, silent, wait_for

#: Parts sent at once: one alone leaves a long way idle while it is acknowledged.
_PARALLEL = 4
_RECEIVING = "receiving"


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip on the server.

    Attributes:
        id: its UUID.
        name: what people call it.
        about: all that the server said of it.
        is_new: False where the project had this recording already; None: it wasn't sent just now.
        warnings: sentences about what was odd in the folder that was sent.
    """

    transport: Transport
    id: str
    name: str
    about: Mapping[str, Any]
    is_new: bool | None = None
    warnings: tuple[str, ...] = ()

    def manifest(self) -> dict[str, Any]:
        """Return cameras with their images' times, sweeps, ticks, label sets; ``docs/api.md``."""
        found: dict[str, Any] = self.transport.json("GET", f"api/clips/{self.id}")
        return found

    def label_sets(self) -> list[LabelSet]:
        """Return the clip's label sets."""
        answer = self.transport.json("GET", f"api/clips/{self.id}/label-sets")
        return [LabelSet.of(self.transport, about) for about in answer]

    def label_set(self, layer: str, source: str, name: str = "") -> LabelSet:
        """Return one of the clip's label sets; ``name`` tells several models' apart.

        Raises:
            KeyError: the clip has none such; the sentence names those that it has.
        """
        found = self.label_sets()
        for label_set in found:
            if (label_set.layer, label_set.source, label_set.name) == (layer, source, name):
                return label_set
        known = ((s.layer, s.source, s.name) for s in found)
        names = ", ".join(sorted("/".join(filter(None, parts)) for parts in known)) or "none"
        wanted = "/".join(filter(None, (layer, source, name)))
        msg = f"clip '{self.name}' has no label set {wanted}; it has: {names}"
        raise KeyError(msg)

    def push_labels(
        self,
        layer: str,
        labels: Sequence[Mapping[str, Any]],
        *,
        source: str = "model",
        name: str = "",
        replace: bool = True,
    ) -> LabelSet:
        """Save labels to the clip's label set of a layer and source, and return it.

        Args:
            layer: of the ontology, such as ``objects``.
            labels: as in ``labelapp-labels/1``; a network's have a ``score`` from 0 to 1.
            source: ``model``, ``gold``, ``simulation``, ``import`` or ``human``.
            name: tells several models' label sets apart, such as ``detector-3``.
            replace: delete labels that are there and aren't among these.

        Raises:
            InvalidError: a label breaks the format: nothing of its batch was saved.
            ConflictError: somebody changed the same labels meanwhile.
        """
        answer = self.transport.json(
            "POST",
            f"api/clips/{self.id}/label-sets",
            {"layer": layer, "source": source, "name": name},
            repeatable=True,
        )
        return LabelSet.of(self.transport, answer).put(labels, replace=replace)


def clips_of(transport: Transport, slug: str) -> Iterator[Clip]:
    """Yield a project's clips, page by page."""
    path: str | None = f"api/projects/{slug}/clips"
    while path is not None:
        page = transport.json("GET", path)
        for about in page["results"]:
            yield Clip(transport, about["id"], about["name"], about)
        path = page["next"]


def clip_get(transport: Transport, clip_id: str) -> Clip:
    """Return a clip by its id."""
    about = transport.json("GET", f"api/clips/{clip_id}")
    return Clip(transport, about["id"], about["name"], about)


@dataclass(frozen=True, slots=True)
class Sending:
    """How a clip folder is sent.

    Attributes:
        name: what to call the clip; empty: as its folder says.
        wait: whether to wait until it is imported.
        timeout_s: how long; None: for ever.
        progress: told what goes on.
    """

    name: str = ""
    wait: bool = True
    timeout_s: float | None = None
    progress: Progress = silent


def clip_push(transport: Transport, slug: str, folder: Path, sending: Sending) -> Clip | None:
    """Send a clip folder and return the clip, None where nobody waits for it.

    Sent again after it broke off, it goes on with the parts that are missing.
    """
    tar = FolderTar(folder)
    upload = _upload(transport, slug, tar, sending.name)
    if upload["state"] == _RECEIVING:
        _send_parts(transport, tar, upload, sending.progress)
        upload = transport.json("POST", f"api/clip-uploads/{upload['id']}/finish", repeatable=True)
    if not sending.wait:
        return None

    def tell(answer: dict[str, Any]) -> None:
        sending.progress(answer["message"] or answer["state"], answer["done"], answer["total"])

    memory = _memory(transport, slug, tar, sending.name)
    try:
        done = wait_for(
            lambda: transport.json("GET", f"api/clip-uploads/{upload['id']}"),
            tell,
            timeout_s=sending.timeout_s,
            what=f"Importing {folder}",
            sleep=transport.patience.sleep,
        )
    except NotFoundError:
        memory.unlink(missing_ok=True)
        raise
    memory.unlink(missing_ok=True)
    about = transport.json("GET", f"api/clips/{done['clip_id']}")
    return Clip(
        transport, about["id"], about["name"], about, done["is_new"], tuple(done["warnings"])
    )


def _upload(transport: Transport, slug: str, tar: FolderTar, name: str) -> dict[str, Any]:
    """Return the upload that was begun earlier, or a new one."""
    memory = _memory(transport, slug, tar, name)
    if memory.exists():
        try:
            found: dict[str, Any] = transport.json(
                "GET", f"api/clip-uploads/{memory.read_text().strip()}"
            )
        except (NotFoundError, InvalidError):
            memory.unlink(missing_ok=True)
        else:
            if found["size"] == tar.size and found["state"] not in {"failed", "cancelled"}:
                return found
            memory.unlink(missing_ok=True)
    made: dict[str, Any] = transport.json(
        "POST", f"api/projects/{slug}/clip-uploads", {"size": tar.size, "name": name}
    )
    memory.parent.mkdir(parents=True, exist_ok=True)
    scratch = memory.with_suffix(f".{os.getpid()}")
    scratch.write_text(made["id"])
    scratch.replace(memory)
    return made


def _memory(transport: Transport, slug: str, tar: FolderTar, name: str) -> Path:
    """Return the file that remembers the id of an upload that isn't over."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    key = "\0".join((transport.url, slug, name, str(tar.size), tar.fingerprint))
    return Path(cache) / "labelapp-client" / hashlib.sha256(key.encode()).hexdigest()


def _send_parts(
    transport: Transport, tar: FolderTar, upload: Mapping[str, Any], progress: Progress
) -> None:
    size = upload["part_bytes"]
    there = set(upload["parts"])
    missing = [number for number in range(upload["part_count"]) if number not in there]
    sent = tar.size - sum(min(size, tar.size - number * size) for number in missing)
    progress("sending", sent, tar.size)

    def send(number: int) -> int:
        content = tar.read(number * size, size)
        transport.send(
            "PUT",
            f"api/clip-uploads/{upload['id']}/parts/{number}",
            content,
            {
                "Content-Type": "application/octet-stream",
                "X-Content-SHA256": hashlib.sha256(content).hexdigest(),
            },
        )
        return len(content)

    for count in _in_parallel(send, missing):
        sent += count
        progress("sending", sent, tar.size)


def _in_parallel(work: Callable[[int], int], numbers: Sequence[int]) -> Iterator[int]:
    with ThreadPoolExecutor(_PARALLEL) as pool:
        futures = [pool.submit(work, number) for number in numbers]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
