"""Routes of accounts, below ``/api/``."""

from django.urls import path

from labelapp.accounts.api import PreferencesView, SessionView
from labelapp.accounts.token_api import ApiTokenListView, ApiTokenView, PasswordView

urlpatterns = [
    path("session", SessionView.as_view(), name="session"),
    path("me/preferences", PreferencesView.as_view(), name="preferences"),
    path("me/password", PasswordView.as_view(), name="password"),
    path("me/tokens", ApiTokenListView.as_view(), name="api-token-list"),
    path("me/tokens/<uuid:token_id>", ApiTokenView.as_view(), name="api-token"),
]
