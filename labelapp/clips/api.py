"""Clips, their pictures and their sweeps."""

import uuid

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.clips import selectors
from labelapp.clips.errors import StoredFileMissingError
from labelapp.clips.extensions import manifest_parts
from labelapp.clips.manifest import manifest_read
from labelapp.clips.models import Clip, StaticCloud
from labelapp.clips.selectors import StoredFile, clips_visible_to
from labelapp.clips.serializers import ClipManifestOutput, ClipOutput, StaticCloudOutput
from labelapp.clips.services import static_cloud_request
from labelapp.clips.storage import clip_storage
from labelapp.common.errors import InvalidError
from labelapp.common.http import file_response
from labelapp.common.pagination import CursorPagination
from labelapp.common.schema import errors
from labelapp.common.storage import open_part
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for

_CURSOR = OpenApiParameter("cursor", str, description="page, as `next` and `previous` give it")
_PAGE_SIZE = OpenApiParameter("page_size", int, description="at most 200")
_SIZE = OpenApiParameter("size", str, enum=["thumbnail"], description="at most 480 px wide")


class ClipListView(APIView):
    @extend_schema(
        operation_id="clip_list",
        parameters=[_CURSOR, _PAGE_SIZE],
        responses={
            200: ClipOutput(many=True),
            **errors(401, 404),
        },
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's clips, newest first."""
        project = project_for(request.user, slug)
        pages = CursorPagination()
        clips = pages.paginate_queryset(
            clips_visible_to(request.user).filter(project=project), request, view=self
        )
        return pages.get_paginated_response(ClipOutput(clips or [], many=True).data)

    #: Tells the schema that the answer is a page.
    pagination_class = CursorPagination


class ClipDetailView(APIView):
    @extend_schema(operation_id="clip_get", responses={200: ClipManifestOutput, **errors(401, 404)})
    def get(self, request: Request, clip_id: uuid.UUID) -> Response:
        """Return a clip's manifest: its rig, the times of its images and sweeps, its label sets."""
        clip = selectors.clip_for(request.user, clip_id)
        role = require(request.user, clip.project, "see")
        project = {
            "id": clip.project.pk,
            "slug": clip.project.slug,
            "name": clip.project.name,
            "role": role.value,
        }
        parts = {name: part.value(clip, request.user) for name, part in manifest_parts().items()}
        return Response(
            {"id": clip.pk, "name": clip.name, "project": project}
            | manifest_read(clip.storage_prefix).public
            | parts
        )


class _StoredFileView(APIView):
    """Sends a stored file of a clip, with ranges and for ever cacheable: clips never change."""

    def send(self, request: Request, file: StoredFile) -> HttpResponseBase:
        """Return the file, or the part of it that is asked for."""
        try:
            return file_response(
                request._request,  # noqa: SLF001  DRF's own is no Django request
                lambda part: open_part(clip_storage(), file.name, part),
                size=file.size,
                etag=file.etag,
                content_type=file.content_type,
            )
        except FileNotFoundError as error:
            msg = f"The storage has lost {file.name}."
            raise StoredFileMissingError(msg) from error


class ClipTrajectoryView(_StoredFileView):
    @extend_schema(
        operation_id="clip_trajectory",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **errors(401, 404, 416),
        },
    )
    def get(self, request: Request, clip_id: uuid.UUID) -> HttpResponseBase:
        """Return the ego's way through the world, binary (`LAT1`)."""
        clip = selectors.clip_for(request.user, clip_id)
        return self.send(request, selectors.trajectory_file(clip))


class ClipImageView(_StoredFileView):
    @extend_schema(
        operation_id="clip_image",
        parameters=[_SIZE],
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/png"): OpenApiTypes.BINARY,
            **errors(400, 401, 404, 416),
        },
    )
    def get(
        self, request: Request, clip_id: uuid.UUID, camera: str, index: int
    ) -> HttpResponseBase:
        """Return a picture as it was recorded, or a small copy of it."""
        clip = selectors.clip_for(request.user, clip_id)
        size = request.query_params.get("size")
        if size not in {None, "thumbnail"}:
            msg = f"size: expected 'thumbnail' or nothing, found '{size}'."
            raise InvalidError(msg, details={"fields": {"size": [msg]}})
        file = selectors.image_file(clip, camera, index, is_thumbnail=size == "thumbnail")
        return self.send(request, file)


