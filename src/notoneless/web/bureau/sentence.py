"""The day of a unit in one sentence, as the officer who writes the report would put it; pure, in both languages."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from notoneless.rollup.rules import Counts
from notoneless.web.ui.tags import percent

LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Facts:
    """What is said. `as_of` None: the day is over. `n` and `before_n` None: fewer than five, and not to be shown."""

    unit: str
    duty: str
    day: date
    as_of: datetime | None
    counts: Counts
    measure: str
    n: int | None
    before: date | None
    before_n: int | None
    is_of_units: bool


def sentence_in(language: str, facts: Facts) -> str:
    """`language` is `zh` or `en`. Its numbers are those of the facts, and nothing is rounded up."""
    with override(LANGUAGES[language]):
        return "".join((_opening(facts, language), _body(facts, language), _excused(facts), _ill(facts, language)))


def _day(day: date, language: str) -> str:
    return date_format(day, "Y年n月j日" if language == "zh" else "j F Y")


def _opening(facts: Facts, language: str) -> str:
    day = _day(facts.day, language)
    if facts.as_of is None:
        return _("On %(day)s, ") % {"day": day}
    return _("As of %(time)s on %(day)s, ") % {"day": day, "time": f"{localtime(facts.as_of):%H:%M}"}


def _body(facts: Facts, language: str) -> str:
    counts = facts.counts
    said = {
        "unit": facts.unit, "duty": facts.duty, "expected": counts.expected, "reported": counts.reported,
        "unheard": counts.unheard, "rate": percent(counts.rate).replace("\u2009", "" if language == "zh" else " "),
    }  # fmt: skip
    if facts.is_of_units:
        return (
            _("%(unit)s, %(duty)s: %(expected)s units expected, %(reported)s reported (%(rate)s), %(unheard)s not yet")
            % said
        )
    return _(
        "%(unit)s, %(duty)s: %(expected)s people expected, %(reported)s reported (%(rate)s), %(unheard)s not yet"
    ) % said  # fmt: skip


def _excused(facts: Facts) -> str:
    return _(", %(n)s excused") % {"n": facts.counts.excused} if facts.counts.excused else ""


def _ill(facts: Facts, language: str) -> str:
    if not facts.measure:
        return _(".")
    if facts.n is None:
        return _("; %(measure)s: fewer than five.") % {"measure": facts.measure}
    told = {"measure": facts.measure, "n": facts.n}
    said = _("; %(measure)s: %(n)s units") % told if facts.is_of_units else _("; %(measure)s: %(n)s people") % told
    if facts.before is None or facts.before_n is None:
        return said + _(".")
    change = {
        "day": _before(facts.before, facts.day, language),
        "before": facts.before_n,
        "change": abs(facts.n - facts.before_n),
    }
    if facts.n == facts.before_n:
        return said + _(", as many as in all of %(day)s.") % change
    if facts.is_of_units:
        more = _(", up by %(change)s on all of %(day)s (%(before)s units).")
        fewer = _(", down by %(change)s on all of %(day)s (%(before)s units).")
    else:
        more = _(", up by %(change)s on all of %(day)s (%(before)s people).")
        fewer = _(", down by %(change)s on all of %(day)s (%(before)s people).")
    return said + (more if facts.n > facts.before_n else fewer) % change


def _before(before: date, day: date, language: str) -> str:
    """The earlier day, without its year where that is the same."""
    if before.year != day.year:
        return _day(before, language)
    return date_format(before, "n月j日" if language == "zh" else "j F")
