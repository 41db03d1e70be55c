"""Names put together from common characters: nobody in particular."""

SURNAMES = (
    *("王李张刘陈杨赵黄周吴" * 4),
    *("徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕" * 2),
    *"苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆",
)
FAMILY_NAME = "苏"

_FIRST = "子梓一雨思欣佳诗若语书文明宇浩俊天泽嘉景睿博承志安乐心怡可沐清云晨星瑞卓远知予"
_SECOND = "涵轩诺桐琪萱妍彤瑶宁然杰豪阳宇航泽辰逸霖熙瑾瑜萌琳雅静洁悦朗川帆恒毅林松言舟禾"
GIVEN = tuple(first + second for first in _FIRST for second in _SECOND) + tuple(_SECOND)

CAUSES = (
    "育英", "明德", "春晖", "启航", "博文", "求真", "向阳", "新苗", "崇文", "致远", "弘毅", "思源", "晨光", "百花",
    "青云", "泉景", "文汇", "德润", "知行", "同心", "金桥", "清河", "望岳", "嘉禾", "星河", "松涛", "云帆", "雅正",
    "仁和", "乐山", "朝霞", "长风",
)  # fmt: skip
"""What schools are called after: virtues and landscapes."""

ORDINALS = "一二三四五六七八九十"


def ordinal(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    text = ("" if tens < 2 else ORDINALS[tens - 1]) + ("十" if tens else "")
    return text + (ORDINALS[ones - 1] if ones else "")


def school_name(area: str, kind_name: str, number: int) -> str:
    """The name of the `number`-th school (from 0) of a kind in an area; no two are alike."""
    turn, cause = divmod(number, len(CAUSES))
    which = f"第{ordinal(turn + 1)}" if turn else ""
    return f"{area}{CAUSES[cause]}{which}{kind_name}"
