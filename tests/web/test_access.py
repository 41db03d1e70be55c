"""Who may open which page: every role on every page, and what lies outside looks like what does not exist."""

from collections.abc import Iterator, Sequence

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve, reverse
from pytest_django import Settings

from notoneless.roster.models import Grant, Person
from notoneless.urls import urlpatterns
from notoneless.web.access import PLACES
from tests.builders import DAY, opened_city
from tests.web.cast import ROLES, make_account, make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db

READ_C = {"city_officer", "city_leader", "program", "wall"}
"""Those who read the whole city."""
READ_D = {"officer", "inspector", *READ_C}
READ_S = {"principal", "reporter", *READ_D}
"""Those who reach school S."""
COUNTS = {"city_leader", "inspector", "wall"}
"""Of these, those who see counts and no names."""
NAMES_C, NAMES_D, NAMES_S = READ_C - COUNTS, READ_D - COUNTS, READ_S - COUNTS
RULE_C = {"city_officer"}
RULE_D = {"officer", *RULE_C}
RULE_S = {"principal", *RULE_D}
"""Those who write rules, calendars and notices for school S."""
PAGES: dict[str, set[str]] = {
    "/family/": {"parent"},
    "/family/done/": {"parent"},
    "/family/key/": {"parent"},
    "/family/children/{k1_1}/": {"parent"},
    "/class/K1/": {"teacher", *NAMES_S},
    "/class/K1/?duty=daily-health": {"teacher", *NAMES_S},
    "/class/K1/people/{k1_1}/": {"teacher", "principal", "reporter", "program"},
    "/class/L1/": {"other_teacher", "other_principal", *NAMES_C},
    "/school/S/": NAMES_S,
    "/school/T/": {"other_principal", *NAMES_C},
    "/bureau/C/": READ_C,
    "/bureau/D/": READ_D,
    "/bureau/D/ranking/": READ_D,
    "/bureau/D/situation/": READ_D,
    "/bureau/S/situation/": READ_S,
    "/bureau/D/trends/": READ_D,
    "/screen/C/": READ_C,
    "/screen/S/": READ_S,
    "/screen/K1/": set(),
    "/bureau/D/quality/": READ_D,
    "/bureau/C/map/": READ_C,
    "/bureau/D/export/figures.xlsx": RULE_D,
    "/bureau/S/export/missing.xlsx": {"principal", "reporter", *RULE_D},
    "/bureau/D/missing/": READ_D,
    "/bureau/E/": READ_C,
    "/bureau/S/": READ_S,
    "/bureau/K1/": {"teacher", *READ_S},
    "/bureau/K1/people/{k1_1}/": {"teacher", *NAMES_S},
    "/bureau/L1/people/{k1_1}/": set(),
    "/why/{k1_1}/2026-11-23/": {"parent", "teacher", *NAMES_S},
    "/people/{k1_1}/contact/": {"teacher", *NAMES_S},
    "/family/complaints/": {"parent"},
    "/family/reads/": {"parent"},
    "/family/letters/": {"parent"},
    "/family/letters/99/": set(),
    "/unit/S/letters/": READ_S,
    "/unit/K1/letters/": {"teacher", *READ_S},
    "/unit/D/letters/": READ_D,
    "/unit/S/letters/new/": {"reporter", "program", *RULE_S},
    "/unit/K1/letters/new/": {"teacher", "principal", "reporter", "program"},
    "/unit/D/letters/new/": RULE_D,
    "/unit/S/letters/99/": set(),
    "/family/privacy/": {"parent"},
    "/family/requests/": {"parent"},
    "/family/requests/1/copy.json": set(),
    "/class/K1/states/": {"teacher", "principal", "reporter"},
    "/class/K1/missing/": {"teacher", *NAMES_S},
    "/class/K1/parents/": {"teacher", *NAMES_S},
    "/class/K1/sick/": {"teacher", *NAMES_S},
    "/school/S/sick/": NAMES_S,
    "/class/K1/print/": {"teacher", *NAMES_S},
    "/class/K1/substitute/": {"teacher", "principal", "security_admin"},
    "/class/K1/families/": {"teacher", "principal"},
    "/unit/S/policies/": RULE_S,
    "/unit/S/policies/new/": RULE_S,
    "/unit/S/policies/none/": set(),
    "/unit/D/policies/": RULE_D,
    "/unit/S/calendar/": RULE_S,
    "/unit/S/calendar.ics": READ_S,
    "/unit/E/calendar/": RULE_C,
    "/unit/S/asks/": RULE_S,
    "/unit/S/people/": NAMES_S,
    "/unit/K1/people/": {"teacher", *NAMES_S},
    "/unit/D/people/": set(),
    "/unit/S/exports/": {"principal", "reporter", *RULE_D},
    "/unit/D/exports/": RULE_D,
    "/unit/S/exports/99/people.xlsx": set(),
    "/unit/S/imports/": {"principal", "system_admin"},
    "/unit/D/imports/": {"system_admin"},
    "/unit/T/imports/": {"other_principal", "system_admin"},
    "/unit/S/imports/99/": set(),
    "/unit/S/imports/99/report.xlsx": set(),
    "/unit/S/reminders/": NAMES_S,
    "/unit/K1/reminders/": {"teacher", *NAMES_S},
    "/unit/S/complaints/": RULE_S,
    "/unit/C/complaints/": RULE_C,
    "/unit/S/requests/": RULE_S,
    "/unit/C/requests/": RULE_C,
    "/unit/S/roles/": {"principal", "security_admin"},
    "/unit/C/roles/": {"security_admin"},
    "/unit/K1/roles/": {"teacher", "principal", "security_admin"},
    "/unit/S/roles/{teacher_grant}/": {"principal", "security_admin"},
    "/unit/T/roles/{teacher_grant}/": set(),
    "/office/log/": {"audit_admin"},
    "/office/works/": {"system_admin"},
    "/office/": {"system_admin", "security_admin", "audit_admin"},
    "/api/v1/people/K1-1/days?until=2026-11-23&duty=daily-health": {"parent", "teacher", *NAMES_S},
    "/api/v1/units/D/completeness?day=2026-11-23&duty=daily-health": READ_D,
    "/api/v1/units/K1/missing?day=2026-11-23&duty=daily-health": {"teacher", *NAMES_S},
    "/api/v1/letters": {*ROLES, "nobody"},
    "/api/v1/units/S/letters": READ_S,
    "/api/v1/units/E/ranking?day=2026-11-23&duty=daily-health": READ_C,
}
"""Page -> who may open it. Administrators, gate and partners are in the cast: by their office they see no record."""


