"""labelapp from Python: send recordings and labels, freeze data sets, fetch exports, train.

    from labelapp.client import Client

    project = Client("https://labels.example.com", token).project("demo")
    clip = project.push_clip("recording")
    version = project.dataset("streets").freeze({"layers": ["objects"], "sources": ["gold"]})
    version.export(["webdataset"]).wait().download("shards")

It needs urllib3 and nothing of the server. ``labelapp.client.training`` reads exports in training
loops. See ``docs/client.md``.
"""

from labelapp.client.api import Client, Project
from labelapp.client.clips import Clip
from labelapp.client.datasets import Dataset, Export, Version
from labelapp.client.downloading import RemoteFile
from labelapp.client.errors import (
    ApiError,
    ChecksumError,
    ClipFolderError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    JobFailedError,
    LabelappError,
    NotFoundError,
    NotLoggedInError,
    ServerUnavailableError,
    SettingError,
    TooBigError,
    WaitedInVainError,
)
from labelapp.client.imports import ImportedLabels
from labelapp.client.labels import LabelSet, read_labels
from labelapp.client.transport import VERSION, Patience

__all__ = [
    "ApiError",
    "ChecksumError",
    "Client",
    "Clip",
    "ClipFolderError",
    "ConflictError",
    "Dataset",
    "Export",
    "ForbiddenError",
    "ImportedLabels",
    "InvalidError",
    "JobFailedError",
    "LabelSet",
    "LabelappError",
    "NotFoundError",
    "NotLoggedInError",
    "Patience",
    "Project",
    "RemoteFile",
    "ServerUnavailableError",
    "SettingError",
    "TooBigError",
    "Version",
    "WaitedInVainError",
    "read_labels",
]
__version__ = VERSION
