from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "labelapp.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.training import taking_part  # noqa: PLC0415  models must be loaded first

        taking_part.register()
