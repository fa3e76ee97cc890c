"""Comparing label sets: how far one answer about a clip is from another.

Labeller against gold, labeller against labeller, network against labeller: all are two label sets
of one layer of one clip, and one function, ``compare``, says how they differ.
"""

from quality.comparing import Comparison, compare
from quality.fields import Resolution, fields_lost
from quality.options import Options
from quality.region import Region

__all__ = ["Comparison", "Options", "Region", "Resolution", "compare", "fields_lost"]
