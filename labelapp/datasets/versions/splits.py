"""Splits that don't leak, and that stay as they are when a data set grows.

What belongs together (a clip, all clips of a place, all of a trip) is one *group* and goes to one
split. Which one is decided by a hash of the group's name alone: a group that was in ``train`` once
is there for ever, whatever is added.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labelapp.common.checking import (
    FieldError,
    as_number,
    as_object,
    as_text,
    refuse_unknown,
)

#: Metres of a degree of latitude (the mean over the WGS 84 ellipsoid).
_DEGREE_M = 111_195.0
_BY = ("clip", "place", "trip")
_FIELDS = ("shares", "by", "cell_m", "trip_attribute", "salt", "held_out", "stratify")
#: How many ways to mix the hash are tried, where classes are to be spread evenly.
_TRIED_SALTS = 64


@dataclass(frozen=True, slots=True)
class SplitRule:
    """How a data set is split.

    Attributes:
        shares: of each split, by name; they sum to 1.
        by: what is never torn apart: ``clip``, ``place`` or ``trip``.
        cell_m: how wide a place is.
        trip_attribute: the clip attribute that names the trip.
        salt: mixed into the hash; another one is another split.
        held_out: the split that held-out clips go to.
        stratify: ``class``: of several salts, the one that spreads classes best is taken when the
            data set is first frozen.
    """

    shares: tuple[tuple[str, float], ...]
    by: str = "clip"
    cell_m: float = 1000.0
    trip_attribute: str = "trip"
    salt: str = ""
    held_out: str = "test"
    stratify: str | None = None

    @classmethod
    def from_dict(cls, document: object) -> "SplitRule":
        """From its JSON form, see ``docs/datasets.md``.

        Raises:
            FieldError: with the field, what was expected and what was found.
        """
        body = as_object(document, "split")
        refuse_unknown(body, "split", _FIELDS)
        shares = _shares(body.get("shares"))
        by = _one_of(body.get("by", "clip"), "split.by", _BY)
        cell_m = as_number(body.get("cell_m", 1000.0), "split.cell_m")
        if not 1.0 <= cell_m <= 1e6:
            raise FieldError("split.cell_m", "1 to 1,000,000 metres", cell_m)
        held_out = body.get("held_out", "test" if "test" in dict(shares) else shares[-1][0])
        # By name: JSON objects have no order, and the database keeps none. A rule that is read back
        # must put every group where it was.
        shares = tuple(sorted(shares))
        stratify = body.get("stratify")
        return cls(
            shares=shares,
            by=by,
            cell_m=cell_m,
            trip_attribute=as_text(
                body.get("trip_attribute", "trip"), "split.trip_attribute", at_most=200
            ),
            salt=_salt(body.get("salt", "")),
            held_out=_one_of(held_out, "split.held_out", [name for name, _ in shares]),
            stratify=None if stratify is None else _one_of(stratify, "split.stratify", ["class"]),
        )

    def to_dict(self) -> dict[str, object]:
        """The JSON form, complete."""
        return {
            "shares": dict(self.shares),
            "by": self.by,
            "cell_m": self.cell_m,
            "trip_attribute": self.trip_attribute,
            "salt": self.salt,
            "held_out": self.held_out,
            "stratify": self.stratify,
        }

    def split_of(self, group: str) -> str:
        """Return the split that a group's hash falls into."""
        digest = hashlib.sha256(f"{self.salt}\0{group}".encode()).digest()
        at = int.from_bytes(digest[:8], "big") / 2**64
        below = 0.0
        for name, share in self.shares:
            below += share
            if at < below:
                return name
        return self.shares[-1][0]


