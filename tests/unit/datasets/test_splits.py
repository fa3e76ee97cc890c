"""Splits: stable, without leaks, as the shares say."""

import math
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelapp.common.checking import FieldError
from labelapp.datasets.versions.splits import (
    SplitClip,
    SplitRule,
    group_of,
    salt_that_spreads,
    splits_of,
)

SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}
RULE = SplitRule.from_dict({"shares": SHARES})


def clip(number: int, **fields) -> SplitClip:
    plain = {"latitude_deg": None, "longitude_deg": None, "trip": None, "classes": {"car": 1}}
    return SplitClip(key=f"{number:064x}", **(plain | fields))


def test_a_data_set_that_grows_moves_nothing() -> None:
    few, many = [clip(n) for n in range(50)], [clip(n) for n in range(500)]
    assert splits_of(many, RULE, [])[:50] == splits_of(few, RULE, [])


def test_a_hash_alone_comes_near_to_the_shares() -> None:
    found = [split for _, split in splits_of([clip(n) for n in range(20_000)], RULE, [])]
    for name, share in SHARES.items():
        assert found.count(name) / len(found) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("by", ["trip", "place"])
def test_what_belongs_together_is_in_one_split(by: str) -> None:
    rule = SplitRule.from_dict({"shares": SHARES, "by": by, "cell_m": 500})
    clips = [
        clip(n, trip=f"t{n % 40}", latitude_deg=48.0 + 0.02 * (n % 40), longitude_deg=11.0)
        for n in range(400)
    ]
    splits: dict[str | None, set[str]] = {}
    for one, (_, split) in zip(clips, splits_of(clips, rule, []), strict=True):
        splits.setdefault(one.trip, set()).add(split)
    assert all(len(found) == 1 for found in splits.values())
    assert len(set().union(*splits.values())) == 3


def test_a_place_is_as_wide_as_it_is_high_wherever_it_is() -> None:
    rule = SplitRule.from_dict({"shares": SHARES, "by": "place", "cell_m": 1000})
    for latitude_deg in (0.0, 48.1, 69.6, -33.9):
        degrees = [n * 0.0005 for n in range(4000)]
        along = {group_of(clip(0, latitude_deg=latitude_deg, longitude_deg=d), rule)
                 for d in degrees}  # fmt: skip
        up = {group_of(clip(0, latitude_deg=latitude_deg + d, longitude_deg=0.0), rule)
              for d in degrees}  # fmt: skip
        metres = 2.0 * 111_195
        assert len(up) == pytest.approx(metres / 1000, abs=2)
        width_m = metres * math.cos(math.radians(latitude_deg))
        assert len(along) == pytest.approx(width_m / 1000, rel=0.02, abs=2)


def test_a_clip_of_no_known_place_stands_alone() -> None:
    rule = SplitRule.from_dict({"shares": SHARES, "by": "place"})
    assert group_of(clip(1), rule) != group_of(clip(2), rule)
    assert group_of(clip(1), rule).startswith("clip ")


def test_what_is_held_out_takes_its_whole_group_along() -> None:
    rule = SplitRule.from_dict({"shares": SHARES, "by": "trip"})
    clips = [clip(n, trip=f"t{n % 20}") for n in range(200)]
    held = [one.key for one in clips if one.trip == "t3"][:1]
    splits = splits_of(clips, rule, held)
    for one, (_, split) in zip(clips, splits, strict=True):
        if one.trip == "t3":
            assert split == "test"


@given(st.lists(st.uuids(), min_size=1, max_size=30, unique=True), st.text(max_size=5))
def test_the_order_of_clips_decides_nothing(ids: list[uuid.UUID], salt: str) -> None:
    rule = replace(RULE, salt=salt)
    clips = [SplitClip(one.hex * 2, None, None, None, {}) for one in ids]
    there = dict(zip(ids, splits_of(clips, rule, []), strict=True))
    back = dict(zip(ids[::-1], splits_of(clips[::-1], rule, []), strict=True))
    assert there == back


def test_a_rare_class_is_spread_as_the_shares_say() -> None:
    rule = SplitRule.from_dict({"shares": {"train": 0.7, "val": 0.3}, "stratify": "class"})
    clips = [clip(n, classes={"car": 5} | ({"tram": 2} if n % 17 == 0 else {})) for n in range(200)]

    def tram_share(of: SplitRule) -> float:
        splits = [split for _, split in splits_of(clips, of, [])]
        trams = [c.classes.get("tram", 0) for c in clips]
        train = sum(t for t, split in zip(trams, splits, strict=True) if split == "train")
        return train / sum(trams)

    spread = replace(rule, salt=salt_that_spreads(clips, rule, []))
    assert abs(tram_share(spread) - 0.7) <= abs(tram_share(rule) - 0.7)
    assert tram_share(spread) == pytest.approx(0.7, abs=0.07)


def test_a_rule_survives_being_written_down() -> None:
    rule = SplitRule.from_dict(
        {"shares": SHARES, "by": "place", "cell_m": 250, "salt": "x", "stratify": "class"}
    )
    assert SplitRule.from_dict(rule.to_dict()) == rule


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shares": {"train": 1.0}}, "split.shares"),
        ({"shares": {"train": 0.5, "val": 0.4}}, "split.shares"),
        ({"shares": {"train": 0.5, "a b": 0.5}}, "split.shares"),
        ({"shares": {"train": float("nan"), "val": 0.5}}, "split.shares.train"),
        ({"by": "moon"}, "split.by"),
        ({"cell_m": 0}, "split.cell_m"),
        ({"held_out": "train2"}, "split.held_out"),
        ({"stratify": "weather"}, "split.stratify"),
        ({"salt": 3}, "split.salt"),
        ({"colour": 1}, "split.colour"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        SplitRule.from_dict({"shares": SHARES} | change)
    assert caught.value.field == field


def test_a_rule_splits_the_same_in_whatever_order_its_shares_come_back() -> None:
    shares = {"train": 0.6, "val": 0.3, "test": 0.1}
    rule = SplitRule.from_dict({"shares": shares})
    # PostgreSQL's jsonb orders keys by their length.
    stored = rule.to_dict() | {"shares": dict(sorted(shares.items(), key=lambda one: len(one[0])))}
    again = SplitRule.from_dict(stored)
    groups = [f"clip {number}" for number in range(200)]
    assert [again.split_of(group) for group in groups] == [rule.split_of(group) for group in groups]
    assert again == rule
