"""CSV tables by their header: columns in any order, blank lines, Windows line ends."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.io.errors import Defect, FormatError
from projection.io.json_file import read_text
from projection.io.values import parse_time
from projection.spec import is_measure, shown

#: Ten cameras at 60 Hz for four hours: more rows than that are a mistake.
MAX_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a CSV file, by column.

    Attributes:
        name: The file's name, for errors.
        columns: Name -> its texts, stripped, one for each row.
        lines: Each row's line in the file, from 1.
    """

    name: str
    columns: dict[str, list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def defect(self, row: int, column: str, expected: str, found: str | None = None) -> Defect:
        """A defect of a row (from 0); without ``found``, it shows what is there."""
        if found is None:
            found = shown(self.columns[column][row]) if column in self.columns else "nothing"
        return Defect(self.name, f"line {self.lines[row]}, {column}", expected, found)

    def times(self, column: str, defects: list[Defect]) -> Int64Array:
        """A column of integer nanoseconds (rows,); defects are added, and zero stands in."""
        values = np.zeros(len(self), dtype=np.int64)
        for row, text in enumerate(self.columns[column]):
            time = parse_time(text)
            if time is None:
                defects.append(
                    self.defect(row, column, "a whole number of nanoseconds within 2^62")
                )
            else:
                values[row] = time
        return values

    def numbers(self, columns: Sequence[str], defects: list[Defect]) -> Float64Array:
        """Columns of finite numbers (rows, columns); defects are added, and NaN stands in."""
        values = np.full((len(self), len(columns)), np.nan)
        for place, column in enumerate(columns):
            for row, text in enumerate(self.columns[column]):
                number = _number(text)
                if number is None:
                    defects.append(self.defect(row, column, "a finite number"))
                else:
                    values[row, place] = number
        return values


def _number(text: str) -> float | None:
    try:
        # Python reads 1_000 as a number; nobody means that in a CSV file.
        value = float(text) if "_" not in text else None
    except ValueError:
        return None
    return value if is_measure(value) else None


def read_table(path: Path, name: str, columns: Sequence[str]) -> Table:
    """The wanted columns of a CSV file.

    Raises:
        FormatError: No header, columns missing or doubled, rows of another length.
    """
    text = read_text(path, name)
    if "\0" in text:
        raise FormatError.of(name, "", "text", "a NUL character")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next((row for row in reader if any(cell.strip() for cell in row)), None)
        if header is None:
            raise FormatError.of(name, "line 1", "the header " + ",".join(columns), "nothing")
        places = _places([cell.strip() for cell in header], name, columns)
        table = Table(name, {column: [] for column in columns}, [])
        numbered = ((reader.line_num, row) for row in reader)
        defects = _fill(table, numbered, places, len(header))
    except csv.Error as error:
        raise FormatError.of(name, f"line {reader.line_num}", "CSV", str(error)) from error
    if defects:
        raise FormatError(defects)
    return table


def _places(header: list[str], name: str, columns: Sequence[str]) -> dict[str, int]:
    missing = [column for column in columns if column not in header]
    if missing:
        found = ",".join(header)
        expected = "the columns " + ",".join(columns)
        raise FormatError.of(name, "header", expected, f"{shown(found)}, without " + missing[0])
    for column in columns:
        if header.count(column) > 1:
            raise FormatError.of(name, "header", "each column once", f"{column} twice")
    return {column: header.index(column) for column in columns}


def _fill(
    table: Table, rows: Iterator[tuple[int, list[str]]], places: dict[str, int], width: int
) -> list[Defect]:
    defects: list[Defect] = []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(table.lines) >= MAX_ROWS:
            raise FormatError.of(table.name, "", f"at most {MAX_ROWS} rows", "more")
        if len(row) != width:
            defects.append(Defect(table.name, f"line {line}", f"{width} columns", f"{len(row)}"))
            continue
        table.lines.append(line)
        for column, place in places.items():
            table.columns[column].append(row[place].strip())
    return defects
