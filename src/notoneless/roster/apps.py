from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "notoneless.roster"
    label = "roster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notoneless.roster.sealed import declare_columns  # noqa: PLC0415 - models need Django to be ready
        from notoneless.roster.tokens import ending  # noqa: PLC0415 - models need Django to be ready

        ending.listen()
        declare_columns()
