"""Files that attack, uploaded to the page of imports: refused whole, told why, and nothing of them is left."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from notoneless.jobs import do_works
from notoneless.kernel import works
from notoneless.kernel.models import OutboxEvent, Work
from notoneless.roster import importing
from notoneless.roster.models import Person
from tests.attacks.test_files import ENTITIES, altered
from tests.builders import clock_at
from tests.roster.conftest import PEOPLE, table, write_workbook
from tests.web.cast import signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NINE = clock_at(9)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"xl/vbaProject.bin": b"x"}, "file_has_macros"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "file_nested"),
        ({"../../evil.xml": b"x"}, "file_path_unsafe"),
        ({"xl/worksheets/sheet2.xml": bytes(60_000_000)}, "file_bomb"),
        ({"xl/sharedStrings.xml": ENTITIES}, "xml_has_entities"),
    ],
)
def test_workbook_that_attacks_is_refused_whole(
    members: Mapping[str, bytes], code: str, tmp_path: Path, settings: Settings
) -> None:
    book = altered(write_workbook(tmp_path / "good.xlsx", table(PEOPLE)), tmp_path / "bad.xlsx", members)
    client, people = signed_in("principal"), Person.objects.count()
    sent = SimpleUploadedFile("../../var/data.key.xlsx", book.read_bytes())
    address = client.post("/unit/S/imports/", {"file": sent})["Location"]
    do_works(clock=NINE)
    work = Work.objects.get()
    assert [each[2].code for each in importing.refusals_of(work, clock=NINE)] == [code]
    assert "The file cannot be read" in text_of(client.get(address))
    assert client.post(address, {"act": "apply"}).status_code == 422
    assert Person.objects.count() == people and not OutboxEvent.objects.exists()
    assert not list((settings.VAR_DIR / "works").iterdir())


def test_cells_that_attack_are_shown_as_text(tmp_path: Path) -> None:
    """In the list of people, and in the reasons: a header is the uploader's own word."""
    client = signed_in("principal")
    name = '<script>alert(1)</script>"=1+1'
    rows = ["学号,姓名,人员类别,班级", f'N1,"{name.replace(chr(34), chr(34) * 2)}",student,K1']
    client.post("/unit/S/imports/", {"file": SimpleUploadedFile("a.csv", "\n".join(rows).encode())})
    do_works(clock=NINE)
    check = Work.objects.get()
    client.post(f"/unit/S/imports/{check.pk}/", {"act": "apply"})
    do_works(clock=NINE)
    assert Person.objects.filter(code="N1").exists()
    page = text_of(client.get("/unit/S/people/?find=script"))
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_numbers_of_other_works_lead_nowhere() -> None:
    other = works.ask("day.open", unit="", actor="system", clock=NINE, params={"day": "2026-11-24"})
    client = signed_in("principal")
    for address in (f"/unit/S/imports/{other.pk}/", f"/unit/S/exports/{other.pk}/people.xlsx"):
        assert client.get(address).status_code == 404
    assert client.post(f"/unit/S/imports/{other.pk}/", {"act": "cancel"}).status_code == 404
    assert Work.objects.get().state == "waiting"
