"""The phrases of which sentences about rules are made. `language` is `zh…` or `en…`."""

from collections.abc import Iterable, Mapping
from datetime import date

from notoneless.expect.queries.duties import DutyInfo, SessionInfo
from notoneless.expect.queries.policies import PolicyInfo
from notoneless.expect.rules import PolicyRule
from notoneless.expect.rules.policies import Minutes
from notoneless.roster.kinds import GRADES, KINDS, PERSON_STATES, POPULATIONS, STAGES, TAGS

Pair = tuple[str, str]
DAY_WORDS: Mapping[str, Pair] = {
    "school_day": ("上课日", "school days"), "weekend": ("周末", "weekends"), "holiday": ("节假日", "public holidays"),
    "vacation": ("寒暑假", "vacations"), "closure": ("停课期间", "closures"),
}  # fmt: skip
ONE_DAY: Mapping[str, str] = {
    "school_day": "a school day", "weekend": "a weekend day", "holiday": "a public holiday",
    "vacation": "a day of the vacation", "closure": "a day on which classes are suspended",
}  # fmt: skip
WEEKDAYS: tuple[Pair, ...] = (
    ("星期一", "Monday"), ("星期二", "Tuesday"), ("星期三", "Wednesday"), ("星期四", "Thursday"), ("星期五", "Friday"),
    ("星期六", "Saturday"), ("星期日", "Sunday"),
)  # fmt: skip
_KINDS: Mapping[str, Pair] = {code: (kind.zh, kind.en) for code, kind in KINDS.items()}


def one_day(day_type: str, language: str) -> str:
    """What one day is, to stand alone: `上课日`, `School day`."""
    if is_zh(language):
        return DAY_WORDS[day_type][0]
    return ONE_DAY[day_type].removeprefix("a ").capitalize()


def is_zh(language: str) -> bool:
    return language.startswith("zh")


def pick(pair: Pair, language: str) -> str:
    return pair[0] if is_zh(language) else pair[1]


def listed(words: Iterable[str], language: str) -> str:
    """`甲、乙和丙`; `a, b and c`."""
    parts = list(words)
    if len(parts) < 2:
        return "".join(parts)
    comma, last = ("、", "和") if is_zh(language) else (", ", " and ")
    return f"{comma.join(parts[:-1])}{last}{parts[-1]}"


def _named(codes: Iterable[str], names: Mapping[str, Pair], language: str) -> str:
    """In the order in which the field's list has them."""
    chosen = set(codes)
    return listed([pick(pair, language) for code, pair in names.items() if code in chosen], language)


def long_day(day: date, language: str) -> str:
    weekday = pick(WEEKDAYS[day.weekday()], language)
    return f"{day.year}年{day.month}月{day.day}日（{weekday}）" if is_zh(language) else f"{weekday}, {day:%d %B %Y}"


def clock_time(minutes: int, language: str) -> str:
    """Minutes after midnight as a clock shows them; past midnight it says so."""
    hours, rest = divmod(minutes, 60)
    text = f"{hours if hours <= 24 else hours - 24:02}:{rest:02}"
    if minutes <= 1440:
        return text
    return f"次日{text}" if is_zh(language) else f"{text} the next day"


def day_types(rule: PolicyRule, language: str) -> str:
    """`周末、节假日和寒暑假`; every day where it names them all."""
    if set(DAY_WORDS) <= rule.days:
        every = "每天" if is_zh(language) else "every day"
    else:
        every = _named(rule.days, DAY_WORDS, language)
    if not rule.weekdays:
        return every
    weekdays = listed([pick(WEEKDAYS[number], language) for number in sorted(rule.weekdays)], language)
    return f"{every}中的{weekdays}" if is_zh(language) else f"{weekdays}, where they are {every}"


