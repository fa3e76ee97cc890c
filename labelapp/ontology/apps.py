from django.apps import AppConfig


class OntologyConfig(AppConfig):
    name = "labelapp.ontology"
    label = "ontology"
    default_auto_field = "django.db.models.BigAutoField"
