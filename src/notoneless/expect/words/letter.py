"""A letter that answers "why am I asked": what day it is, what is owed and why, what is not and why not."""

from dataclasses import dataclass

from notoneless.expect.queries.explain import Explanation, Item
from notoneless.expect.rules import PolicyRule
from notoneless.expect.words.days import day_sentence
from notoneless.expect.words.phrases import (
    DAY_WORDS,
    basis,
    day_types,
    is_zh,
    listed,
    long_day,
    people,
    pick,
    policy_sentence,
    until,
)
from notoneless.roster.kinds import PERSON_STATES, TAGS

_REASONS = {
    "moved": ("转班（校）后重新归类", "moved with a transfer"), "left": ("已转出", "left"),
    "not_owed": ("规定变更后不再需要", "no longer owed after the rules changed"),
    "closure": ("停课", "closure"), "restored": ("恢复", "restored"), "added": ("当日新增", "added during the day"),
}  # fmt: skip
_RECORDED = {
    "due": ("待报", "due"), "reported": ("已报", "reported"), "missing": ("缺报", "missing"),
    "excused": ("免报", "excused"), "void": ("已作废", "void"), "voluntary": ("自愿报", "voluntary"),
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs; each item's paragraphs stand together, its own title first."""

    heading: str
    lines: tuple[str, ...] = ()
    items: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Letter:
    """Title and sections, in one language."""

    title: str
    sections: tuple[Section, ...]

    def text(self) -> str:
        """As plain text, for a terminal."""
        out = [self.title, ""]
        for section in self.sections:
            out.append(section.heading)
            out += [f"  {line}" for line in section.lines]
            for number, (title, lines) in enumerate(section.items, start=1):
                out.append(f"  {number}. {title}")
                out += [f"     {line}" for line in lines]
            out.append("")
        return "\n".join(out).rstrip() + "\n"


def letter_about(explanation: Explanation, language: str, *, who: str = "") -> Letter:
    """`who` is what the reader calls the person; the person's code where nothing is given."""
    zh = is_zh(language)
    day, name = long_day(explanation.day, language), who or explanation.code
    title = f"关于{name} {day}应报事项的说明" if zh else f"What {name} has to report on {day}, and why"
    owed = [item for item in explanation.items if item.outcome == "owed"]
    excused = [item for item in explanation.items if item.outcome == "excused"]
    not_owed = [item for item in explanation.items if item.outcome == "not_owed"]
    nothing = "没有须完成的事项。" if zh else "Nothing has to be done."
    sections = [
        Section("一、日期与本人情况" if zh else "1. The day, and the person", _facts(explanation, language)),
        Section(
            "二、须完成的事项" if zh else "2. What has to be done",
            () if owed else (nothing,),
            tuple((_title(item, explanation, language), _owed(item, explanation, language)) for item in owed),
        ),
    ]
    if excused:
        sections.append(
            Section(
                "三、已免除的事项" if zh else "3. What is excused",
                items=tuple(
                    (_title(item, explanation, language), _excused(item, explanation, language)) for item in excused
                ),
            )
        )
    number = ("四" if excused else "三") if zh else ("4" if excused else "3")
    heading = f"{number}、不须完成的事项" if zh else f"{number}. What does not have to be done"
    items = tuple((_title(item, explanation, language), _not_owed(item, explanation, language)) for item in not_owed)
    if items:
        sections.append(Section(heading, items=items))
    return Letter(title, tuple(sections))


def _facts(explanation: Explanation, language: str) -> tuple[str, ...]:
    zh = is_zh(language)
    where = " › ".join(node.label(language) for node in explanation.chain)
    state = pick(PERSON_STATES[explanation.state], language)
    since = explanation.recorded_state
    if since is not None:
        state += f"（自 {since.from_day} 起）" if zh else f" (since {since.from_day})"
    tags = listed([pick(TAGS[tag], language) for tag in TAGS if tag in explanation.tags], language)
    facts = f"{where}。状态：{state}" if zh else f"{where}. State: {state.lower()}"
    if tags:
        facts += f"；{tags}" if zh else f"; {tags.lower()}"
    by = explanation.marked_by
    day = day_sentence(explanation.judgement, by.label(language) if by else "", language)
    return day, facts + ("。" if zh else ".")


def _title(item: Item, explanation: Explanation, language: str) -> str:
    name = item.duty.name(language)
    if item.duty.asked == "teacher" and explanation.population == "student":
        return f"{name}（由班主任完成，家长不用做任何事）" if is_zh(language) else (
            f"{name} (the class teacher does it; the family need not do anything)"
        )  # fmt: skip
    return name


def _owed(item: Item, explanation: Explanation, language: str) -> tuple[str, ...]:
    zh = is_zh(language)
    duty = item.duty
    lines = [until(item.window, language), *_chain(item, explanation, language)]
    lines.append(f"用途：{duty.purpose(language)}" if zh else f"Purpose: {duty.purpose(language)}")
    lines.append(
        f"接收：{duty.recipients(language) or '—'}。保存 {duty.retention_days} 天后删除。"
        if zh
        else f"Received by: {duty.recipients(language) or '—'}. Kept {duty.retention_days} days, then deleted."
    )
    return (*lines, *_recorded(item, explanation, language))


def _excused(item: Item, explanation: Explanation, language: str) -> tuple[str, ...]:
    text = (
        "停课，本来应完成，今天免报。" if is_zh(language) else "Classes are suspended: what would be owed is excused."
    )
    return text, *_chain(item, explanation, language), *_recorded(item, explanation, language)


def _not_owed(item: Item, explanation: Explanation, language: str) -> tuple[str, ...]:
    if item.walk.steps:
        return *_chain(item, explanation, language), *_recorded(item, explanation, language)
    if not item.silent:
        return ("没有任何规定要求此项。" if is_zh(language) else "No rule asks for it.",)
    rule, why = item.silent[-1]
    policy = explanation.policies[rule.id]
    return _silence(policy.title(language) or policy.code, rule, why, explanation, language), *_recorded(
        item, explanation, language
    )


def _silence(title: str, rule: PolicyRule, why: str, explanation: Explanation, language: str) -> str:
    zh = is_zh(language)
    if why in ("day", "weekday"):
        only, now = day_types(rule, language), pick(DAY_WORDS[explanation.judgement.day_type], language)
        return f"《{title}》只管{only}，今天是{now}。" if zh else f"“{title}” is for {only}; today counts among {now}."
    whom = people(rule, language)
    return f"《{title}》只管{whom}，不含此人。" if zh else f"“{title}” is for {whom}, which leaves this person out."


def _chain(item: Item, explanation: Explanation, language: str) -> list[str]:
    """Every policy that spoke, from the nation down: the one that decides first, then what it went before."""
    zh = is_zh(language)
    by_id = explanation.policies
    lines: list[str] = []
    for step in reversed(item.walk.steps):
        policy = by_id[step.rule.id]
        said = policy_sentence(policy, item.duty, language)
        if step.outcome == "decides":
            lines.insert(0, f"依据：{basis(policy, language)}" if zh else f"By: {basis(policy, language)}")
            lines.insert(0, said)
            continue
        other = by_id[step.by].title(language) or by_id[step.by].code
        unit = policy.unit_name(language)
        is_same = any(s.outcome == "decides" and s.rule.effect == step.rule.effect for s in item.walk.steps)
        if step.outcome == "replaced" and is_same:
            lines.append(
                f"{unit}也有规定：{said}以更近一级的《{other}》为准。"
                if zh
                else f"{_capital(unit)} ask for it too: {said} The nearer “{other}” stands."
                if not policy.unit_code
                else f"{unit} says so too: {said} The nearer “{other}” stands."
            )
        elif step.outcome == "replaced":
            lines.append(
                f"{unit}原有规定：{said}已由更近一级的《{other}》代替。"
                if zh
                else f"It takes the place of what {unit} would ask: {said}"
            )
        else:
            lines.append(
                f"{unit}曾规定：{said}因违反上级《{other}》而无效。"
                if zh
                else f"{unit} says: {said} It has no effect against “{other}” above it."
            )
    return lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _recorded(item: Item, explanation: Explanation, language: str) -> tuple[str, ...]:
    """What the ledger holds, where that says more than the rules do."""
    held = item.recorded
    if held is None:
        return ()
    zh = is_zh(language)
    state = pick(_RECORDED[held.state], language)
    reason = pick(_REASONS[held.reason], language) if held.reason in _REASONS else ""
    line = f"台账：{state}" if zh else f"In the ledger: {state}"
    line += f"（{reason}）。" if zh and reason else "。" if zh else f" ({reason})." if reason else "."
    if held.policy_id is not None and held.policy_id != item.decided_by and held.policy_id in explanation.policies:
        made_by = explanation.policies[held.policy_id].title(language)
        line += f"当时依据《{made_by}》。" if zh else f" It was made by “{made_by}”."
    return (line,)