def _salt(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise FieldError("split.salt", "a text of at most 200 characters", value)
    return value


def _one_of(value: object, field: str, known: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise FieldError(field, f"one of {', '.join(known)}", value)
    return value


def _shares(value: object) -> tuple[tuple[str, float], ...]:
    field = "split.shares"
    found = as_object(value, field)
    if not 2 <= len(found) <= 16:
        raise FieldError(field, "2 to 16 splits", value)
    shares = []
    for name, share in found.items():
        if not name.isidentifier() or len(name) > 32:
            raise FieldError(field, "names of letters, digits and _", name)
        number = as_number(share, f"{field}.{name}", expected="a share above 0")
        if not 0 < number < 1:
            raise FieldError(f"{field}.{name}", "a share above 0 and below 1", number)
        shares.append((name, number))
    total = math.fsum(share for _, share in shares)
    if abs(total - 1) > 1e-9:
        raise FieldError(field, "shares that sum to 1", round(total, 12))
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class SplitClip:
    """What splitting must know of a clip.

    Attributes:
        key: its content hash: the same recording has the same one everywhere.
        latitude_deg: of its origin; None where that isn't known.
        longitude_deg: the same.
        trip: which trip it is from; None where that isn't known.
        classes: how many labels it has of each class.
    """

    key: str
    latitude_deg: float | None
    longitude_deg: float | None
    trip: str | None
    classes: Mapping[str, int]


def group_of(clip: SplitClip, rule: SplitRule) -> str:
    """Return what a clip is never torn apart from; a clip of no known place or trip stands alone.

    A place is a cell of a grid that is ``cell_m`` high and, at its own latitude, as wide.
    """
    if rule.by == "trip" and clip.trip is not None:
        return f"trip {clip.trip}"
    if rule.by == "place" and clip.latitude_deg is not None and clip.longitude_deg is not None:
        row = math.floor(clip.latitude_deg * _DEGREE_M / rule.cell_m)
        middle_deg = max(-90.0, min(90.0, (row + 0.5) * rule.cell_m / _DEGREE_M))
        degree_m = _DEGREE_M * max(math.cos(math.radians(middle_deg)), 1e-6)
        column = math.floor((clip.longitude_deg + 180.0) % 360.0 * degree_m / rule.cell_m)
        return f"cell {rule.cell_m:g} {row} {column}"
    return f"clip {clip.key}"


def splits_of(
    clips: Sequence[SplitClip], rule: SplitRule, held_out: Iterable[str]
) -> list[tuple[str, str]]:
    """Return group and split of each clip.

    Args:
        clips: all of the data set.
        rule: how to split; its salt is final.
        held_out: keys of clips that may not be trained on: their groups go to ``rule.held_out``.
    """
    held = set(held_out)
    groups = [group_of(clip, rule) for clip in clips]
    held_groups = {group for group, clip in zip(groups, clips, strict=True) if clip.key in held}
    return [
        (group, rule.held_out if group in held_groups else rule.split_of(group)) for group in groups
    ]


def salt_that_spreads(clips: Sequence[SplitClip], rule: SplitRule, held_out: Iterable[str]) -> str:
    """Return the salt by which classes are spread over the splits as the shares say.

    A hash alone spreads a class of many clips well, and one of few clips badly. So some salts are
    tried and the one is kept whose shares of labels, class by class, are least off; later versions
    keep it, so that nothing moves.
    """
    held = set(held_out)
    best, best_error = rule.salt, math.inf
    for number in range(_TRIED_SALTS):
        salt = rule.salt if number == 0 else f"{rule.salt}#{number}"
        error = _spread_error(clips, _salted(rule, salt), held)
        if error < best_error - 1e-12:
            best, best_error = salt, error
    return best


def _salted(rule: SplitRule, salt: str) -> SplitRule:
    return SplitRule(
        rule.shares, rule.by, rule.cell_m, rule.trip_attribute, salt, rule.held_out, rule.stratify
    )


def _spread_error(clips: Sequence[SplitClip], rule: SplitRule, held_out: set[str]) -> float:
    """Return the mean over classes of how far shares of labels are off, squared."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    placed = splits_of(clips, rule, held_out)
    for clip, (_, split) in zip(clips, placed, strict=True):
        for name, count in clip.classes.items():
            counts[name][split] += count
        counts[""][split] += 1
    errors = [
        sum((of_class[name] / sum(of_class.values()) - share) ** 2 for name, share in rule.shares)
        for of_class in counts.values()
        if sum(of_class.values())
    ]
    return math.fsum(errors) / len(errors) if errors else 0.0
