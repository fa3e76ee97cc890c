"""What can go wrong with labels that come from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from labelapp.common.checking import Shown, shown
from labelapp.common.errors import ConflictError, InvalidError, NotFoundError
from projection.spec import SpecError

#: Of what a sentence says of a place, or of what was found there.
_LONGEST = 400


class ImportNotFoundError(NotFoundError):
    """There is no such import, or it is not the caller's to know of."""


class ImportBusyError(ConflictError):
    """The files of an import are read only when they are whole, and by one job at a time."""

    code = "import_busy"


class ImportDefectError(InvalidError):
    """Files can't be read as labels; ``details`` says file, row, field, expected and found."""

    code = "import_defect"


class ClassesUnknownError(InvalidError):
    """Nobody said what classes of the files become that the ontology does not know."""

    code = "classes_unknown"


def defect(
    file: str,
    expected: str,
    found: object,
    *,
    row: int | str | None = None,
    field: str | None = None,
) -> ImportDefectError:
    """Return the error that says what is wrong where.

    Args:
        file: Its path among what was sent.
        expected: What should be there.
        found: What is there; it is shown as JSON, short, unless it says so in words (``Shown``).
        row: Line of a text, counted from 1; row of a table or entry of a list, from 0; a token.
        field: Column or field.
    """
    place = file
    place += "" if row is None else f", row {row}" if isinstance(row, int) else f", {row}"
    place += "" if field is None else f", {field}"
    text: str = found if isinstance(found, Shown) else shown(found)
    # PostgreSQL, which keeps the sentence, has no room for U+0000; libraries' words may be many.
    place, text = (part.replace("\0", "\\0")[:_LONGEST] for part in (place, text))
    msg = f"{place}: expected {expected}, found {text}."
    details = {"file": file, "row": row, "field": field, "expected": expected, "found": text}
    return ImportDefectError(msg, details=details)


@contextmanager
def blaming(file: str, row: int | str | None = None) -> Iterator[None]:
    """Say of what goes wrong in the block, in which row of which file it does."""
    try:
        yield
    except SpecError as error:
        place = "" if row is None else f", row {row}" if isinstance(row, int) else f", {row}"
        msg = f"{file}{place}, {error.field}: expected {error.expected}, found {error.found}."
        details = {
            "file": file,
            "row": row,
            "field": error.field,
            "expected": error.expected,
            "found": error.found,
        }
        raise ImportDefectError(msg, details=details) from error
