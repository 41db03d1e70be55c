"""Reading a person's record leaves an entry that the family can see."""

import pytest

from notoneless.kernel import audit
from notoneless.kernel.models import AuditEntry
from notoneless.roster.models import Person
from notoneless.web.reading import ACT
from tests.builders import DAY, opened_city
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db


def test_staff_who_read_a_childs_record_are_written_down_and_the_family_sees_it() -> None:
    opened_city()
    make_cast()
    child = Person.objects.get(code="K1-1").pk
    parent = signed_in("parent", "zh")
    assert "还没有人查看" in text_of(parent.get("/family/reads/"))
    signed_in("teacher").get(f"/class/K1/people/{child}/")
    signed_in("principal").get(f"/why/{child}/{DAY}/")
    signed_in("officer").get(f"/bureau/K1/people/{child}/?day={DAY}")
    parent.get(f"/why/{child}/{DAY}/")  # one's own child: not written down
    signed_in("other_teacher").get(f"/why/{child}/{DAY}/")  # refused: nothing was read
    entries = AuditEntry.objects.filter(act=ACT).order_by("pk")
    assert [(one.actor, one.subject, one.detail) for one in entries] == [
        ("teacher", audit.person_subject("K1-1"), {"role": "teacher", "unit": "K1", "page": "report"}),
        ("principal", audit.person_subject("K1-1"), {"role": "school", "unit": "S", "page": "why"}),
        ("officer", audit.person_subject("K1-1"), {"role": "officer", "unit": "D", "page": "record"}),
    ]
    page = text_of(parent.get("/family/reads/"))
    assert page.index("D · 科室干部") < page.index("S · 校长") < page.index("K1 · 班主任")
    assert "officer" not in page
    assert audit.verify().faults == ()
