from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "notoneless.roster"
    label = "roster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notoneless.roster.tokens import ending  # noqa: PLC0415 - models need Django to be ready

        ending.listen()
