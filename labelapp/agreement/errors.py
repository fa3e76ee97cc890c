"""What can go wrong with agreement."""

from labelapp.common.errors import ConflictError


class SeatTakenError(ConflictError):
    """Somebody has labelled another version of the same already."""

    code = "seat_taken"
