"""What is done with pre-labels: one service, one file."""

from labelapp.prelabels.services.cost_record import (
    costs_record,
    costs_record_next,
    uncounted_take,
)
from labelapp.prelabels.services.starting import proposals_left, start_copy, starts_set

__all__ = [
    "costs_record",
    "costs_record_next",
    "proposals_left",
    "start_copy",
    "starts_set",
    "uncounted_take",
]
