from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "labelapp.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.audit import acting  # noqa: PLC0415  when Django is up

        acting.install()
