"""Routes of accounts, below ``/api/``."""

from django.urls import path

from labelapp.accounts.api import PreferencesView, SessionView

urlpatterns = [
    path("session", SessionView.as_view(), name="session"),
    path("me/preferences", PreferencesView.as_view(), name="preferences"),
]
