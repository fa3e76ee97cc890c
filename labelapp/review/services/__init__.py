"""What is done in review: one service, one file."""

from labelapp.review.services.comments import Pin, comment_change, comment_write
from labelapp.review.services.correction import correction_score

__all__ = ["Pin", "comment_change", "comment_write", "correction_score"]
