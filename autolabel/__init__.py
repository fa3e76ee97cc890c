"""Proposals: boxes fitted to clicks, and tracks that follow them. Arrays in, arrays out."""

from autolabel.cloud import SweepPoints
from autolabel.fitting import BoxFit, Refusal, fit_box
from autolabel.ground import Ground, local_ground
from autolabel.one_click import fit_click, useful_sweeps

__all__ = [
    "BoxFit",
    "Ground",
    "Refusal",
    "SweepPoints",
    "fit_box",
    "fit_click",
    "local_ground",
    "useful_sweeps",
]
