"""What can go wrong with pre-labels."""

from labelapp.common.errors import ConflictError


class ProposalsLeftError(ConflictError):
    """A task can't be handed in while proposals wait in it."""

    code = "proposals_left"
