"""What can go wrong, as classes that programs switch on and sentences that people read."""

from collections.abc import Mapping
from typing import Any


class LabelappError(Exception):
    """Something could not be done; the text is a sentence that says why."""


class SettingError(LabelappError):
    """No server or token was given, or what was given is none."""


class ClipFolderError(LabelappError):
    """A folder can't be sent as a clip: the sentence names the file and what is wrong with it."""


class ServerUnavailableError(LabelappError):
    """The server could not be reached, or went on saying that it is busy, however often asked."""


class ChecksumError(LabelappError):
    """A file came with other bytes than the server says it has, also the second time."""


class JobFailedError(LabelappError):
    """A job on the server failed or was cancelled; the sentence is the server's.

    Attributes:
        state: ``failed`` or ``cancelled``.
    """

    def __init__(self, message: str, *, state: str) -> None:
        super().__init__(message)
        self.state = state


class WaitedInVainError(LabelappError):
    """A job on the server isn't done within the time that the caller wanted to wait."""


class ApiError(LabelappError):
    """The server refused a request.

    Attributes:
        status: of HTTP.
        code: what programs switch on, such as ``version_conflict``; see ``docs/api.md``.
        message: the server's sentence.
        details: what the server says beside it, such as ``fields``.
        request_id: names the request in the server's log.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str = "error",
        details: Mapping[str, Any] | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details: dict[str, Any] = dict(details or {})
        self.request_id = request_id


class InvalidError(ApiError):
    """400: what was sent can't be taken; the sentence names the field."""


class NotLoggedInError(ApiError):
    """401: the token is unknown, too old, or was revoked."""


class ForbiddenError(ApiError):
    """403: the token's scopes, or its owner's role, don't allow this."""


class NotFoundError(ApiError):
    """404: it does not exist, or isn't the caller's to know of."""


class ConflictError(ApiError):
    """409: it contradicts the state that the server has now."""


class TooBigError(ApiError):
    """413: more was sent than the server takes at once."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: InvalidError,
    401: NotLoggedInError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: TooBigError,
}


def api_error(status: int, body: object, *, where: str) -> ApiError:
    """Return the error that an answer of the server means.

    Args:
        status: of HTTP.
        body: the parsed answer; anything, where something else than the product answered.
        where: method and address, for answers without a sentence.
    """
    kind = _BY_STATUS.get(status, ApiError)
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        msg = f"{where}: expected an answer of labelapp, found status {status} without a sentence."
        return kind(msg, status=status)
    details = body.get("details")
    return kind(
        _sentence(body["message"], details),
        status=status,
        code=str(body.get("code", "error")),
        details=details if isinstance(details, dict) else None,
        request_id=str(body.get("request_id", "")),
    )


def _sentence(message: str, details: object) -> str:
    """Return the message with the fields' sentences that it lacks."""
    fields = details.get("fields") if isinstance(details, dict) else None
    found = [message]
    for name, sentences in fields.items() if isinstance(fields, dict) else ():
        texts = sentences if isinstance(sentences, list) else [sentences]
        found += [f"{name}: {text}" for text in texts if str(text) not in message]
    return " ".join(found)
