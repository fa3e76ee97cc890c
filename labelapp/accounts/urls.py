"""Routes of accounts, below ``/api/``."""

from django.urls import path

from labelapp.accounts.api import PreferencesView, SessionCodeView, SessionView
from labelapp.accounts.oidc_api import OpenidCallbackView, OpenidView
from labelapp.accounts.second_factor_api import (
    RecoveryCodesView,
    SecondFactorEndView,
    SecondFactorView,
)
from labelapp.accounts.token_api import ApiTokenListView, ApiTokenView, PasswordView

urlpatterns = [
    path("session", SessionView.as_view(), name="session"),
    path("session/code", SessionCodeView.as_view(), name="session-code"),
    path("session/openid", OpenidView.as_view(), name="session-openid"),
    path("session/openid/callback", OpenidCallbackView.as_view(), name="session-openid-callback"),
    path("me/mfa", SecondFactorView.as_view(), name="mfa"),
    path("me/mfa/off", SecondFactorEndView.as_view(), name="mfa-off"),
    path("me/mfa/recovery-codes", RecoveryCodesView.as_view(), name="mfa-recovery-codes"),
    path("me/preferences", PreferencesView.as_view(), name="preferences"),
    path("me/password", PasswordView.as_view(), name="password"),
    path("me/tokens", ApiTokenListView.as_view(), name="api-token-list"),
    path("me/tokens/<uuid:token_id>", ApiTokenView.as_view(), name="api-token"),
]
