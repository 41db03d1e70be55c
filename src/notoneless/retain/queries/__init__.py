"""What is due to be destroyed, and the certificates of what was."""

from notoneless.retain.queries.certificates import Shown, canonical, certificate, certificates, is_whole
from notoneless.retain.queries.due import Due, due_on

__all__ = ["Due", "Shown", "canonical", "certificate", "certificates", "due_on", "is_whole"]
