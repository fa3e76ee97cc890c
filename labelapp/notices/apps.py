from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "labelapp.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.notices import listening  # noqa: PLC0415  models must be loaded first

        listening.register()
