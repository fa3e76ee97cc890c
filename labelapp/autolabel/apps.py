from django.apps import AppConfig


class AutolabelConfig(AppConfig):
    name = "labelapp.autolabel"
    label = "autolabel"
    default_auto_field = "django.db.models.BigAutoField"