def people(rule: PolicyRule, language: str, *, is_unit: bool = False, anyone: Pair = ("所有人", "everyone")) -> str:
    """Whom a policy speaks for: `小学、初中的学生（因病在家的）`.

    `anyone`: whom it means where it names no population.
    """
    zh = is_zh(language)
    where = [
        _named(chosen, names, language)
        for chosen, names in ((rule.stages, STAGES), (rule.kinds, _KINDS), (rule.grades, GRADES))
        if chosen
    ]
    if is_unit:
        who = "学校" if zh else "schools"
    elif rule.populations:
        who = _named(rule.populations, POPULATIONS, language)
    else:
        who = pick(anyone, language)
    tags = _named(rule.tags, TAGS, language)
    states = _named(rule.states, PERSON_STATES, language)
    if zh:
        text = f"{'、'.join(where)}的{who}" if where else who
        text = f"{text}中的{tags}" if tags else text
        return f"{text}（{states}的）" if states else text
    text = f"{who.lower()} of {', '.join(where)}" if where else who.lower()
    text = f"{text} who are tagged {tags}" if tags else text
    return f"{text} ({states.lower()})" if states else text


def until(window: Minutes, language: str) -> str:
    """When a session falls due and closes."""
    _, due, closes = (clock_time(minutes, language) for minutes in window)
    if is_zh(language):
        return f"请在 {due} 前完成；之后算迟报，{closes} 关闭。"
    return f"Due by {due}; after that it counts as late, and it closes at {closes}."


def basis(policy: PolicyInfo, language: str) -> str:
    """On what a policy rests: who made it, its title and document, and how far it binds."""
    zh = is_zh(language)
    title, unit = policy.title(language) or policy.code, policy.unit_name(language)
    document = policy.document
    bound = ""
    if policy.rule.is_floor:
        bound = (
            "这是最低要求，下级可以更严，不能放宽。"
            if zh
            else "It is a floor: levels below may be stricter, not looser."
        )
    elif policy.rule.is_ceiling:
        bound = "下级不得另行要求。" if zh else "Levels below may not demand it all the same."
    if document is None and not policy.unit_code:
        return f"《{title}》。{bound}" if zh else f"“{title}”. {bound}".rstrip()
    if document is None:
        return f"{unit}：《{title}》。{bound}" if zh else f"{unit}: “{title}”. {bound}".rstrip()
    issuer = document.issuer or unit
    dated = f"{document.dated:%Y-%m-%d}" if document.dated else ""
    title = document.title(language) or title
    paper = ("，" if zh else ", ").join(filter(None, (document.number, dated)))
    return f"{issuer}《{title}》（{paper}）。{bound}" if zh else f"{issuer}, “{title}” ({paper}). {bound}".rstrip()


def policy_sentence(policy: PolicyInfo, duty: DutyInfo, language: str) -> str:
    """What a policy says, in one sentence: `周末和节假日，小学的学生须完成“每日健康上报”，10:00 前。`"""
    rule = policy.rule
    anyone = ("学生", "pupils") if duty.asked == "teacher" else ("所有人", "everyone")
    whom = people(rule, language, is_unit=duty.respondent == "unit", anyone=anyone)
    days, name = day_types(rule, language), duty.name(language)
    at = _own_windows(rule, duty, language)
    if duty.asked == "teacher":
        if is_zh(language):
            return f"{days}，班主任{'须' if rule.effect == 'require' else '不必'}为{whom}做“{name}”{at}。"
        verb = "take" if rule.effect == "require" else "need not take"
        return f"On {days}, class teachers {verb} the “{name}” of {whom}{at}."
    if is_zh(language):
        verb = "须完成" if rule.effect == "require" else "不必完成"
        return f"{days}，{whom}{verb}“{name}”{at}。"
    verb = "must complete" if rule.effect == "require" else "need not complete"
    return f"On {days}, {whom} {verb} “{name}”{at}."


def _own_windows(rule: PolicyRule, duty: DutyInfo, language: str) -> str:
    if rule.effect == "waive":
        return ""
    said: list[str] = []
    sessions: list[SessionInfo] = [s for s in duty.sessions if not rule.sessions or s.code in rule.sessions]
    for session in sessions:
        due = clock_time(rule.windows.get(session.code, session.minutes)[1], language)
        said.append(f"{due} 前" if is_zh(language) else f"by {due}")
    return ("，" if is_zh(language) else ", ") + listed(said, language) if said else ""
