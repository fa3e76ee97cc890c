"""The way in: a client of one server, and what one finds there."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Self

from labelapp.client.clips import Clip, Sending, clip_get, clip_push, clips_of
from labelapp.client.datasets import Dataset, Export, Version
from labelapp.client.errors import ConflictError, NotLoggedInError, SettingError
from labelapp.client.imports import ImportedLabels, Wanted, labels_import
from labelapp.client.transport import Patience, Transport
from labelapp.client.waiting import Progress, silent

URL_VARIABLE = "LABELAPP_URL"
TOKEN_VARIABLE = "LABELAPP_TOKEN"  # noqa: S105  the variable's name


class Client:
    """A client of one server.

    Args:
        url: of the product; None: from ``LABELAPP_URL``, else as ``labelapp-client login`` kept it.
        token: an API token; None: likewise, from ``LABELAPP_TOKEN``.
        patience: how often and how long to try.

    Raises:
        SettingError: there is no address or token.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        patience: Patience | None = None,
    ) -> None:
        if url is None or token is None:
            known_url, known_token = settings_read()
            url, token = url or known_url, token or known_token
        self.transport = Transport(url, token, patience=patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def who(self) -> str:
        """Return the name of whom the token stands for.

        Raises:
            NotLoggedInError: the server doesn't know the token.
        """
        user = self.transport.json("GET", "api/session")["user"]
        if user is None:
            msg = "The server doesn't know who this token stands for."
            raise NotLoggedInError(msg, status=401)
        return str(user["username"])

    def projects(self) -> list["Project"]:
        """Return the projects that the token's owner is a member of."""
        answer = self.transport.json("GET", "api/projects")
        return [Project(self.transport, about["slug"], about["name"]) for about in answer]

    def project(self, slug: str) -> "Project":
        """Return a project.

        Raises:
            NotFoundError: there is none, or one isn't a member.
        """
        about = self.transport.json("GET", f"api/projects/{slug}")
        return Project(self.transport, about["slug"], about["name"])

    def clip(self, clip_id: str) -> Clip:
        """Return a clip by its id."""
        return clip_get(self.transport, clip_id)

    def version(self, version_id: str) -> Version:
        """Return a data set version by its id."""
        answer = self.transport.json("GET", f"api/dataset-versions/{version_id}")
        return Version.of(self.transport, answer)

    def export(self, export_id: str) -> Export:
        """Return an export by its id."""
        about = self.transport.json("GET", f"api/exports/{export_id}")
        return Export(self.transport, about["id"], about)


@dataclass(frozen=True, slots=True)
class Project:
    """A project.

    Attributes:
        slug: names it in addresses.
        name: what people call it.
    """

    transport: Transport
    slug: str
    name: str

    def clips(self, pattern: str = "*") -> list[Clip]:
        """Return the clips whose names match a pattern such as ``night-*``."""
        return [c for c in clips_of(self.transport, self.slug) if fnmatchcase(c.name, pattern)]

    def clip(self, name: str) -> Clip:
        """Return the clip of a name or id.

        Raises:
            KeyError: there is none, or several have the name.
        """
        found = [c for c in clips_of(self.transport, self.slug) if name in {c.name, c.id}]
        if len(found) != 1:
            many = "no clip has" if not found else "several clips have"
            msg = f"{many} the name '{name}' in project '{self.slug}'"
            raise KeyError(msg)
        return found[0]

    def push_clip(
        self,
        folder: str | Path,
        *,
        name: str = "",
        timeout_s: float | None = None,
        progress: Progress = silent,
    ) -> Clip:
        """Send a clip folder, wait until it is imported, and return the clip.

        Only files that the format names are sent. Called again after it broke off, whatever broke,
        it goes on with the parts that are missing. A recording that the project has already is
        returned as it is, with ``is_new`` False.

        Args:
            folder: ``labelapp-clip/1``.
            name: what to call the clip; empty: as its folder says.
            timeout_s: how long to wait for the import; None: for ever.
            progress: told what goes on.

        Raises:
            ClipFolderError: a file that the folder's tables name isn't there.
            JobFailedError: the server refused it; the sentence names file, field, expected, found.
        """
        sending = Sending(name, wait=True, timeout_s=timeout_s, progress=progress)
        clip = clip_push(self.transport, self.slug, Path(folder), sending)
        assert clip is not None  # noqa: S101  it was waited for
        return clip

    def import_labels(
        self,
        path: str | Path,
        *,
        clip: Clip | None = None,
        dry_run: bool = False,
        timeout_s: float | None = None,
        progress: Progress = silent,
        **wanted: Any,
    ) -> ImportedLabels:
        """Send labels of another format for clips that are here, and have them imported.

        Classes that the ontology does not have are asked for: nothing is imported until
        ``classes`` says what each becomes (or None), or ``keep_classes`` that they stay as they
        are. ``dry_run`` says in ``report`` what is in the files, and imports nothing.

        Args:
            path: A folder, a zip file, or a file: nuScenes, Argoverse 2, KITTI, OpenLABEL, or an
                export of ours.
            clip: Which clip they are of; None: as the files say.
            dry_run: Whether to look only.
            timeout_s: How long to wait; None: for ever.
            progress: Told what goes on.
            wanted: ``format``, ``recording``, ``layer``, ``source``, ``name``, ``classes``,
                ``keep_classes``, ``camera``, ``rate_hz``, as in ``docs/formats.md``.

        Raises:
            JobFailedError: The server refused it; the sentence says file, row, field.
        """
        chosen = Wanted(clip_id=None if clip is None else clip.id, **wanted)
        return labels_import(
            self.transport,
            self.slug,
            Path(path),
            chosen,
            dry_run=dry_run,
            timeout_s=timeout_s,
            progress=progress,
        )

    def datasets(self) -> list[Dataset]:
        """Return the project's data sets by name."""
        answer = self.transport.json("GET", f"api/projects/{self.slug}/datasets")
        return [Dataset(self.transport, about["id"], about["name"]) for about in answer]

    def dataset(self, name: str) -> Dataset:
        """Return a data set by its name, and make it where there is none."""
        for dataset in self.datasets():
            if dataset.name == name:
                return dataset
        path = f"api/projects/{self.slug}/datasets"
        try:
            about = self.transport.json("POST", path, {"name": name})
        except ConflictError:
            # Somebody else made it since.
            (found,) = (dataset for dataset in self.datasets() if dataset.name == name)
            return found
        return Dataset(self.transport, about["id"], about["name"])

    def preview(
        self,
        query: Mapping[str, Any],
        *,
        split: Mapping[str, Any] | None = None,
        spec: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return how many clips, images and labels a query finds now."""
        path = f"api/projects/{self.slug}/datasets/preview"
        body = {"query": query, "split": split, "spec": spec}
        found: dict[str, Any] = self.transport.json("POST", path, body, repeatable=True)
        return found

    def export(
        self,
        layer: str,
        source: str,
        formats: Sequence[str],
        *,
        clips: Sequence[Clip] | None = None,
        spec: Mapping[str, Any] | None = None,
        include_images: bool = False,
    ) -> Export:
        """Start an export of labels as they are now, without freezing them, and return it."""
        body = {
            "clip_ids": None if clips is None else [clip.id for clip in clips],
            "layer": layer,
            "source": source,
            "formats": list(formats),
            "include_images": include_images,
            "spec": spec,
        }
        about = self.transport.json("POST", f"api/projects/{self.slug}/exports", body)
        return Export(self.transport, about["id"], about)


def settings_path() -> Path:
    """Return the file that ``labelapp-client login`` writes."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "labelapp-client.json"


def settings_read() -> tuple[str, str]:
    """Return address and token from the environment, else from the file.

    Raises:
        SettingError: they are nowhere.
    """
    kept: dict[str, str] = {}
    path = settings_path()
    if path.exists():
        try:
            kept = json.loads(path.read_text())
        except ValueError as error:
            msg = f"{path}: expected JSON, found otherwise ({error}): log in again."
            raise SettingError(msg) from error
    url = os.environ.get(URL_VARIABLE) or kept.get("url")
    token = os.environ.get(TOKEN_VARIABLE)
    if token is None and url == kept.get("url"):
        token = kept.get("token")
    if not url or not token:
        missing = URL_VARIABLE if not url else TOKEN_VARIABLE
        msg = f"{missing} is not set, and nobody logged in with `labelapp-client login`."
        raise SettingError(msg)
    return url, token


def settings_write(url: str, token: str) -> Path:
    """Keep address and token in a file that only its owner can read; return its path."""
    path = settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"url": url, "token": token}, file)
    scratch.replace(path)
    return path
