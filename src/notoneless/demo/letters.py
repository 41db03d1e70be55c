"""Letters that a demo family finds: one to read, one to confirm, one withdrawn and the one that corrects it."""

from notoneless.demo.shape import CITY
from notoneless.kernel.clock import Clock, day_of
from notoneless.publish import queries, services
from notoneless.publish.rules import INFORMATION, RECEIPT, Words
from notoneless.roster.models import Unit
from notoneless.roster.scope import SYSTEM

WINTER = Words(
    INFORMATION, "冬季流感防护告家长书",
    "各位家长：\n\n入冬以来，流感进入高发期。请留意孩子的体温和精神状态，在家多开窗、勤洗手。孩子发热、咳嗽时，请在家休息并告诉班主任，"
    "不要带病上课。\n\n接种疫苗是预防流感最有效的办法，预约见 https://www.example.gov.cn/yuyue 。\n\n祝孩子们健康。",
    "Keeping well this winter: to all families",
    "Dear families,\n\nInfluenza has come with the winter. Please watch for fever and tiredness, air the rooms and "
    "wash hands often. A child who is unwell rests at home: tell the class teacher.\n\nVaccination protects best: "
    "https://www.example.gov.cn/yuyue .\n\nKeep well.",
)  # fmt: skip
EARLY = Words(
    RECEIPT, "周五下午 15:40 放学",
    "各位家长：\n\n因教研活动，本周五下午提前到 15:40 放学，校车同步提前。\n"
    "不能按时来接的，孩子可以留在图书馆，17:00 前接走即可，不用申请。",
    "Lessons end at 15:40 on Friday",
    "Dear families,\n\nthis Friday lessons end at 15:40, and the school bus leaves earlier too.\nIf you cannot come "
    "then, your child may stay in the library until 17:00. No need to apply.",
)  # fmt: skip
OUTING = Words(INFORMATION, "周三秋游 🍂", "早上 7:50 在操场集合，自带水和雨衣。")
OUTING_RIGHT = Words(INFORMATION, "周三秋游 🍂（更正）", "早上 7:30 在操场集合，自带水和雨衣。")


def write_letters(class_unit: Unit, *, clock: Clock) -> None:
    """From the city, the school and the class with the demo family, today; and the school's number."""
    school = class_unit.authority
    city = Unit.objects.get(code=CITY[0])
    if school is None:
        return
    reached = queries.households_reached(city.path, day_of(clock.now()))
    services.send_letter(SYSTEM, city.code, WINTER, number=reached, clock=clock)
    services.send_letter(SYSTEM, school.code, EARLY, clock=clock)
    wrong = services.send_letter(SYSTEM, class_unit.code, OUTING, clock=clock)
    services.withdraw_letter(SYSTEM, class_unit.code, wrong.pk, why="集合时间写错了，请看更正。", clock=clock)
    services.send_letter(SYSTEM, class_unit.code, OUTING_RIGHT, corrects=wrong.pk, clock=clock)
    services.set_telephone(
        SYSTEM, school.code, "0531-8888 6666", hours_zh="工作日 8:00–17:30", hours_en="weekdays 8:00–17:30", clock=clock
    )
