"""What is done to label sets: one service, one file."""

from labelapp.labels.services.effort_report import effort_report
from labelapp.labels.services.label_set_copy import label_set_copy
from labelapp.labels.services.label_set_ensure import label_set_ensure
from labelapp.labels.services.label_set_import import label_set_import, label_set_receive
from labelapp.labels.services.operations_apply import operations_apply
from labelapp.labels.services.presence import presence_leave, presence_tell

__all__ = [
    "effort_report",
    "label_set_copy",
    "label_set_ensure",
    "label_set_import",
    "label_set_receive",
    "operations_apply",
    "presence_leave",
    "presence_tell",
]
