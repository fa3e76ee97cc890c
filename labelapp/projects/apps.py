from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "labelapp.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelapp.projects import second_factor  # noqa: PLC0415  when Django is up

        second_factor.register()
