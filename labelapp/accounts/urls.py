"""Routes of accounts, below ``/api/``."""

from django.urls import path

from labelapp.accounts.api import SessionView

urlpatterns = [path("session", SessionView.as_view(), name="session")]
