"""What is done with agreement: one service, one file."""

from labelapp.agreement.services.comparing import group_compare
from labelapp.agreement.services.grouping import GroupRule, groups_create, member_of, seat_take

__all__ = ["GroupRule", "group_compare", "groups_create", "member_of", "seat_take"]