class ClipSweepView(_StoredFileView):
    @extend_schema(
        operation_id="clip_sweep",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **errors(401, 404, 416),
        },
    )
    def get(self, request: Request, clip_id: uuid.UUID, index: int) -> HttpResponseBase:
        """Return a sweep's points in the world frame, binary (`LAS1`)."""
        clip = selectors.clip_for(request.user, clip_id)
        return self.send(request, selectors.sweep_file(clip, index))


class ClipSweepTileView(_StoredFileView):
    @extend_schema(
        operation_id="clip_sweep_tile",
        responses={
            (200, "application/json"): OpenApiTypes.BINARY,
            (200, "model/gltf-binary"): OpenApiTypes.BINARY,
            **errors(401, 404, 416),
        },
    )
    def get(self, request: Request, clip_id: uuid.UUID, index: int, name: str) -> HttpResponseBase:
        """Return a file of a huge sweep: `tileset.json` (3D Tiles 1.1), or a tile of it."""
        clip = selectors.clip_for(request.user, clip_id)
        return self.send(request, selectors.sweep_tile_file(clip, index, name))


class StaticCloudView(APIView):
    @extend_schema(
        operation_id="static_cloud_get", responses={200: StaticCloudOutput, **errors(401, 404)}
    )
    def get(self, request: Request, clip_id: uuid.UUID) -> Response:
        """Return a clip's static cloud: its address, or how far its making is."""
        clip = selectors.clip_for(request.user, clip_id)
        return Response(_cloud_as_json(clip, selectors.static_cloud_of(clip)))

    @extend_schema(
        operation_id="static_cloud_make",
        request=None,
        responses={202: StaticCloudOutput, **errors(401, 403, 404, 409)},
    )
    def post(self, request: Request, clip_id: uuid.UUID) -> Response:
        """Have a clip's static cloud made anew, from the labels of now."""
        clip = selectors.clip_for(request.user, clip_id)
        assert request.user.is_authenticated  # noqa: S101  nobody else sees a clip
        cloud = static_cloud_request(actor=request.user, clip=clip)
        return Response(_cloud_as_json(clip, cloud), status=202)


class StaticCloudFileView(_StoredFileView):
    @extend_schema(
        operation_id="static_cloud_file",
        responses={
            (200, "application/json"): OpenApiTypes.BINARY,
            (200, "model/gltf-binary"): OpenApiTypes.BINARY,
            **errors(401, 404, 416),
        },
    )
    def get(
        self, request: Request, clip_id: uuid.UUID, version: str, name: str
    ) -> HttpResponseBase:
        """Return a file of a static cloud: `tileset.json` (3D Tiles 1.1), or a tile of it."""
        clip = selectors.clip_for(request.user, clip_id)
        return self.send(request, selectors.cloud_file(clip, version, name))


def _cloud_as_json(clip: Clip, cloud: StaticCloud | None) -> dict[str, object]:
    if cloud is None:
        return {
            "state": "missing" if clip.sweep_count else "no_sweeps",
            "url": None,
            "version": "",
            **dict.fromkeys(("point_count", "moved_count", "tile_count", "stored_bytes"), 0),
            "message": "",
            "progress": None,
        }
    job = cloud.job
    return {
        "state": job.state,
        "url": cloud.url,
        "version": cloud.version,
        "point_count": cloud.point_count,
        "moved_count": cloud.moved_count,
        "tile_count": cloud.tile_count,
        "stored_bytes": cloud.stored_bytes,
        "message": job.message,
        "progress": {
            "done": job.done,
            "total": job.total,
            "rate_per_s": job.rate_per_s,
            "eta_s": job.eta_s,
        },
    }
