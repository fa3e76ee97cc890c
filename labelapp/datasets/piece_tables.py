"""The tables of a piece: Arrow's own format, which is read in a thirtieth of Parquet's time.

A piece has few rows and many columns: what Parquet says of every column is most of the work of
reading one. Compressed with LZ4 it is as small.
"""

from collections.abc import Collection

import pyarrow as pa

#: Ends the names of tables.
SUFFIX = ".arrow"
_WRITING = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


def table_bytes(table: pa.Table) -> bytes:
    """Return a table as a file; the same rows are the same bytes."""
    sink = pa.BufferOutputStream()
    # One batch, whatever it was put together from.
    with pa.ipc.new_file(sink, table.schema, options=_WRITING) as writer:
        writer.write_table(table.combine_chunks())
    content: bytes = sink.getvalue().to_pybytes()
    return content


def table_read(content: bytes, columns: Collection[str] | None = None) -> pa.Table:
    """Return a table, or those of some columns that it has; None: all."""
    source = pa.BufferReader(content)
    with pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(use_threads=False)) as whole:
        if columns is None:
            return whole.read_all()
        names = whole.schema.names
    included = [place for place, name in enumerate(names) if name in columns]
    options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=included)
    with pa.ipc.open_file(pa.BufferReader(content), options=options) as some:
        return some.read_all()
