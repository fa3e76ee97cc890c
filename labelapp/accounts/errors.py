"""What can go wrong with accounts."""

from labelapp.common.errors import DomainError


class LoginFailedError(DomainError):
    """The name and password are wrong, or the account is closed: nobody learns which."""

    code = "login_failed"
    http_status = 400
