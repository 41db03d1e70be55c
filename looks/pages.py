"""Which pages there are to look at: whose, and where. `{home}` is the code of the reader's own unit."""

from dataclasses import dataclass

PASSWORD = "NotOneLess-2026"  # noqa: S105 - the demo's, printed for everyone


@dataclass(frozen=True)
class Look:
    """`name` is the picture's. `reader`: a sign-in of the demo city, empty for nobody. `wall`: also on a wall."""

    name: str
    reader: str
    address: str
    wall: bool = False


LOOKS = (
    Look("sign-in", "", "/sign-in/"),
    Look("sign-in-phone", "", "/sign-in/phone/"),
    Look("join", "", "/join/"),
    Look("rules", "", "/rules/"),
    Look("parts", "", "/ui/"),
    Look("help", "", "/help/"),
    Look("not-found", "", "/nowhere/"),
    Look("family", "family", "/family/"),
    Look("family-offline", "", "/family/offline/"),
    Look("family-done", "family", "/family/done/"),
    Look("family-child", "family", "/family/children/"),
    Look("family-letters", "family", "/family/letters/"),
    Look("family-letter", "family", "/family/letters/2/"),
    Look("family-data", "family", "/family/privacy/"),
    Look("family-requests", "family", "/family/requests/"),
    Look("family-reads", "family", "/family/reads/"),
    Look("family-complaints", "family", "/family/complaints/"),
    Look("account", "family", "/account/"),
    Look("forbidden", "family", "/bureau/"),
    Look("class", "teacher", "/class/{home}/"),
    Look("class-noon", "teacher", "/class/{home}/?duty=noon-check"),
    Look("class-health", "teacher", "/class/{home}/?duty=daily-health"),
    Look("class-missing", "teacher", "/class/{home}/missing/"),
    Look("class-parents", "teacher", "/class/{home}/parents/"),
    Look("class-sick", "teacher", "/class/{home}/sick/"),
    Look("class-states", "teacher", "/class/{home}/states/"),
    Look("class-families", "teacher", "/class/{home}/families/"),
    Look("class-substitute", "teacher", "/class/{home}/substitute/"),
    Look("class-print", "teacher", "/class/{home}/print/"),
    Look("class-letters", "teacher", "/unit/{home}/letters/"),
    Look("class-letter", "teacher", "/unit/{home}/letters/2/"),
    Look("school", "school", "/school/{home}/"),
    Look("school-sick", "school", "/school/{home}/sick/"),
    Look("school-calendar", "school", "/unit/{home}/calendar/"),
    Look("school-policies", "school", "/unit/{home}/policies/"),
    Look("school-roles", "school", "/unit/{home}/roles/"),
    Look("school-letters", "school", "/unit/{home}/letters/"),
    Look("school-letter", "school", "/unit/{home}/letters/2/"),
    Look("school-letter-new", "school", "/unit/{home}/letters/new/"),
    Look("school-reminders", "school", "/unit/{home}/reminders/"),
    Look("school-people", "school", "/unit/{home}/people/"),
    Look("school-imports", "school", "/unit/{home}/imports/"),
    Look("school-exports", "school", "/unit/{home}/exports/"),
    Look("school-asks", "school", "/unit/{home}/asks/"),
    Look("school-requests", "school", "/unit/{home}/requests/"),
    Look("school-complaints", "school", "/unit/{home}/complaints/"),
    Look("bureau-situation", "city", "/bureau/{home}/situation/", wall=True),
    Look("bureau-figures", "city", "/bureau/{home}/", wall=True),
    Look("bureau-trends", "city", "/bureau/{home}/trends/", wall=True),
    Look("bureau-map", "city", "/bureau/{home}/map/", wall=True),
    Look("bureau-ranking", "city", "/bureau/{home}/ranking/"),
    Look("bureau-missing", "city", "/bureau/{home}/missing/"),
    Look("bureau-quality", "city", "/bureau/{home}/quality/"),
    Look("wall", "city", "/screen/{home}/", wall=True),
    Look("bureau-reminders", "city", "/unit/{home}/reminders/"),
    Look("district-missing", "district", "/bureau/{home}/missing/"),
    Look("office", "security", "/office/"),
    Look("log", "audit", "/office/log/"),
)
