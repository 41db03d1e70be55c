"""Impact assessments and the yearly report."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from notoneless.commands.privacy import app, pia
from notoneless.consent import queries, services
from notoneless.consent.models import Assessment
from notoneless.kernel import audit
from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import SYSTEM
from tests.builders import clock_at, opened_city
from tests.consent.test_consents import agree, child, family
from tests.web.cast import make_account

pytestmark = pytest.mark.django_db
CLOCK = clock_at(9)
TEXT = """
code = "PIA-2026-1"
duty = "daily-health"
processing = "每日收集学生健康状况"
purpose = "及早发现传染病"
necessity = "不收集就无法发现缺报"
risks = ["泄露"]
measures = ["加密", "最小权限"]
conclusion = "approved"
approver = "信息安全负责人"
approved_on = 2026-09-01
valid_until = 2027-08-31
"""


def assessment(tmp_path: Path, text: str = TEXT) -> Path:
    path = tmp_path / "pia.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_assessment_is_registered_once_and_never_edited(tmp_path: Path) -> None:
    told = services.read_assessment(assessment(tmp_path))
    assert services.add_assessment(SYSTEM, told, clock=CLOCK)
    assert not services.add_assessment(SYSTEM, told, clock=CLOCK)
    with pytest.raises(DomainError) as error:
        services.add_assessment(SYSTEM, told | {"purpose": "别的"}, clock=CLOCK)
    assert error.value.code == "assessment_exists"
    assert Assessment.objects.get().keep_until == date(2030, 8, 31)


@pytest.mark.parametrize(("old", "new", "field"), [
    ('conclusion = "approved"', 'conclusion = "fine"', "conclusion"), ('risks = ["泄露"]', "risks = []", "risks"),
    ("valid_until = 2027-08-31", "valid_until = 2026-01-01", "valid_until"),
    ('approver = "信息安全负责人"', "", "approver"),
    ('code = "PIA-2026-1"', 'code = "PIA-2026-1"\ncolour = 1', "colour"), ("risks", "=", "pia.toml"),
])  # fmt: skip
def test_a_wrong_file_is_refused_by_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    with pytest.raises(DomainError) as error:
        services.read_assessment(assessment(tmp_path, TEXT.replace(old, new)))
    assert (error.value.code, error.value.field) == ("bad_assessment", field)


def test_a_duty_with_sensitive_fields_and_no_valid_assessment_is_found(tmp_path: Path) -> None:
    day = date(2026, 11, 23)
    assert "daily-health" in [duty.code for duty in queries.unassessed_duties(day)]
    services.add_assessment(SYSTEM, services.read_assessment(assessment(tmp_path)), clock=CLOCK)
    assert "daily-health" not in [duty.code for duty in queries.unassessed_duties(day)]
    assert "daily-health" in [duty.code for duty in queries.unassessed_duties(date(2027, 9, 1))]
    assert "school-daily" not in [duty.code for duty in queries.unassessed_duties(day)]


def read_by(actor: str, pupil: str, unit: str = "K1", role: str = "teacher") -> None:
    audit.record(actor, "record.read", f"person:{pupil}", clock=CLOCK, detail={"role": role, "unit": unit})


def test_the_yearly_report_counts_by_unit_month_and_role_and_hides_small_cells() -> None:
    opened_city(pupils=6)
    for number in range(1, 7):
        read_by("teacher", f"K1-{number}")
        read_by("teacher", f"K1-{number}")
    read_by("officer", "K1-1", "D", "officer")
    read_by("other", "L1-1", "L1")
    read_by("teacher", "S-t")  # a member of staff is no minor
    read_by("program", "K2-1", "", "")  # a token names no unit: counted where the pupil is
    make_account("teacher", ("teacher", "K1"))
    audit.record("teacher", "refused", "page:class_page", clock=CLOCK, detail={"code": "out_of_scope"})
    audit.record("teacher", "names.read", "unit:K1", clock=CLOCK, detail={"count": 6, "page": "families"})
    found = queries.yearly_report(SYSTEM, "D", 2026, date(2026, 12, 31))
    assert found.tables["reads"][1:] == [
        ("2026-11", "D", "officer", "<5", "<5", "<5"), ("2026-11", "K1", "teacher", 12, 6, "<5"),
        ("2026-11", "K2", "", "<5", "<5", "<5"),
    ]  # fmt: skip
    refused = ("refusal", "refused", "<5")
    assert refused in found.tables["acts"] and ("list", "K1 families", "<5") in found.tables["acts"]
    assert refused not in queries.yearly_report(SYSTEM, "E", 2026, date(2026, 12, 31)).tables["acts"]
    assert queries.yearly_report(SYSTEM, "D", 2025, date(2026, 12, 31)).tables["reads"][1:] == []
    assert ("unassessed", "daily-health") in found.findings
    assert "K1-1" not in str(found.as_json())


def test_the_yearly_report_tells_consents_and_late_answers() -> None:
    opened_city(pupils=1)
    services.set_basis(SYSTEM, "daily-health", "consent", [], clock=CLOCK)
    agree(family(), "")
    request = services.make_request(family(), child().pk, "copy", "", clock=CLOCK)
    services.answer_request(SYSTEM, "S", request.pk, is_granted=True, answer="", clock=clock_at(24 * 40))
    found = queries.yearly_report(SYSTEM, "S", 2026, date(2026, 12, 31))
    assert ("consent.give", "daily-health", "<5") in found.tables["acts"]
    assert ("privacy.request", "copy", "<5") in found.tables["acts"]
    # Answered on 2 January: that is the next year's, and there it is late.
    later = queries.yearly_report(SYSTEM, "S", 2027, date(2027, 1, 31))
    assert later.tables["requests"][1] == ("<5", 40, "<5")
    assert ("late_answers", "<5") in later.findings


def test_commands_tell_in_both_languages(tmp_path: Path) -> None:
    opened_city(pupils=1)
    run = CliRunner().invoke
    assert run(pia, ["check"]).exit_code == 1
    assert "registered" in run(pia, ["add", str(assessment(tmp_path))]).output
    assert "有效 / valid" in run(pia, ["list"]).output
    assert "2030-08-31" in run(pia, ["show", "PIA-2026-1"]).output
    assert run(pia, ["show", "no"]).exit_code == 2
    sheet = tmp_path / "report.xlsx"
    told = run(app, ["report", "--year", "2026", "--unit", "S", "--xlsx", str(sheet)])
    assert told.exit_code == 0 and "Findings" in told.output and sheet.stat().st_size > 1000
    assert run(app, ["basis", "daily-health", "consent", "--separate", "trips"]).exit_code == 0
    assert run(app, ["basis", "daily-health", "whim"]).exit_code == 2
