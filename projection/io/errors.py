"""Defects of files, each a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from projection.spec import SpecError

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong.

    Attributes:
        file: Which file, relative to the folder; empty if it didn't come from a file.
        field: Which field, dotted, or which line and column.
        expected: What should have been there.
        found: What was there.
    """

    file: str
    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.field) if part)
        return f"{place}: expected {self.expected}, found {self.found}"


class FormatError(ValueError):
    """A file breaks its format.

    Attributes:
        defects: What is wrong, in the order it was found; at least one.
    """

    def __init__(self, defects: Sequence[Defect]) -> None:
        self.defects = tuple(defects)
        lines = [str(defect) for defect in self.defects[:_SHOWN]]
        if len(self.defects) > _SHOWN:
            lines.append(f"and {len(self.defects) - _SHOWN} more")
        super().__init__("\n".join(lines))

    @classmethod
    def of(cls, file: str, field: str, expected: str, found: str) -> "FormatError":
        """An error with a single defect."""
        return cls([Defect(file, field, expected, found)])


def defect_of(error: SpecError, file: str) -> Defect:
    """What a checked specification said, with the file's name."""
    field = f"{error.where}: {error.field}" if error.where else error.field
    return Defect(file, field, error.expected, error.found)
