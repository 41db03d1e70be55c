from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "notoneless.consent"
    label = "consent"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notoneless.collect.services.guards import ask_at_the_door  # noqa: PLC0415 - the app registry must be ready
        from notoneless.consent.services.door import refusals  # noqa: PLC0415 - the app registry must be ready

        ask_at_the_door(refusals)
