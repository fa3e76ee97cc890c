"""A storage of the test's own, and what lies in it."""

from pathlib import Path


def storages_in(folder: Path, present: dict) -> dict:
    """Return ``settings.STORAGES`` with clips and exports below a folder."""
    changed = dict(present)
    for kind in ("clips", "exports"):
        changed[kind] = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder / kind), "base_url": None},
        }
    return changed


def files_below(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, sorted; none where it is not there."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
