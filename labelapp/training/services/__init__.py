"""What is done with gold and courses: one service, one file."""

from labelapp.training.services.attempt_score import attempt_score, hidden_checks_end
from labelapp.training.services.course_manage import course_change, course_create, course_start
from labelapp.training.services.gold_manage import gold_create, gold_remove, gold_settings_save
from labelapp.training.services.gold_offer import gold_offer

__all__ = [
    "attempt_score",
    "course_change",
    "course_create",
    "course_start",
    "gold_create",
    "gold_offer",
    "gold_remove",
    "gold_settings_save",
    "hidden_checks_end",
]
