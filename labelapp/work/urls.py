"""Routes of tasks, below ``/api/``."""

from django.urls import path

from labelapp.work import api, home_api, people_api, queue_api

urlpatterns = [
    path("work/claim", api.ClaimView.as_view(), name="task-claim"),
    path("work/home", home_api.HomeView.as_view(), name="work-home"),
    path("work/mine", api.MyTaskListView.as_view(), name="my-task-list"),
    path("leases/<uuid:lease_id>/heartbeat", api.HeartbeatView.as_view(), name="lease-heartbeat"),
    path("leases/<uuid:lease_id>/finish", api.FinishView.as_view(), name="task-finish"),
    path("tasks/<uuid:task_id>", api.TaskDetailView.as_view(), name="task-detail"),
    path("tasks/<uuid:task_id>/events", api.TaskEventListView.as_view(), name="task-event-list"),
    path(
        "label-sets/<uuid:label_set_id>/task",
        home_api.LabelSetTaskView.as_view(),
        name="label-set-task",
    ),
    path("projects/<slug:slug>/members", home_api.MemberListView.as_view(), name="member-list"),
    path("projects/<slug:slug>/tasks", queue_api.TaskListView.as_view(), name="task-list"),
    path("projects/<slug:slug>/tasks/file", queue_api.TaskFileView.as_view(), name="task-file"),
    path(
        "projects/<slug:slug>/tasks/change",
        queue_api.TasksChangeView.as_view(),
        name="tasks-change",
    ),
    path("projects/<slug:slug>/board", queue_api.BoardView.as_view(), name="task-board"),
    path("projects/<slug:slug>/at-work", api.AtWorkView.as_view(), name="at-work-list"),
    path("projects/<slug:slug>/workflow", api.WorkflowView.as_view(), name="workflow"),
    path("projects/<slug:slug>/people", people_api.PeopleView.as_view(), name="people-list"),
    path(
        "projects/<slug:slug>/people/file",
        people_api.PeopleFileView.as_view(),
        name="people-file",
    ),
    path(
        "projects/<slug:slug>/people/<uuid:user_id>",
        people_api.PersonView.as_view(),
        name="people-one",
    ),
    path(
        "projects/<slug:slug>/work-by-day",
        people_api.WorkByDayView.as_view(),
        name="work-by-day",
    ),
    path(
        "projects/<slug:slug>/work-by-day/file",
        people_api.WorkByDayFileView.as_view(),
        name="work-by-day-file",
    ),
]
