"""Data sets, their frozen versions, and exports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelapp.client.downloading import RemoteFile, download
from labelapp.client.errors import ConflictError, JobFailedError, WaitedInVainError
from labelapp.client.transport import Transport
from labelapp.client.waiting import Progress, silent, wait_for


@dataclass(frozen=True, slots=True)
class Export:
    """An export: a job until it is done, files then.

    Attributes:
        id: its UUID.
        about: all that the server said of it, when it was asked last.
    """

    transport: Transport
    id: str
    about: Mapping[str, Any]

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
        return str(self.about["state"])

    @property
    def files(self) -> list[RemoteFile]:
        """The files, once it is done."""
        return [RemoteFile.of(file) for file in self.about["files"]]

    def wait(self, *, timeout_s: float | None = None, progress: Progress = silent) -> "Export":
        """Wait until the files are there, and return the export with them.

        Raises:
            JobFailedError: it failed, or was cancelled.
            WaitedInVainError: it isn't done yet.
        """

        def tell(answer: dict[str, Any]) -> None:
            found = answer["progress"]
            progress(answer["message"] or answer["state"], found["done"], found["total"])

        answer = wait_for(
            lambda: self.transport.json("GET", f"api/exports/{self.id}"),
            tell,
            timeout_s=timeout_s,
            what="The export",
            sleep=self.transport.patience.sleep,
        )
        return Export(self.transport, self.id, answer)

    def cancel(self) -> "Export":
        """Cancel it, and return it."""
        path = f"api/exports/{self.id}/cancel"
        answer = self.transport.json("POST", path, repeatable=True)
        return Export(self.transport, self.id, answer)

    def download(
        self,
        folder: Path,
        *,
        names: Sequence[str] | None = None,
        unpack: bool = False,
        progress: Progress = silent,
    ) -> list[Path]:
        """Copy the files into a folder and return where they are.

        What broke off goes on where it ended. What is there and has the right SHA-256 isn't copied
        again. A file has its name only once it is whole and checked.

        Args:
            folder: made if it isn't there.
            names: which files; None: all.
            unpack: put what is in zip files beside them, and remove those.
            progress: told how many bytes have come.

        Raises:
            JobFailedError: it failed, or was cancelled: it has no files, and never will.
            WaitedInVainError: it isn't done yet, as far as is known here: see ``wait``.
            KeyError: there is no file of such a name.
            ChecksumError: a file came wrong twice.
        """
        if self.state != "done":
            # Else a folder without files would be taken for all there is.
            msg = f"The export is {self.state}: there is nothing to download."
            if self.state in ("failed", "cancelled"):
                raise JobFailedError(msg, state=self.state)
            raise WaitedInVainError(msg)
        there = {file.name: file for file in self.files}
        chosen = list(there) if names is None else list(names)
        unknown = [name for name in chosen if name not in there]
        if unknown:
            msg = f"the export has no file '{unknown[0]}'; it has: {', '.join(sorted(there))}"
            raise KeyError(msg)
        wanted = [there[name] for name in chosen]
        return download(self.transport, wanted, Path(folder), unpack=unpack, progress=progress)


@dataclass(frozen=True, slots=True)
class Version:
    """A frozen version of a data set.

    Attributes:
        id: its UUID.
        number: counts a data set's versions from 1.
        content_hash: SHA-256 of everything that is in it.
        about: all that the server said of it: ``query``, ``split``, ``spec``, ``sums``...
    """

    transport: Transport
    id: str
    number: int
    content_hash: str
    about: Mapping[str, Any]

    @classmethod
    def of(cls, transport: Transport, about: Mapping[str, Any]) -> "Version":
        """Return what the server's answer says."""
        return cls(transport, about["id"], about["number"], about["content_hash"], about)

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield the label sets that are in it, by clip."""
        path, after = f"api/dataset-versions/{self.id}/items", -1
        while page := self.transport.json("GET", path, query={"after": after}):
            yield from page
            after = page[-1]["position"]

    def since(self, other: "Version") -> dict[str, Any]:
        """Return what came, went and changed since another version."""
        path = f"api/dataset-versions/{self.id}/since/{other.id}"
        found: dict[str, Any] = self.transport.json("GET", path)
        return found

    def deprecate(self, reason: str) -> "Version":
        """Say that it should not be used any more, and return it."""
        path = f"api/dataset-versions/{self.id}/deprecate"
        return Version.of(self.transport, self.transport.json("POST", path, {"reason": reason}))

    def export(
        self, formats: Sequence[str], *, include_images: bool = False, include_card: bool = True
    ) -> Export:
        """Start an export, and return it; ``wait`` waits for it.

        Args:
            formats: as ``docs/exports.md`` calls them.
            include_images: whether the pictures come along.
            include_card: whether the version's card does, as ``card.json`` and ``card.html``.
        """
        body = {
            "formats": list(formats),
            "include_images": include_images,
            "include_card": include_card,
        }
        about = self.transport.json("POST", f"api/dataset-versions/{self.id}/exports", body)
        return Export(self.transport, about["id"], about)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set: a name with frozen versions.

    Attributes:
        id: its UUID.
        name: its own in the project.
    """

    transport: Transport
    id: str
    name: str

    def versions(self) -> list[Version]:
        """Return the versions, newest first."""
        answer = self.transport.json("GET", f"api/datasets/{self.id}/versions")
        return [Version.of(self.transport, about) for about in answer]

    def version(self, number: int | None = None) -> Version:
        """Return a version by its number; None: the newest.

        Raises:
            KeyError: there is none such.
        """
        found = self.versions()
        for version in found:
            if number in {None, version.number}:
                return version
        have = ", ".join(str(version.number) for version in found) or "none"
        msg = f"data set '{self.name}' has no version {number or ''}; it has: {have}"
        raise KeyError(msg)

    def freeze(
        self,
        query: Mapping[str, Any],
        *,
        split: Mapping[str, Any] | None = None,
        spec: Mapping[str, Any] | None = None,
        note: str = "",
        unchanged_ok: bool = True,
    ) -> Version:
        """Freeze what a query finds now, and return the version.

        Args:
            query: as ``docs/datasets.md`` says, such as ``{"layers": ["objects"]}``.
            split: such as ``{"shares": {"train": 0.8, "val": 0.2}}``; None: no splits.
            spec: a target spec, as ``docs/targets.md`` says; None: all that is known of labels.
            note: for people.
            unchanged_ok: return the newest version where freezing would make the same again.

        Raises:
            InvalidError: query, split or spec can't be read; the sentence names the field.
            ConflictError: nothing is found; or nothing has changed, unless that is fine.
        """
        body = {"query": query, "split": split, "spec": spec, "note": note}
        try:
            about = self.transport.json("POST", f"api/datasets/{self.id}/versions", body)
        except ConflictError as error:
            if unchanged_ok and error.code == "dataset_unchanged":
                return self.version()
            raise
        return Version.of(self.transport, about)
