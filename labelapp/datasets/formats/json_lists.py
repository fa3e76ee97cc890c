"""Several JSON lists, written side by side a row at a time."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import orjson


class JsonLists:
    """Lists of objects in local files, which are gone when it is closed.

    Args:
        folder: where the files lie.
        names: of the lists.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._paths = {name: folder / f"{name}.json" for name in names}
        self._stack = ExitStack()
        self._files = {
            name: self._stack.enter_context(path.open("wb")) for name, path in self._paths.items()
        }
        self._counts = dict.fromkeys(names, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        for path in self._paths.values():
            path.unlink()

    def add(self, name: str, row: dict[str, Any]) -> None:
        """Add a row to a list."""
        self._files[name].write(b",\n" if self._counts[name] else b"[\n")
        self._files[name].write(orjson.dumps(row))
        self._counts[name] += 1

    def done(self) -> Iterator[tuple[str, Path]]:
        """End all lists, and yield their names and files; no rows can be added any more."""
        for name, file in self._files.items():
            file.write(b"\n]\n" if self._counts[name] else b"[]\n")
        self._stack.close()
        yield from self._paths.items()
