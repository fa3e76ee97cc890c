from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "labelapp.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.work import label_guard  # noqa: PLC0415  models must be loaded first

        label_guard.register()
