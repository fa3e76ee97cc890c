from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "labelapp.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models must be loaded first.
        from labelapp.work import label_guard, visibility  # noqa: PLC0415

        label_guard.register()
        visibility.register()
