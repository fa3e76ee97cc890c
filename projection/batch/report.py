"""What a run did: which chunks it made, and why, and which were there already."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projection.batch.chunk import ChunkOutcome


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    Attributes:
        chunks: By head, camera and time.
        images: Images that there are targets of.
        removed: Files of chunks that are not asked for any more.
        seconds: How long it took.
        notes: What is asked for and isn't there, such as classes that no label has.
    """

    chunks: tuple[ChunkOutcome, ...]
    images: int
    removed: tuple[str, ...]
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def ticks(self) -> int:
        """Rasters of heads at times."""
        return sum(chunk.images for chunk in self.chunks if not chunk.camera)

    @property
    def rows(self) -> int:
        """Labels in images."""
        return sum(chunk.rows for chunk in self.chunks)

    @property
    def made(self) -> tuple[ChunkOutcome, ...]:
        """Chunks that were made."""
        return tuple(chunk for chunk in self.chunks if chunk.reason is not None)

    @property
    def reused(self) -> tuple[ChunkOutcome, ...]:
        """Chunks that were there already."""
        return tuple(chunk for chunk in self.chunks if chunk.reason is None)

    def reasons(self) -> Mapping[str, int]:
        """How many chunks were made for which reason, the most frequent first."""
        found = Counter(chunk.reason for chunk in self.made if chunk.reason is not None)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def lines(self) -> list[str]:
        """The report as a person reads it."""
        # Heads share images: the work is that for the one with the most.
        most: Counter[str] = Counter()
        for chunk in self.made:
            key = chunk.name if chunk.camera else f"{chunk.head}/{chunk.name}"
            most[key] = max(most[key], chunk.images)
        made = most.total()
        rate = made / self.seconds if self.seconds > 0.0 else 0.0
        text = f"{self.rows} targets in {self.images} images; "
        if self.ticks:
            text += f"{self.ticks} rasters; "
        text += f"{made} images projected in "
        lines = [text + f"{self.seconds:.1f} s ({rate:.0f} a second)"]
        lines += [f"  {count} chunks made: {why}" for why, count in self.reasons().items()]
        if self.reused:
            lines.append(f"  {len(self.reused)} chunks reused: nothing they depend on changed")
        if self.removed:
            lines.append(f"  {len(self.removed)} files removed: not asked for any more")
        return lines + [f"  {note}" for note in self.notes]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON: with every chunk."""
        return {
            "images": self.images,
            "targets": self.rows,
            "seconds": round(self.seconds, 3),
            "reasons": dict(self.reasons()),
            "ticks": self.ticks,
            "chunks": [
                {
                    "head": chunk.head,
                    "chunk": chunk.name,
                    "camera": chunk.camera,
                    "images": chunk.images,
                    "targets": chunk.rows,
                    "reused": chunk.reason is None,
                    "reason": chunk.reason,
                }
                for chunk in self.chunks
            ],
            "removed": list(self.removed),
            "notes": list(self.notes),
        }
