"""Routes of gold, courses and scores, below ``/api/``."""

from django.urls import path

from labelapp.training import api

urlpatterns = [
    path("projects/<slug:slug>/gold", api.GoldListView.as_view(), name="gold-list"),
    path(
        "projects/<slug:slug>/gold-settings", api.GoldSettingsView.as_view(), name="gold-settings"
    ),
    path(
        "projects/<slug:slug>/gold-candidates",
        api.GoldCandidateListView.as_view(),
        name="gold-candidate-list",
    ),
    path("gold/<uuid:gold_id>", api.GoldView.as_view(), name="gold"),
    path("projects/<slug:slug>/courses", api.CourseListView.as_view(), name="course-list"),
    path("courses/<uuid:course_id>", api.CourseView.as_view(), name="course"),
    path("courses/<uuid:course_id>/start", api.CourseStartView.as_view(), name="course-start"),
    path("attempts/<uuid:attempt_id>", api.AttemptView.as_view(), name="attempt"),
    path("attempts/<uuid:attempt_id>/gold", api.AttemptGoldView.as_view(), name="attempt-gold"),
    path("projects/<slug:slug>/attempts", api.AttemptListView.as_view(), name="attempt-list"),
    path("projects/<slug:slug>/own-score", api.OwnScoreView.as_view(), name="own-score"),
    path("projects/<slug:slug>/scores", api.ScoreListView.as_view(), name="score-list"),
]
