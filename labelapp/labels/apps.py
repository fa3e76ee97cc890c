from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "labelapp.labels"
    label = "labels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.labels import clip_extensions  # noqa: PLC0415  models must be loaded first

        clip_extensions.register()
