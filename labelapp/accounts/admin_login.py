"""Logging in to Django's admin, which must not be a way around the limit on attempts."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponse
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from labelapp.accounts.throttles import LoginAddressThrottle, LoginThrottle


def admin_login(request: HttpRequest) -> HttpResponseBase:
    """Show the admin's login page, and take attempts as rarely as the API does."""
    if request.method == "POST":
        attempt = Request(request, parsers=[FormParser(), MultiPartParser()])
        for throttle in (LoginThrottle(), LoginAddressThrottle()):
            if not throttle.allow_request(attempt, APIView()):
                sentence = "Too many attempts: try again in a minute."
                return HttpResponse(sentence, status=429, content_type="text/plain")
    return admin.site.login(request)
