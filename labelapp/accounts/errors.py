"""What can go wrong with accounts."""

from labelapp.common.errors import DomainError


class LoginFailedError(DomainError):
    """The name and password are wrong, or the account is closed: nobody learns which."""

    code = "login_failed"
    http_status = 400


class StalePreferencesError(DomainError):
    """Somebody changes preferences on a revision that is not the newest."""

    code = "stale_preferences"
    http_status = 412
