"""Help is there before anybody signs in, without a script, in both languages; a family finds its school's number."""

import pytest
from django.test import Client

from notoneless.publish import services
from notoneless.roster.scope import SYSTEM
from tests.builders import clock_at, opened_city
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "told"), [("zh", "手机丢了"), ("en", "The telephone is lost")])
def test_help_needs_no_sign_in(language: str, told: str) -> None:
    page = text_of(Client(headers={"accept-language": language}).get("/help/"))
    assert told in page and "tel:" not in page
    assert 'href="/help/"' in text_of(Client(headers={"accept-language": language}).get("/sign-in/"))


def test_family_finds_the_number_of_its_schools_and_nobody_elses() -> None:
    opened_city(pupils=1)
    make_cast()
    services.set_telephone(SYSTEM, "S", "0516-8888", hours_zh="8:00-17:00", hours_en="8 to 5", clock=clock_at(9))
    page = text_of(signed_in("parent").get("/help/"))
    assert 'href="tel:05168888"' in page and "8 to 5" in page and 'href="/family/complaints/"' in page
    assert 'href="/help/"' in text_of(signed_in("parent").get("/family/"))
    for name in ("teacher", "city_officer", "nobody"):
        assert "0516-8888" not in text_of(signed_in(name).get("/help/"))
