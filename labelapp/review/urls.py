"""Routes of review, below ``/api/``."""

from django.urls import path

from labelapp.review import api

urlpatterns = [
    path("tasks/<uuid:task_id>/comments", api.CommentListView.as_view(), name="comment-list"),
    path("tasks/<uuid:task_id>/changes", api.ChangesView.as_view(), name="task-changes"),
    path("tasks/<uuid:task_id>/correction", api.CorrectionView.as_view(), name="task-correction"),
    path("comments/<uuid:comment_id>", api.CommentDetailView.as_view(), name="comment-detail"),
    path(
        "label-sets/<uuid:label_set_id>/comparison/<uuid:reference_id>",
        api.ComparisonView.as_view(),
        name="label-set-comparison",
    ),
    path(
        "comments/<uuid:comment_id>/events",
        api.CommentEventListView.as_view(),
        name="comment-event-list",
    ),
]
