"""Invented people: names put together from lists, document numbers with a right check digit, telephone numbers."""

from collections import Counter
from datetime import date, timedelta
from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于"
    "蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛"
    "闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "梓涵宇轩子浩然欣怡雨泽诗琪思远佳明嘉睿晨博文静雅俊杰一诺可馨天佑若曦志强建"
    "国秀英海燕晓东丽华春梅立新永安琪乐童心语墨书航清扬知行星辰望舒云舟予希景澄"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def invent_name(random: Random) -> str:
    """A surname and one or two given characters: nobody's name but by chance."""
    given = random.choice(_GIVEN) + (random.choice(_GIVEN) if random.random() < 0.8 else "")
    return random.choice(_SURNAMES) + given


def check_digit(body: str) -> str:
    """The 18th character of a resident identity number. Source: GB 11643-1999 (domain.md, section 3)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


class Documents:
    """Resident numbers that are never given twice: area, birth date, a running number whose parity is the sex."""

    def __init__(self) -> None:
        self._given: Counter[tuple[str, date, str]] = Counter()

    def number(self, area: str, born: date, sex: str) -> str:
        """`sex` is 1 (odd) or 2 (even), GB/T 2261.1. Raises ValueError when an area's day is used up."""
        place = self._given[area, born, sex]
        self._given[area, born, sex] += 1
        running = 2 * place + (1 if sex == "1" else 2)
        if running > 999:
            raise ValueError(f"no number left for {area} {born}")
        body = f"{area}{born:%Y%m%d}{running:03}"
        return body + check_digit(body)


def invent_birth(random: Random, age: int, today: date) -> date:
    """A birth date that makes somebody about `age` years old."""
    return today - timedelta(days=age * 365 + random.randrange(365))


def phone(number: int) -> str:
    """A number of the right form from a block that is nobody's here."""
    return f"199{number:08}"
