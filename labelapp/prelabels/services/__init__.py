"""What is done with pre-labels: one service, one file."""

from labelapp.prelabels.services.cost_record import cost_record
from labelapp.prelabels.services.starting import proposals_left, start_copy, starts_set

__all__ = ["cost_record", "proposals_left", "start_copy", "starts_set"]