OPEN = {
    "home", "sign_in", "sign_out", "no_role", "language", "theme", "gallery", "public_rules", "help", "public_rules_of",
    "family_offline", "family_manifest", "family_worker",
}  # fmt: skip
"""For everybody, signed in or not: tests of their own hold them to it."""
OWN = {
    "account": 200, "account_change_password": 200, "account_set_password": 302, "account_reauthenticate": 200,
    "mfa_index": 200, "mfa_reauthenticate": 302, "mfa_activate_totp": 302, "mfa_deactivate_totp": 404,
    "mfa_list_webauthn": 200, "mfa_add_webauthn": 302, "mfa_reauthenticate_webauthn": 302,
    "mfa_view_recovery_codes": 404, "mfa_generate_recovery_codes": 302, "mfa_download_recovery_codes": 404,
    "usersessions_list": 200, "socialaccount_connections": 200,
}  # fmt: skip
"""One's own account: what anybody signed in with a password gets; 302 asks for the password once more."""
ENTRANCE = {
    "account_login", "account_logout", "account_signup", "account_inactive", "mfa_authenticate", "mfa_login_webauthn",
    "phone_sign_in", "join", "open_slip",
    "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup", "dingtalk_login",
    "dingtalk_callback", "feishu_login", "feishu_callback", "weixin_login", "weixin_callback", "wecom_login",
    "wecom_callback", "openid_connect_login", "openid_connect_callback",
}  # fmt: skip
"""Ways in: they show nobody's data, and let nobody in who does not prove who they are (tests/web/test_account.py)."""
OF_A_KEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}
"""One security key of one's own."""
OWN_TESTS = {
    "classes", "schools", "bureaus", "screens", "family_children", "api:reports", "family_send", "family_push",
    "family_push_forget",
}  # fmt: skip
"""Lead each role to its own unit (below), or take what is sent (tests/web/lane, test_api.py, test_family_queue.py,
test_reminders.py)."""
DESCRIPTION = {"api:openapi-json", "api:api-root"}
"""The description of the API, which holds nobody's data."""


