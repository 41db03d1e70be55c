from django.apps import AppConfig


class RollupConfig(AppConfig):
    name = "notoneless.rollup"
    label = "rollup"
    default_auto_field = "django.db.models.BigAutoField"
