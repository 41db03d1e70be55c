from django.apps import AppConfig


class RetainConfig(AppConfig):
    name = "notoneless.retain"
    label = "retain"
    default_auto_field = "django.db.models.BigAutoField"