def routes(patterns: Sequence[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The name of every address that leads somewhere."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern.url_patterns, space + inner)
        else:
            yield f"{space}{pattern.name or pattern.pattern}"


def test_every_address_has_a_rule() -> None:
    """A new route without one fails here: add it to PAGES with the roles that may open it."""
    ruled = {resolve(page.format(k1_1=1, teacher_grant=1).partition("?")[0]).view_name for page in PAGES}
    known = set(routes(urlpatterns))
    elsewhere = OPEN | OWN_TESTS | DESCRIPTION | ENTRANCE | OF_A_KEY | set(OWN)
    assert known - ruled - elsewhere == set()
    assert elsewhere - known == set()


@pytest.mark.parametrize("name", sorted(OWN))
def test_own_account_is_for_who_is_signed_in(name: str) -> None:
    opened_city(pupils=1)
    make_cast()
    assert Client().get(reverse(name))["Location"].startswith("/sign-in/")
    for one in ("parent", "teacher", "audit_admin", "nobody"):
        assert signed_in(one).get(reverse(name)).status_code == OWN[name], one


@pytest.mark.parametrize("name", sorted(OF_A_KEY))
def test_security_key_of_somebody_else_is_not_there(name: str) -> None:
    opened_city(pupils=1)
    make_cast()
    address = reverse(name, args=[1])
    assert Client().get(address)["Location"].startswith("/sign-in/")
    assert signed_in("teacher").get(address, follow=True).redirect_chain[0][0].startswith("/account/reauthenticate/")


def test_every_role_on_every_page() -> None:
    opened_city()
    make_cast()
    named = {
        "k1_1": Person.objects.get(code="K1-1").pk, "teacher_grant": Grant.objects.get(account__username="teacher").pk,
    }  # fmt: skip
    for name in (*ROLES, "nobody"):
        client = signed_in(name)
        for page, allowed in PAGES.items():
            status = client.get(page.format(**named)).status_code
            assert (status == 200) == (name in allowed), (name, page, status)
            assert status in (200, 403, 404), (name, page, status)


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("/api/")])
def test_pages_send_a_stranger_to_sign_in(page: str) -> None:
    opened_city(pupils=1)
    answer = Client().get(page.format(k1_1=1, teacher_grant=1))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=/")


@pytest.mark.parametrize("page", ["/class/{}/", "/bureau/{}/", "/school/{}/", "/bureau/{}/missing/"])
def test_outside_and_unknown_look_alike(page: str) -> None:
    opened_city()
    make_cast()
    client = signed_in("other_teacher")
    outside, unknown = client.get(page.format("K1")), client.get(page.format("NO-SUCH"))
    assert outside.status_code == unknown.status_code == 404
    assert told(text_of(outside)) == told(text_of(unknown)) == "Unit is outside what you may see, or does not exist."


def told(page: str) -> str:
    return page.split("<title>")[1].split("</title>")[0]


@pytest.mark.parametrize(
    ("name", "place"),
    [("parent", "/family/"), ("teacher", "/class/"), ("principal", "/school/"), ("officer", "/bureau/"),
     ("nobody", "/no-role/")],
)  # fmt: skip
def test_start_leads_to_where_the_role_begins(name: str, place: str) -> None:
    opened_city(pupils=1)
    make_cast()
    assert signed_in(name).get("/")["Location"] == place


def test_one_class_opens_at_once_and_several_are_listed() -> None:
    opened_city(pupils=1)
    make_account("one", ("teacher", "K1"))
    make_account("two", ("teacher", "K1"), ("teacher", "K2"))
    assert signed_in("one").get("/class/")["Location"] == "/class/K1/"
    page = text_of(signed_in("two").get("/class/"))
    assert 'href="/class/K1/"' in page and 'href="/class/K2/"' in page


def test_several_roles_make_a_menu_and_one_role_makes_none() -> None:
    opened_city(pupils=1)
    make_account("both", ("teacher", "K1"), ("guardian", "H1"))
    make_account("one", ("teacher", "K1"))
    assert "nol-places" in text_of(signed_in("both").get("/family/"))
    assert "nol-places" not in text_of(signed_in("one").get("/class/K1/"))
    assert list(PLACES) == ["guardian", "teacher", "school", "officer", "admin", "wall"]


def test_account_switched_off_is_signed_out() -> None:
    opened_city(pupils=1)
    account = make_account("gone", ("officer", "C"))
    client = signed_in("gone")
    account.is_active = False
    account.save()
    assert client.get("/bureau/C/").status_code == 302


def test_officer_reads_a_class_but_takes_no_check() -> None:
    opened_city()
    make_cast()
    client = signed_in("officer")
    page = text_of(client.get("/class/K1/"))
    assert "Send: all others present" not in page
    assert client.post("/class/K1/", {"draft": "x"}).status_code == 422


def test_day_that_was_never_opened_is_told_by_name() -> None:
    opened_city(pupils=1)
    make_cast()
    answer = signed_in("officer").get("/bureau/D/?day=2026-01-05")
    assert answer.status_code == 404
    assert "Day: the ledger of 2026-01-05 is not open." in text_of(answer)
    assert signed_in("officer").get("/bureau/D/?day=yesterday").status_code == 400


def test_latest_open_day_stands_in_for_a_day_not_yet_opened(settings: Settings) -> None:
    opened_city(pupils=1)
    make_cast()
    settings.REHEARSAL_NOW = settings.REHEARSAL_NOW.replace(day=DAY.day + 1)
    page = text_of(signed_in("officer").get("/bureau/D/"))
    assert "Today&#x27;s ledger is not open yet. This is Monday, 23 November 2026." in page or (
        "Today's ledger is not open yet. This is Monday, 23 November 2026." in page
    )
