"""Static files as a server hands them out: compressed, and under names that change with their contents, so that a phone
keeps them for good. Before a server has packed them (and in tests) they go by their plain names."""

from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PackedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types
    """Names files by their contents once `pack` has run, and by themselves before."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name


def pack() -> None:
    """Anew at each start: whoever changed a file and restarts sees the change."""
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
