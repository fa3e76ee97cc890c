"""Paths that a clip names: inside the folder, always."""

from pathlib import Path, PurePosixPath

from projection.io.errors import FormatError

_MAX_LENGTH = 1024


class ClipPaths:
    """Checks relative paths against one folder, and remembers which files are named.

    Args:
        folder: The clip's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.named: set[str] = set()
        self._inside: dict[Path, bool] = {}

    def problem(self, text: str, suffixes: tuple[str, ...]) -> tuple[str, str] | None:
        """What is wrong with a path, as (expected, found); None if nothing is."""
        wrong = self._form(text, suffixes)
        if wrong is not None:
            return wrong
        path = self.folder / text
        try:
            if not self._stays_inside(path):
                return "a path inside the clip's folder", "a link that leaves it"
            if not path.exists():
                return "a file that exists", f"nothing at {text}"
            if not path.is_file():
                return "a plain file", f"something else at {text}"
        except (OSError, RuntimeError) as error:
            return "a readable file", f"{type(error).__name__} at {text}"
        self.named.add(PurePosixPath(text).as_posix())
        return None

    def require_inside(self, name: str) -> None:
        """Refuse a file of the format's own that is a link out of the folder.

        Raises:
            FormatError: It is.
        """
        try:
            inside = self._stays_inside(self.folder / name)
        except (OSError, RuntimeError):
            inside = False
        if not inside:
            raise FormatError.of(
                name, "", "a file inside the clip's folder", "a link that leaves it"
            )

    @staticmethod
    def _form(text: str, suffixes: tuple[str, ...]) -> tuple[str, str] | None:
        parts = PurePosixPath(text).parts
        if not parts or len(text) > _MAX_LENGTH:
            return "a relative path", "nothing" if not text else f"{len(text)} characters"
        if "\\" in text or any(ord(character) < 32 for character in text):
            return "a path with forward slashes and plain characters", repr(text)
        if text.startswith("/") or ":" in parts[0]:
            return "a relative path", text
        if ".." in parts:
            return "a path inside the clip's folder", text
        if PurePosixPath(text).suffix.lower() not in suffixes:
            return "a name that ends in " + ", ".join(suffixes), text
        return None

    def _stays_inside(self, path: Path) -> bool:
        # Resolving is slow: a folder of pictures is checked once, a picture only if it's a link.
        parent = path.parent
        if parent not in self._inside:
            self._inside[parent] = parent.resolve().is_relative_to(self.root)
        if not self._inside[parent]:
            return False
        return not path.is_symlink() or path.resolve().is_relative_to(self.root)
