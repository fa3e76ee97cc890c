"""Logging in to Django's admin, which must not be a way around the limit on attempts."""

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponse
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from labelapp.accounts.models import User
from labelapp.accounts.second_factor import has_second_factor
from labelapp.accounts.throttles import LoginAddressThrottle, LoginThrottle


class AdminLoginForm(AdminAuthenticationForm):
    """Name and password, for who has no second factor: it must not be a way around it."""

    def confirm_login_allowed(self, user: User) -> None:
        """Raise for who may not log in here."""
        super().confirm_login_allowed(user)
        if has_second_factor(user):
            msg = "You log in with a code: do so on the front page, and come back here."
            raise ValidationError(msg, code="code_needed")


admin.site.login_form = AdminLoginForm


def admin_login(request: HttpRequest) -> HttpResponseBase:
    """Show the admin's login page, and take attempts as rarely as the API does."""
    if request.method == "POST":
        attempt = Request(request, parsers=[FormParser(), MultiPartParser()])
        for throttle in (LoginThrottle(), LoginAddressThrottle()):
            if not throttle.allow_request(attempt, APIView()):
                sentence = "Too many attempts: try again in a minute."
                return HttpResponse(sentence, status=429, content_type="text/plain")
    return admin.site.login(request)
