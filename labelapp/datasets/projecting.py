"""One clip of an export projected: its pieces, what each is called, how each is made.

A piece is a chunk of the projection's batch: some images of a camera, or some ticks. It is stored
as one zip file of its tables and pictures, under a name that says what it was made from, so that an
export of the same clip finds again what nothing has changed about.
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from labelapp.datasets.piece_tables import SUFFIX, table_bytes
from labelapp.datasets.source import ClipSource
from labelapp.datasets.stored_sweeps import StoredSweeps
from projection.batch.chunk import ChunkMaker
from projection.batch.chunk_files import IMAGES, TARGETS
from projection.batch.inputs import hash_of
from projection.batch.label_table import label_table
from projection.batch.plan import Chunk, camera_chunks
from projection.batch.scenery import Scenery
from projection.batch.sweeps import Sweeps
from projection.batch.ticks import TickChunk, TickMaker, tick_chunks
from projection.target_spec import PICTURE_TARGETS, TargetSpecs

Piece = Chunk | TickChunk
#: Zip files hold local times; a fixed one keeps the bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def pieces_of(source: ClipSource, specs: TargetSpecs) -> Iterator[Piece]:
    """Yield a clip's pieces: camera by camera in the order of time, then ticks.

    A camera that a spec names and this clip doesn't have is passed over: other clips have it.
    """
    heads = [spec for _, spec in specs.heads]
    for number, folder in enumerate(source.camera_folders):
        # Most of a clip's cost is its labels: planning must not read them.
        camera = source.camera(number)
        yield from camera_chunks(camera, folder, source.images_of(number), heads)
    if any(spec.has_ticks for spec in heads):
        yield from tick_chunks(source.manifest.ticks_ns, source.trajectory, heads)


class ClipProjector:
    """Makes the pieces of one clip, one after the other, in the same memory.

    Args:
        source: the clip.
        specs: what is asked for.
    """

    def __init__(self, source: ClipSource, specs: TargetSpecs) -> None:
        self._specs = specs
        versions = {(v.layer, v.label.id): v.version for v in source.labels}
        table = label_table(source.label_sets(), versions)
        stored = StoredSweeps(source.clip, source.manifest, source.trajectory)
        scenery = Scenery(sweeps=Sweeps(stored))
        about = table, source.trajectory
        self._chunks = ChunkMaker(*about, specs, Path(), scenery)
        self._ticks = TickMaker(*about, specs.heads, Path(), scenery)

    def name(self, piece: Piece) -> str:
        """Return a piece's name: which it is, and a hash of all that it is made from."""
        if isinstance(piece, TickChunk):
            inputs = hash_of(self._ticks.inputs(piece))
            return f"ticks-{piece.head}-{piece.number:06d}-{inputs}.zip"
        inputs = hash_of([self._chunks.inputs(piece), self._names_of(piece)])
        return f"{piece.folder}-{piece.number:06d}-{inputs}.zip"

    def _names_of(self, piece: Chunk) -> list[str]:
        return [self._specs.heads[head][0] for head, share in enumerate(piece.shares) if share]

    def make(
        self, piece: Piece, path: Path, *, progress: Callable[[int], None]
    ) -> dict[int, set[str]]:
        """Make a piece as a local file.

        Args:
            piece: which.
            path: where.
            progress: told how many images are done; may raise to stop.

        Returns:
            The classes that occur in it, by head; of ticks none.
        """
        done, classes = 0, dict[int, set[str]]()

        def step() -> None:
            nonlocal done
            done += 1
            progress(done)

        tables: dict[str, bytes] = {}
        with self._folder_for(piece) as folder:
            if isinstance(piece, TickChunk):
                self._ticks.make(piece, step=step, folder=folder)
            else:
                for head, made in self._chunks.tables(piece, folder, step=step).items():
                    classes[head] = set(made[0]["class"].unique().to_pylist())
                    for kind, table in zip((TARGETS, IMAGES), made, strict=True):
                        place = PurePosixPath(self._specs.heads[head][0], kind, table_file(piece))
                        tables[str(place)] = table_bytes(table)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
                for name, content in sorted(tables.items()):
                    archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content)
                for file in _files_below(folder) if self._writes_files(piece) else ():
                    entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _ZIP_TIME)
                    archive.writestr(entry, file.read_bytes())
        return classes

    def _writes_files(self, piece: Piece) -> bool:
        """Return whether a piece has pictures or rasters: what has none needs no folder."""
        specs = [spec for _, spec in self._specs.heads]
        return isinstance(piece, TickChunk) or any(spec.wants(*PICTURE_TARGETS) for spec in specs)

    @contextmanager
    def _folder_for(self, piece: Piece) -> Iterator[Path]:
        if not self._writes_files(piece):
            yield Path()
            return
        with TemporaryDirectory(prefix="labelapp-chunk-") as temporary:
            yield Path(temporary)


def _files_below(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.rglob("*") if entry.is_file())


def table_file(piece: Piece) -> str:
    """Return what the tables of a piece are called, below the folder of their kind."""
    if isinstance(piece, TickChunk):
        return piece.name
    return PurePosixPath(piece.name).with_suffix(SUFFIX).as_posix()
