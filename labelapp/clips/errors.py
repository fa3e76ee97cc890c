"""What can go wrong with clips."""

from labelapp.common.errors import ConflictError, DomainError, InvalidError, NotFoundError


class ClipFolderError(InvalidError):
    """A clip folder breaks the format; ``details.defects`` has a sentence for each defect found."""

    code = "invalid_clip"


class ClipNotFoundError(NotFoundError):
    """There is no such clip, image or sweep, or it is not the caller's to know of."""


class StoredFileMissingError(DomainError):
    """A file that a clip's manifest names is not in storage: somebody took it away."""

    code = "stored_file_missing"
    http_status = 500


class UploadNotWholeError(ConflictError):
    """Parts are missing, or the upload is over already."""

    code = "upload_not_whole"


class NoSweepsError(ConflictError):
    """A clip has no points."""

    code = "no_sweeps"
