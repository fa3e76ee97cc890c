"""Who takes the label files that come with a clip folder: registered when Django starts."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from labelapp.accounts.models import User
    from labelapp.clips.models import Clip
    from projection.labels import LabelSet


class LabelSink(Protocol):
    """Stores a label set of a clip folder, inside the transaction that makes the clip.

    Raising a ``DomainError`` refuses the whole folder.
    """

    def __call__(self, *, clip: "Clip", label_set: "LabelSet", actor: "User | None") -> None:
        """Store one parsed label file."""
        ...


_label_sinks: list[LabelSink] = []


def register_label_sink(sink: LabelSink) -> None:
    """Have a function called with every label file of every clip that is imported."""
    if sink not in _label_sinks:
        _label_sinks.append(sink)


def label_sinks() -> tuple[LabelSink, ...]:
    """Return the functions that take label files."""
    return tuple(_label_sinks)
