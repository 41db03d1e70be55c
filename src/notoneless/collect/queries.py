"""Forms in force."""

from functools import cache

from notoneless.collect.models import FormVersion
from notoneless.collect.rules import Form, compile_form
from notoneless.kernel.errors import DomainError

_compiled: dict[tuple[str, int], Form] = {}


def form_in_force(code: str) -> Form:
    """The newest version of a form, compiled once per process. Versions are never edited in place."""
    version = FormVersion.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
    if version is None:
        raise DomainError("unknown_form", "form")
    return form_version(code, version)


def form_version(code: str, version: int) -> Form:
    if (code, version) not in _compiled:
        _compiled[code, version] = compile_form(FormVersion.objects.get(code=code, version=version).definition)
    return _compiled[code, version]


@cache
def measure_label(form_code: str, measure: str, language: str) -> str:
    """The measure's name in `zh` or `en`; its code when the form in force no longer has it."""
    for entry in form_in_force(form_code).definition["measures"]:
        if entry["code"] == measure:
            return str(entry["label"][language])
    return measure
