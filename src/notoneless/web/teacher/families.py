"""The families of a class: who has joined, slips of paper for who has not, a new phone for who lost one."""

import io
from dataclasses import dataclass

import qrcode
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from qrcode.image.svg import SvgPathImage

from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts.guardians import Guardian, guardians_of
from notoneless.roster.accounts.invitations import GUARDIANS, Slip, invite
from notoneless.roster.queries import PersonRow
from notoneless.roster.roles import BIND
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.numbers import row_number
from notoneless.web.ui.words import sentence


@dataclass(frozen=True)
class Printed:
    """A slip with the square that a phone's camera reads, as SVG."""

    name: str
    slip: Slip
    address: str
    square: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def families(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = roster_queries.unit_to(BIND, reader.scope, code)
    if unit.level != "class":
        raise DomainError("out_of_scope", "unit")
    rows = roster_queries.people_in_units(reader.scope, [unit.pk], day=today(), populations=["student"])
    joined = guardians_of(rows, today())
    note_names(reader.scope.actor, code, len(rows), "families", part=str(today()))
    refusal, status, slips = "", 200, list[Printed]()
    if request.method == "POST":
        try:
            slips = _slips(request, reader, rows, joined)
        except DomainError as error:
            refusal, status = sentence(error), 422
        joined = guardians_of(rows, today())
    lines = [(row, joined.get(row.household_id or 0, []), row.household_id is not None) for row in rows]
    context = {"unit": unit, "lines": lines, "slips": slips, "refusal": refusal, "most": GUARDIANS,
               "waiting": sum(1 for _, found, has_home in lines if has_home and not found)}  # fmt: skip
    return render(request, "teacher/families.html", context, status=status)


def _slips(
    request: HttpRequest, reader: Reader, rows: list[PersonRow], joined: dict[int, list[Guardian]]
) -> list[Printed]:
    """For one pupil, for one lost phone, or for every family of the class that nobody has joined from yet."""
    given, chosen = request.POST, list[tuple[PersonRow, int | None]]()
    if given.get("act") == "all":
        seen: set[int] = set()
        for row in rows:
            if row.household_id is not None and row.household_id not in seen and not joined[row.household_id]:
                seen.add(row.household_id)
                chosen.append((row, None))
    else:
        named = [row for row in rows if row.code == given.get("person", "")]
        if not named:
            raise DomainError("out_of_scope", "person")
        lost = row_number(given.get("account", ""), "account") if given.get("act") == "lost" else None
        chosen = [(named[0], lost)]
    return [_printed(request, row, invite(reader.scope, row.code, clock=CLOCK, rebinds=lost)) for row, lost in chosen]


def _printed(request: HttpRequest, row: PersonRow, slip: Slip) -> Printed:
    address = request.build_absolute_uri(reverse("open_slip", args=[slip.code]))
    drawn = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=8, border=2).save(drawn)
    svg = drawn.getvalue().decode()
    return Printed(row.name, slip, request.build_absolute_uri(reverse("join")), svg[svg.index("<svg") :])
