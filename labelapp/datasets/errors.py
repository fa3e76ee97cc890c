"""What can go wrong with exports."""

from labelapp.common.errors import ConflictError, InvalidError, NotFoundError


class ExportNotFoundError(NotFoundError):
    """There is no such export or file, or it is not the caller's to know of."""


class NothingToExportError(InvalidError):
    """None of the clips has labels of this layer from this source."""

    code = "nothing_to_export"


class DatasetUnchangedError(ConflictError):
    """What would be frozen is the version before once more."""

    code = "dataset_unchanged"


class DatasetNameTakenError(ConflictError):
    """Another data set of the project has this name."""

    code = "dataset_name_taken"


class VersionDeprecatedError(ConflictError):
    """A deprecated version is not exported, and not deprecated again."""

    code = "version_deprecated"


class ExportNotDoneError(ConflictError):
    """Files are there when the export is done, not before."""

    code = "export_not_done"


class ExportOverError(ConflictError):
    """An export that is over cannot be cancelled."""

    code = "export_over"
