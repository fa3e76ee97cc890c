"""Proposals: boxes fitted to clicks, and tracks that follow them. Arrays in, arrays out."""

from autolabel.cloud import SweepPoints
from autolabel.evidence import Refusal, RoughBox
from autolabel.fitting import BoxFit, HeadingHint, fit_box
from autolabel.ground import Ground, local_ground
from autolabel.lanes import lane_heading
from autolabel.one_click import fit_click, useful_sweeps
from autolabel.path import Tolerances
from autolabel.proposed import ProposedTrack, confidence_of
from autolabel.sighting import Box, Found
from autolabel.tracking import Anchor, track_box, track_steps

__all__ = [
    "Anchor",
    "Box",
    "BoxFit",
    "Found",
    "Ground",
    "HeadingHint",
    "ProposedTrack",
    "Refusal",
    "RoughBox",
    "SweepPoints",
    "Tolerances",
    "confidence_of",
    "fit_box",
    "fit_click",
    "lane_heading",
    "local_ground",
    "track_box",
    "track_steps",
    "useful_sweeps",
]
