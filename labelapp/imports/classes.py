"""What classes of files become: those of the ontology that are meant, and what nobody knows yet."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
#: How alike names must be for one to be suggested for the other.
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class ClassMapping:
    """What somebody says of classes.

    Attributes:
        becomes: By the files' names: what each is called from now on; None: left out.
        keep: Whether those that nobody knows keep their names.
    """

    becomes: Mapping[str, str | None] = field(default_factory=dict)
    keep: bool = False


@dataclass(frozen=True, slots=True)
class ClassFound:
    """A class of the files.

    Attributes:
        name: As the files call it.
        count: How many labels have it.
        becomes: What they are called from now on; None: they are left out, or nobody knows.
        is_settled: Whether it is known what becomes of them.
        is_known: Whether the layer's ontology has what they become.
        suggestion: A class of the ontology that may be meant, where nobody knows.
    """

    name: str
    count: int
    becomes: str | None
    is_settled: bool
    is_known: bool
    suggestion: str | None

    def to_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "name": self.name,
            "count": self.count,
            "becomes": self.becomes,
            "is_settled": self.is_settled,
            "is_known": self.is_known,
            "suggestion": self.suggestion,
        }


def classes_found(
    counts: Mapping[str, int], known: Sequence[str] | None, mapping: ClassMapping
) -> list[ClassFound]:
    """Return what becomes of each class, by name.

    What somebody said holds. A name that is one of the ontology's but for case, spaces and dashes
    is meant to be that. Everything else is asked for.

    Args:
        counts: Labels of each class.
        known: The layer's classes; None: no ontology says any, so that all keep their names.
        mapping: What somebody says.
    """
    plain = {_plain(name): name for name in known or ()}
    found = []
    for name in sorted(counts):
        becomes, is_settled = _becomes(name, known, plain, mapping)
        suggestion = None if is_settled else _suggestion(name, plain)
        is_known = becomes is not None and becomes in (known or ())
        found.append(ClassFound(name, counts[name], becomes, is_settled, is_known, suggestion))
    return found


def _becomes(
    name: str,
    known: Sequence[str] | None,
    plain: Mapping[str, str],
    mapping: ClassMapping,
) -> tuple[str | None, bool]:
    if name in mapping.becomes:
        return mapping.becomes[name], True
    if known is None or name in known:
        return name, True
    if _plain(name) in plain:
        return plain[_plain(name)], True
    return (name, True) if mapping.keep else (None, False)


def _suggestion(name: str, plain: Mapping[str, str]) -> str | None:
    parts: Iterable[str] = reversed(_plain(name).split("_"))
    for part in parts:
        if part in plain:
            return plain[part]
    close = difflib.get_close_matches(_plain(name), list(plain), 1, _ALIKE)
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    return _NOT_IN_NAMES.sub("_", name.lower()).strip("_")
