"""The help page: open to everybody; who has signed in as a family finds the number of the own school on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notoneless.publish import queries
from notoneless.web.access import reader_of
from notoneless.web.ui.days import today


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    is_family = bool(reader.scope.households)
    return render(request, "help/help.html", {
        "is_family": is_family,
        "telephones": queries.telephones_of_households(reader.scope, today()) if is_family else [],
    })  # fmt: skip
