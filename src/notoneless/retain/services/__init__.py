"""Destroy what is over, and whole households; write the certificate in the same transaction as the last of it."""

from notoneless.retain.services.certify import Approval
from notoneless.retain.services.expire import run_retention
from notoneless.retain.services.household import destroy_household, destroy_person
from notoneless.retain.services.scrub import scrub_storage

__all__ = ["Approval", "destroy_household", "destroy_person", "run_retention", "scrub_storage"]
