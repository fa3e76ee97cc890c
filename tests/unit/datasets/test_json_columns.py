"""JSON written column by column is what ``orjson`` writes row by row."""

import orjson
import pyarrow as pa
import pytest

from labelapp.datasets.formats.json_columns import floats_json, rows_json, table_json, vectors_json

ROWS = [
    {
        "whole": 1, "share": 1.5, "text": 'x",","%d\\', "is": True, "perhaps": None,
        "things": [{"px": 1, "what": "ü"}, {"px": None, "what": None}],
        "loops": [[1.0, 2.5], []], "one": {"name": "100 %", "values": [1.0]}, "names": ["a", "b"],
        "%s": 1,
    },
    {
        "whole": 2, "share": None, "text": None, "is": False, "perhaps": 3,
        "things": [], "loops": None, "one": None, "names": None, "%s": 2,
    },
    {
        "whole": 2**60, "share": -1e300, "text": "", "is": False, "perhaps": -5,
        "things": None, "loops": [], "one": {"name": None, "values": None}, "names": [], "%s": 3,
    },
]  # fmt: skip


def tables() -> dict[str, pa.Table]:
    table = pa.Table.from_pylist(ROWS)
    return {
        "whole": table,
        "of several parts": pa.concat_tables([table, table.slice(1, 2), table.slice(2, 1)]),
        "from the second row on": table.slice(1, 2),
        "the last row": table.slice(2, 1),
        "without rows": table.slice(0, 0),
    }


@pytest.mark.parametrize("which", tables())
def test_every_row_is_written_as_if_it_were_alone(which) -> None:
    table = tables()[which]
    assert table_json(table).to_pylist() == [orjson.dumps(row) for row in table.to_pylist()]


def test_numbers_that_are_none_are_null() -> None:
    assert floats_json([1.0, float("nan"), 0.12345], 2).to_pylist() == [b"1.0", b"null", b"0.12"]


def test_rows_that_have_everything_in_common_are_repeated() -> None:
    assert rows_json([("a", b'"%"')], 2).to_pylist() == [b'{"a":"%"}'] * 2


def test_vectors_are_lists() -> None:
    found = vectors_json([[1.0, 2.0], [0.1255, -0.5]], 3)
    assert found.to_pylist() == [b"[1.0,2.0]", b"[0.126,-0.5]"]
    assert not len(vectors_json([]))
