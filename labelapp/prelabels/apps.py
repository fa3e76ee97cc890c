from django.apps import AppConfig


class PrelabelsConfig(AppConfig):
    name = "labelapp.prelabels"
    label = "prelabels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.prelabels import taking_part  # noqa: PLC0415  models must be loaded first

        taking_part.register()
