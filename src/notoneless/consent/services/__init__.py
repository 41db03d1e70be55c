"""Reading notices, giving and withdrawing consent, requests and their answers, copies, impact assessments."""

from notoneless.consent.services.assessments import add_assessment, read_assessment
from notoneless.consent.services.consents import give, note_read, set_basis, withdraw
from notoneless.consent.services.copies import fetch_copy
from notoneless.consent.services.requests import Destroy, answer_request, make_request

__all__ = [
    "Destroy",
    "add_assessment",
    "answer_request",
    "fetch_copy",
    "give",
    "make_request",
    "note_read",
    "read_assessment",
    "set_basis",
    "withdraw",
]
