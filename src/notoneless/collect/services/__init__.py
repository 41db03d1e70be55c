"""The one way in for reports, and what is built on it: a class check, a school's signed daily."""

from notoneless.collect.services.absences import follow_checks
from notoneless.collect.services.apply import Outcome, apply_reports, apply_sent, send_through
from notoneless.collect.services.class_check import check_class
from notoneless.collect.services.standard import seed_forms
from notoneless.collect.services.standing import Standing, Symptom, standing_by_class, symptoms_in

__all__ = [
    "Outcome",
    "Standing",
    "Symptom",
    "apply_reports",
    "apply_sent",
    "check_class",
    "follow_checks",
    "seed_forms",
    "send_through",
    "standing_by_class",
    "symptoms_in",
]
