"""The pages of imports and people."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from notoneless.jobs import do_works
from notoneless.kernel.crypto import Personal, seal
from notoneless.kernel.models import AuditEntry, Work
from notoneless.roster.models import Person, Placement, Unit
from tests.builders import clock_at, make_person, opened_city
from tests.web.cast import make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db
NUMBERS = r">([KLST]\d?-\w+)</td>"
"""Of people, each in a cell of its own."""
NINE = clock_at(9)
FILE = "学号,姓名,人员类别,班级,离校\nN1,𠮷小㛃,学生,K1,\nK1-1,王小明,学生,K2,\n00001,,学生,K1,\nL1-1,慕容,学生,K1,\n"


@pytest.fixture
def city(db: None) -> dict[str, Unit]:
    units = opened_city()
    make_cast()
    return units


def upload(client: Client, content: str | bytes = FILE, name: str = "a.csv", unit: str = "S") -> str:
    """The address of the check."""
    sent = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    answer = client.post(f"/unit/{unit}/imports/", {"file": sent})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def test_file_is_uploaded_checked_confirmed_and_imported(city: dict[str, Unit]) -> None:
    client = signed_in("principal")
    address = upload(client)
    waiting = text_of(client.get(address))
    assert "Waiting its turn" in waiting and 'hx-trigger="every 1s"' in waiting
    do_works(clock=NINE)
    page = text_of(client.get(address))
    assert "1 new, 0 leave, 1 change class; changed in all: 1. 2 refused rows are left out." in page
    assert "hx-trigger" not in page
    rows = re.findall(r'<th scope="row">(\d+)</th>', page)
    assert rows == ["4", "5"], "as a spreadsheet counts them"
    done = client.post(address, {"act": "apply"})["Location"]
    assert done != address
    do_works(clock=NINE)
    assert "Imported. Open days follow within a minute." in text_of(client.get(done))
    assert Placement.objects.get(person__code="N1").unit.code == "K1"
    history = text_of(client.get("/unit/S/imports/"))
    assert "File checked" in history and "File imported" in history


def test_refusals_are_told_in_the_readers_language_with_row_and_column(city: dict[str, Unit]) -> None:
    address = upload(signed_in("principal"))
    do_works(clock=NINE)
    page = text_of(signed_in("principal", "zh-hans").get(address))
    assert "姓名" in page and "现属另一单位" in page and "新增 1 人" in page


def test_annotated_file_is_taken_and_written_down(city: dict[str, Unit]) -> None:
    client = signed_in("principal")
    address = upload(client)
    do_works(clock=NINE)
    answer = client.get(f"{address}report.xlsx")
    assert answer.status_code == 200 and answer.content.startswith(b"PK")
    assert AuditEntry.objects.filter(act="import.report", actor="principal").count() == 1


def test_cancel_on_the_page(city: dict[str, Unit]) -> None:
    client = signed_in("principal")
    address = upload(client)
    client.post(address, {"act": "cancel"})
    assert do_works(clock=NINE) == 0
    assert "Cancelled" in text_of(client.get(address))
    assert client.post(address, {"act": "cancel"}).status_code == 422


def test_import_of_another_unit_is_not_found_by_its_number(city: dict[str, Unit]) -> None:
    address = upload(signed_in("principal"))
    do_works(clock=NINE)
    number = Work.objects.get().pk
    other = signed_in("other_principal")
    for page in (address, f"/unit/T/imports/{number}/", f"/unit/T/imports/{number}/report.xlsx"):
        assert other.get(page).status_code == 404
    assert other.post(f"/unit/T/imports/{number}/", {"act": "apply"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.exe", b"MZ", "only .xlsx, .csv and OneRoster .zip files are taken"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "only .xlsx, .csv and OneRoster .zip files are taken"),
        ("IMG_0001.JPG", b"\xff\xd8\xff\xe0" + bytes(3_000_000), "only .xlsx, .csv and OneRoster .zip files are taken"),
        ("a.csv", bytes(20_000_001), "larger than 20 MB"),
    ],
)
def test_upload_that_is_not_taken_says_why_and_is_not_kept(
    city: dict[str, Unit], name: str, content: bytes, told: str
) -> None:
    answer = signed_in("principal").post("/unit/S/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and told in text_of(answer)
    assert not Work.objects.exists()


def test_page_without_a_file_says_so(city: dict[str, Unit]) -> None:
    answer = signed_in("principal").post("/unit/S/imports/", {})
    assert answer.status_code == 422 and "File" in text_of(answer)


def test_people_are_found_by_class_name_and_number(city: dict[str, Unit]) -> None:
    person = Person.objects.get(code="K2-2")
    person.sealed = seal(Personal("𠮷小㛃", "110105194912310021", "13912345678"), context="K2-2")
    person.save()
    client = signed_in("principal")
    whole = text_of(client.get("/unit/S/people/"))
    assert sorted(set(re.findall(NUMBERS, whole))) == [
        "K1-1", "K1-2", "K1-3", "K2-1", "K2-2", "K2-3", "S-t"
    ]  # fmt: skip
    for asked in ("class=K2&find=㛃", "find=k2-2", "find=𠮷"):
        page = text_of(client.get(f"/unit/S/people/?{asked}"))
        assert re.findall(NUMBERS, page) == ["K2-2"]
        assert f'href="/bureau/S/people/{person.pk}/"' in page
        assert "110105" not in page and "13912345678" not in page
    assert re.findall(NUMBERS, text_of(client.get("/unit/S/people/?population=staff"))) == ["S-t"]
    assert "Nobody of this name" in text_of(client.get("/unit/S/people/?find=L1-1"))


def test_list_is_made_beside_the_page_and_taken_by_who_asked_alone(city: dict[str, Unit]) -> None:
    client = signed_in("principal")
    assert client.post("/unit/S/exports/", {"act": "ask"}).status_code == 302
    assert client.post("/unit/S/exports/", {"act": "ask"}).status_code == 422, "one at a time"
    assert 'hx-trigger="every 1s"' in text_of(client.get("/unit/S/exports/"))
    do_works(clock=NINE)
    number = Work.objects.get().pk
    address = f"/unit/S/exports/{number}/people.xlsx"
    assert address in text_of(client.get("/unit/S/exports/"))
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(address).content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == ["K1-1", "K1-2", "K1-3", "K2-1", "K2-2", "K2-3", "S-t"]
    assert sheet[1][1:5] == ["王小明", "学生", "K1", "K1"]
    assert signed_in("reporter").get(address).status_code == 404
    assert address not in text_of(signed_in("reporter").get("/unit/S/exports/"))
    acts = AuditEntry.objects.filter(act__startswith="people.export").order_by("pk").values_list("act", "detail")
    told = {"work": number, "rows": 7}
    assert list(acts) == [("people.exported", told), ("people.export.taken", told)]


def test_export_that_was_cancelled_or_whose_day_is_over_has_no_file(city: dict[str, Unit], at: SetTime) -> None:
    client = signed_in("principal")
    client.post("/unit/S/exports/", {"act": "ask"})
    work = Work.objects.get()
    assert signed_in("reporter").post("/unit/S/exports/", {"cancel": str(work.pk)}).status_code == 422
    assert client.post("/unit/S/exports/", {"cancel": str(work.pk)}).status_code == 302
    assert do_works(clock=NINE) == 0
    client.post("/unit/S/exports/", {"act": "ask"})
    do_works(clock=NINE)
    at(33, 1)
    page = text_of(signed_in("principal").get("/unit/S/exports/"))
    assert "Destroyed after a day" in page and "Cancelled" in page
    assert signed_in("principal").get(f"/unit/S/exports/{work.pk + 1}/people.xlsx").status_code == 400


def test_list_of_people_is_written_down_without_what_was_searched(city: dict[str, Unit]) -> None:
    signed_in("principal").get("/unit/S/people/?find=王小明")
    entry = AuditEntry.objects.get(act="names.read")
    assert entry.subject == "unit:S" and entry.detail["count"] == 7 and entry.detail["part"] == "search 1"


def test_long_list_is_paged(city: dict[str, Unit]) -> None:
    for number in range(60):
        make_person(f"X{number:02}", city["K1"])
    page = text_of(signed_in("teacher").get("/unit/K1/people/?page=2"))
    assert "Page 2 of 2, 63 in all" in page and "X59" in page
