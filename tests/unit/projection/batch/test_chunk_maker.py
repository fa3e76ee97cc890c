"""One chunk after the other: asked for its inputs before, or not."""

from pathlib import Path

import pytest
from targets_on_disk import EVERYTHING, files_of

from projection.batch import chunk, chunk_files
from projection.batch.chunk import ChunkMaker
from projection.batch.label_table import label_table
from projection.batch.plan import Chunk, chunks_of
from projection.io import ClipFolder, read_label_set


@pytest.fixture
def chunks(clip: ClipFolder) -> list[Chunk]:
    return chunks_of(clip, EVERYTHING)[:2]


def maker(clip: ClipFolder, folder: Path) -> ChunkMaker:
    sets = [read_label_set(path) for path in sorted((clip.path / "labels").glob("*.json"))]
    return ChunkMaker(label_table(sets), clip.trajectory, EVERYTHING, folder)


def test_a_chunk_is_the_same_whether_its_inputs_were_asked_for_or_those_of_another(
    clip: ClipFolder, chunks: list[Chunk], tmp_path: Path
) -> None:
    plain, asked = maker(clip, tmp_path / "plain"), maker(clip, tmp_path / "asked")
    first, second = chunks
    wanted = [plain.make(first), plain.make(second)]
    inputs = asked.inputs(first)
    assert [asked.make(second), asked.make(first)] == wanted[::-1]
    assert asked.inputs(first) == inputs
    assert files_of(tmp_path / "asked") == files_of(tmp_path / "plain")


def test_a_chunk_whose_inputs_were_asked_for_is_looked_at_once(
    clip: ClipFolder, chunks: list[Chunk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    look = chunk.look

    def counted(labels, which, *about):
        looks.append(which.name)
        return look(labels, which, *about)

    monkeypatch.setattr(chunk, "look", counted)
    made = maker(clip, tmp_path)
    for which in chunks:
        made.inputs(which)
        made.make(which)
    assert looks == [which.name for which in chunks]


def test_only_files_that_stay_are_forced_onto_the_disk(
    clip: ClipFolder, chunks: list[Chunk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(chunk_files.os, "fsync", synced.append)
    made = maker(clip, tmp_path / "stays")
    made.make(chunks[0], folder=tmp_path / "passed on")
    assert not synced
    made.make(chunks[0])
    there = files_of(tmp_path / "stays")
    assert len(synced) == len(there)
    assert there == files_of(tmp_path / "passed on")
