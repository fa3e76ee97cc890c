"""Users in Django's admin."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from labelapp.accounts.models import OidcIdentity, User

if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
    _IdentityAdmin = admin.ModelAdmin[OidcIdentity]
else:
    _UserAdmin = DjangoUserAdmin
    _IdentityAdmin = admin.ModelAdmin


@admin.register(User)
class UserAdmin(_UserAdmin):
    """Users: deactivated rather than deleted, since history names them."""

    list_display = ["username", "display_name", "email", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "display_name", "email"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["display_name", "email"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    filter_horizontal = []


@admin.register(OidcIdentity)
class OidcIdentityAdmin(_IdentityAdmin):
    """Who logs in as whom: linked here by hand where the settings don't link by name."""

    list_display = ["user", "issuer", "subject", "created_at"]
    search_fields = ["user__username", "subject"]
    autocomplete_fields = ["user"]
