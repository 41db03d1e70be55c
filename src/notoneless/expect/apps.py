from django.apps import AppConfig


class ExpectConfig(AppConfig):
    name = "notoneless.expect"
    label = "expect"
    default_auto_field = "django.db.models.BigAutoField"
