"""Why a day is what it is, in one line."""

from notoneless.expect.rules import DayJudgement
from notoneless.expect.words.phrases import DAY_WORDS, ONE_DAY, is_zh, long_day, pick


def day_sentence(judgement: DayJudgement, unit: str, language: str) -> str:
    """What day it is for a unit, and by what. `unit`: the name of the unit whose entry decided, if any did."""
    national, by = judgement.national, judgement.by
    zh = is_zh(language)
    day = long_day(national.day, language)
    kind = pick(DAY_WORDS[judgement.day_type], language)
    if by is not None:
        reason = (by.reason_zh if zh else by.reason_en or by.reason_zh) or by.document
        paper = f"（{by.document}）" if zh and by.document and by.document != reason else ""
        tail = f"：{reason}{paper}" if zh and reason else f": {reason}" if reason else ""
        return (
            f"{day}是{kind}，由{unit}设定{tail}。"
            if zh
            else f"{day} is {ONE_DAY[judgement.day_type]}, as {unit} has entered{tail}."
        )
    if not national.is_known:
        year = national.day.year
        if zh:
            return f"{day}按星期判断为{kind}：日历里还没有 {year} 年，请录入。"
        kind = ONE_DAY[judgement.day_type]
        return f"{day} counts as {kind} by its weekday: the calendar does not know {year} yet; enter it."
    if national.kind == "makeup":
        if zh:
            made_up = f"（补{national.name_zh}）" if national.name_zh else ""
            return f"{day}虽是周末，但全国调休上班{made_up}，是上课日。"
        made_up = national.name_en or "a holiday"
        return f"{day} is a weekend day that the whole country works to make up for {made_up}: a school day."
    holiday = (national.name_zh if zh else national.name_en) if national.kind == "holiday" else ""
    if zh:
        return f"{day}是{kind}{f'：{holiday}' if holiday else ''}。"
    return f"{day} is {ONE_DAY[judgement.day_type]}{f': {holiday}' if holiday else ''}."
