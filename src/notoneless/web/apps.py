from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "notoneless.web"
    label = "web"

    def ready(self) -> None:
        from notoneless.web.account import signals  # noqa: PLC0415 - models need the apps

        signals.listen()
