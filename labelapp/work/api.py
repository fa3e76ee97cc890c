"""Tasks: getting one, keeping it, finishing it; and how work goes in a project."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.common.schema import errors
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for
from labelapp.work.models import Workflow
from labelapp.work.policies import require_manager, require_overview
from labelapp.work.queue_api import person_of
from labelapp.work.selectors import events_of, lease_of, leases_of, people_at_work, task_for
from labelapp.work.serializers import (
    AtWorkOutput,
    ClaimInput,
    ClaimOutput,
    FinishInput,
    LeaseOutput,
    TaskEventOutput,
    TaskOutput,
    TokenInput,
    WorkflowFields,
    task_json,
)
from labelapp.work.services import (
    held_by,
    lease_heartbeat,
    task_claim,
    task_finish,
    workflow_save,
)
from labelapp.work.stages import Action

_NONE = (
    "There is no task for you now. New ones appear here as soon as clips are queued, or work comes"
    " back from review."
)

_NOT_THIS = (
    "This task does not wait for you any more: somebody else has it by now, or it has gone on."
)


class ClaimView(APIView):
    @extend_schema(
        operation_id="task_claim",
        request=ClaimInput,
        responses={200: ClaimOutput, **errors(400, 401, 404)},
    )
    def post(self, request: Request) -> Response:
        """Get the next task; nobody else gets it until the lease ends."""
        sent = ClaimInput(data=request.data)
        sent.is_valid(raise_exception=True)
        slug = sent.validated_data["project"]
        project = None if slug is None else project_for(request.user, slug)
        task_id = sent.validated_data["task_id"]
        claimed = task_claim(actor=actor_of(request), project=project, task_id=task_id)
        if claimed is None:
            return Response({"task": None, "message": _NONE if task_id is None else _NOT_THIS})
        task = task_for(request.user, claimed.task_id)
        lease = lease_of(claimed.lease_id)
        return Response({"task": task_json(task, lease), "message": ""})


class MyTaskListView(APIView):
    @extend_schema(
        operation_id="my_task_list", responses={200: TaskOutput(many=True), **errors(401)}
    )
    def get(self, request: Request) -> Response:
        """List the tasks that the caller has now, the newest first."""
        leases = held_by(actor_of(request))
        return Response([task_json(lease.task, lease) for lease in leases])


class HeartbeatView(APIView):
    @extend_schema(
        operation_id="lease_heartbeat",
        request=TokenInput,
        responses={200: LeaseOutput, **errors(400, 401, 404, 409)},
    )
    def post(self, request: Request, lease_id: uuid.UUID) -> Response:
        """Keep a lease alive."""
        sent = TokenInput(data=request.data)
        sent.is_valid(raise_exception=True)
        lease = lease_heartbeat(
            actor=actor_of(request), lease_id=lease_id, token=sent.validated_data["token"]
        )
        return Response(LeaseOutput(lease).data)


class FinishView(APIView):
    @extend_schema(
        operation_id="task_finish",
        request=FinishInput,
        responses={200: TaskOutput, **errors(400, 401, 404, 409)},
    )
    def post(self, request: Request, lease_id: uuid.UUID) -> Response:
        """Submit, accept, send back, skip, return, hand over, pause or resume a task one has."""
        sent = FinishInput(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        lease = task_finish(
            actor=actor_of(request),
            lease_id=lease_id,
            token=data["token"],
            action=Action(data["action"]),
            note=data["note"],
            to=person_of(data["to"]),
        )
        task = task_for(request.user, lease.task_id)
        return Response(task_json(task, None if lease.ended_at else lease))


class TaskDetailView(APIView):
    @extend_schema(operation_id="task_get", responses={200: TaskOutput, **errors(401, 404)})
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Return a task."""
        task = task_for(request.user, task_id)
        return Response(task_json(task, leases_of([task]).get(task.pk)))


class TaskEventListView(APIView):
    @extend_schema(
        operation_id="task_event_list",
        responses={200: TaskEventOutput(many=True), **errors(401, 404)},
    )
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Return what happened to a task, in order."""
        task = task_for(request.user, task_id)
        return Response(TaskEventOutput(events_of(task), many=True).data)


class AtWorkView(APIView):
    @extend_schema(
        operation_id="at_work_list",
        responses={200: AtWorkOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return who works on what now, the first 1,000."""
        project = _overview(request, slug)
        return Response(AtWorkOutput(people_at_work(project)[:1000], many=True).data)


def _overview(request: Request, slug: str) -> Project:
    project = project_for(request.user, slug)
    require_overview(request.user, project)
    return project


class WorkflowView(APIView):
    @extend_schema(
        operation_id="workflow_get",
        responses={200: WorkflowFields, 204: None, **errors(401, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return how work goes in a project; 204: without tasks."""
        project = project_for(request.user, slug)
        require(request.user, project, "see")
        workflow = Workflow.objects.filter(project=project).first()
        return Response(status=204) if workflow is None else Response(WorkflowFields(workflow).data)

    @extend_schema(
        operation_id="workflow_save",
        request=WorkflowFields,
        responses={200: WorkflowFields, **errors(400, 401, 403, 404)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """Set how work goes in a project; what is left out stays."""
        project = project_for(request.user, slug)
        require_manager(request.user, project)
        sent = WorkflowFields(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        workflow = workflow_save(actor=actor_of(request), project=project, **sent.validated_data)
        return Response(WorkflowFields(workflow).data)
