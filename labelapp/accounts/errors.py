"""What can go wrong with accounts."""

from labelapp.common.errors import DomainError, ForbiddenError


class LoginFailedError(DomainError):
    """The name and password are wrong, or the account is closed: nobody learns which."""

    code = "login_failed"
    http_status = 400


class StalePreferencesError(DomainError):
    """Somebody changes preferences on a revision that is not the newest."""

    code = "stale_preferences"
    http_status = 412


class CodeRefusedError(DomainError):
    """A code of a second factor that is wrong, or was used."""

    code = "code_refused"
    http_status = 400


class SecondFactorNeededError(ForbiddenError):
    """Somebody's role asks for a second factor, and they have set up none."""

    code = "second_factor_needed"


class OpenidRefusedError(DomainError):
    """Somebody who comes from a provider of OpenID Connect is not let in."""

    code = "openid_refused"
    http_status = 403


class OpenidUnreachableError(OpenidRefusedError):
    """The provider doesn't answer, or not as one does."""

    code = "openid_unreachable"
    http_status = 503


class LockedOutError(DomainError):
    """Too many wrong passwords for one name from one address."""

    code = "locked_out"
    http_status = 429


class TokenRefusedError(DomainError):
    """An API token that is unknown, has expired or was revoked."""

    code = "token_refused"
    http_status = 401


class ScopeMissingError(ForbiddenError):
    """An API token that was not made for this."""

    code = "scope_missing"
