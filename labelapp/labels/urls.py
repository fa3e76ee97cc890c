"""Routes of labels, below ``/api/``."""

from django.urls import path

from labelapp.labels.api import (
    EffortView,
    EffortVisitView,
    LabelEventListView,
    LabelListView,
    LabelSetDetailView,
    LabelSetListView,
    OperationsView,
    PresenceView,
)

urlpatterns = [
    path("clips/<uuid:clip_id>/label-sets", LabelSetListView.as_view(), name="label-set-list"),
    path("label-sets/<uuid:label_set_id>", LabelSetDetailView.as_view(), name="label-set-detail"),
    path("label-sets/<uuid:label_set_id>/labels", LabelListView.as_view(), name="label-list"),
    path("label-sets/<uuid:label_set_id>/operations", OperationsView.as_view(), name="operations"),
    path(
        "label-sets/<uuid:label_set_id>/events",
        LabelEventListView.as_view(),
        name="label-event-list",
    ),
    path("label-sets/<uuid:label_set_id>/effort", EffortView.as_view(), name="effort"),
    path(
        "label-sets/<uuid:label_set_id>/effort/<uuid:visit_id>",
        EffortVisitView.as_view(),
        name="effort-visit",
    ),
    path("label-sets/<uuid:label_set_id>/presence", PresenceView.as_view(), name="presence"),
]
