from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "labelapp.demo"
    label = "demo"
