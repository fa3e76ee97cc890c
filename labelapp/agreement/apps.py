from django.apps import AppConfig


class AgreementConfig(AppConfig):
    name = "labelapp.agreement"
    label = "agreement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.agreement import taking_part  # noqa: PLC0415  models must be loaded first

        taking_part.register()
