from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "notoneless.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models import F  # noqa: PLC0415 - models need Django to be ready

        from notoneless.kernel.sealed import SealedColumn, declare  # noqa: PLC0415 - the same

        declare(SealedColumn("kernel.WorkFile", "sealed", F("key")))
