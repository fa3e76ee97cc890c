"""What can go wrong with notices and webhooks."""

from labelapp.common.errors import InvalidError


class TargetRefusedError(InvalidError):
    """A webhook's address that this server doesn't send to."""

    code = "target_refused"
