"""What the lane is compared with: the same write as any Django programmer would first write it, with the ORM.

One report a request: the person by code, scope, form, the slot locked, revision, tally by F(), report, outbox; one
transaction a request. It is right, and it is what the product would be without group commit.
"""

import os
import uuid
from typing import Any

import django
import msgspec
from django.core.asgi import get_asgi_application
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.views.decorators.csrf import csrf_exempt  # noqa: E402 - after the settings

from notoneless.collect.arrival import read_arrival  # noqa: E402 - after django.setup
from notoneless.collect.models import Report  # noqa: E402 - the same
from notoneless.collect.queries import form_in_force  # noqa: E402 - the same
from notoneless.collect.rules import check_answers  # noqa: E402 - the same
from notoneless.expect.models import Duty  # noqa: E402 - the same
from notoneless.kernel.clock import SystemClock, to_micros  # noqa: E402 - the same
from notoneless.kernel.models import OutboxEvent  # noqa: E402 - the same
from notoneless.ledger.models import PersonSlot, Tally  # noqa: E402 - the same
from notoneless.roster import tokens  # noqa: E402 - the same
from notoneless.roster.models import Person  # noqa: E402 - the same


@csrf_exempt
def reports(request: HttpRequest) -> HttpResponse:
    clock = SystemClock()
    now = clock.now()
    token = request.headers["Authorization"].partition(" ")[2]
    bearer = tokens.read(token, ring=tokens.keys(), revoked=tokens.revocations, now=to_micros(now))
    arrival = read_arrival(msgspec.json.decode(request.body))
    with transaction.atomic():
        duty = Duty.objects.get(code=arrival.duty)
        answers, measures = check_answers(form_in_force(duty.form), arrival.answers)
        person = Person.objects.get(code=arrival.respondent)
        if person.household_id not in bearer.scope.households:
            return JsonResponse({"error": "out_of_scope"}, status=404)
        known = Report.objects.filter(pk=uuid.UUID(hex=arrival.id)).first()
        if known is not None:
            return JsonResponse({"results": [{"id": arrival.id, "state": known.state, "duplicate": True}]})
        slot = PersonSlot.objects.select_for_update().get(
            respondent_id=person.pk, day=arrival.day, duty_id=duty.pk, session=0
        )
        was = slot.state
        slot.state, slot.on_time, slot.filled_at = "reported", now <= slot.due_at, now
        slot.by, slot.made_at, slot.report_id = arrival.by, arrival.made_at, arrival.id
        slot.revision += 1
        slot.answers = msgspec.json.encode(answers).decode()
        slot.measures = msgspec.json.encode(measures).decode()
        slot.save()
        Report.objects.create(
            id=uuid.UUID(hex=arrival.id), district_id=slot.district_id, day=slot.day, duty_id=duty.pk, session=0,
            respondent_id=person.pk, revision=slot.revision, made_at=arrival.made_at, received_at=now, by=arrival.by,
            actor=bearer.scope.actor, form_version=1, answers=slot.answers, measures=slot.measures,
            digest=arrival.digest, state=slot.state, on_time=slot.on_time,
        )  # fmt: skip
        column = "on_time" if slot.on_time else "late"
        changes: dict[str, Any] = {column: F(column) + 1}
        if was == "due":
            changes["due"] = F("due") - 1
        Tally.objects.filter(
            district_id=slot.district_id, day=slot.day, duty_id=duty.pk, session=0, unit_id=slot.unit_id,
            population=slot.population,
        ).update(**changes)  # fmt: skip
        OutboxEvent.objects.create(kind="slots.filled", payload={"units": [slot.unit_id]}, made_at=now)
    return JsonResponse({"results": [{"id": arrival.id, "state": slot.state, "duplicate": False}]})


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("plain/reports", reports), path("plain/ready", ready)]
settings.ROOT_URLCONF = __name__
application = get_asgi_application()
