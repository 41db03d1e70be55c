"""What families are told, what they agreed to, what they ask for, and the records behind it."""

from notoneless.consent.queries.assessments import AssessmentInfo, assessment_named, assessments, unassessed_duties
from notoneless.consent.queries.given import ConsentInfo, consents_in_force, consents_of_households, withheld_fields
from notoneless.consent.queries.notices import ToldChild, notices_of_households, notices_on_paths, terms_of
from notoneless.consent.queries.requests import RequestInfo, Standing, inbox, requests_of_households, standing
from notoneless.consent.queries.yearly import YearReport, yearly_report

__all__ = [
    "AssessmentInfo",
    "ConsentInfo",
    "RequestInfo",
    "Standing",
    "ToldChild",
    "YearReport",
    "assessment_named",
    "assessments",
    "consents_in_force",
    "consents_of_households",
    "inbox",
    "notices_of_households",
    "notices_on_paths",
    "requests_of_households",
    "standing",
    "terms_of",
    "unassessed_duties",
    "withheld_fields",
    "yearly_report",
]
