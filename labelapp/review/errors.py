"""What can go wrong with comments."""

from labelapp.common.errors import NotFoundError


class CommentNotFoundError(NotFoundError):
    """There is no such comment, or the caller may not know of it."""
