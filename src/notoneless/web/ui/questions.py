"""A sheet of questions built from a form's definition: what to show, what was sent, and what is wrong with it.

The first required choice leads: its first option says that all is well, and a question about more than that (a list of
symptoms, a question with a condition) waits until it is needed. What is optional and no measurement is folded away.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from notoneless.collect.carry import mark_of
from notoneless.collect.rules import Form, check_answers
from notoneless.kernel.errors import DomainError
from notoneless.web.ui.words import reading, sentence

TRIP_ROWS = 3
SAME = "same:"
"""How the lead begins when it says: as it was reported before."""
_DEGREES = re.compile(r"(\d{1,3})(?:[.,](\d))?")


@dataclass(frozen=True)
class Question:
    """One question as the template shows it. `value` is what stands in the field; `when` a condition as JSON."""

    code: str
    name: str
    type: str
    label: str
    options: tuple[tuple[str, str], ...]
    is_required: bool
    is_folded: bool
    value: Any
    when: str
    error: str
    most: int

    @property
    def typed(self) -> str:
        """What stands in the field of a measurement, when no box stands in for it."""
        return "" if self.value in [code for code, _ in self.options] else str(self.value)

    @property
    def also(self) -> str:
        """The name of the box that stands in for a measurement, such as: no thermometer."""
        return f"{self.name}-also"


def read_degrees(text: str, label: str, least: int, most: int) -> int:
    """36.5 as 365, exactly; full-width digits and a comma are read too. Raises DomainError naming `label`."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("°C").removesuffix("度").strip()
    found = _DEGREES.fullmatch(plain)
    if found is None:
        raise DomainError("temperature_not_degrees", label)
    tenths = int(found[1]) * 10 + int(found[2] or 0)
    if not least <= tenths <= most:
        raise DomainError(
            "temperature_not_plausible",
            label,
            least=f"{least // 10}.{least % 10}",
            most=f"{most // 10}.{most % 10}",
        )
    return tenths


class Sheet:
    """One respondent's questions. `held` are the answers in the ledger; `sent` what the reader has just posted.

    A brief sheet is a line of a list: its lead is answered from the start, and the rest waits for another answer.
    A compact one is a child among several: the lead alone, and the rest unfolds when it is needed.
    `without`: fields that are not asked. `same`: answers that one tap gives again, see collect/carry.py.
    """

    def __init__(
        self, form: Form, prefix: str, *, sent: QueryDict | None = None, is_brief: bool = False,
        is_compact: bool = False, without: Collection[str] = (), same: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.form = form
        self.prefix = prefix
        self.held: dict[str, Any] = {}
        self.sent = QueryDict() if sent is None else sent
        self.is_sent = sent is not None
        self.is_brief = is_brief
        self.is_compact = is_compact
        self.errors: dict[str, str] = {}
        self.entries: dict[str, Mapping[str, Any]] = {
            e["code"]: e for e in form.definition["fields"] if e["code"] not in without
        }
        self.lead = next((e for e in self.entries.values() if e["type"] == "choice" and e.get("required")), None)
        self.same = {code: value for code, value in (same or {}).items() if code in self.entries}

    @property
    def questions(self) -> list[Question]:
        return [question for question in self._all() if not question.is_folded]

    @property
    def folded(self) -> list[Question]:
        return [question for question in self._all() if question.is_folded]

    @property
    def lead_question(self) -> Question:
        return next(question for question in self._all() if question.type == "lead")

    @property
    def rest(self) -> list[Question]:
        return [question for question in self._all() if question.type != "lead"]

    @property
    def rest_when(self) -> str:
        """The condition under which the rest of a brief sheet is shown: anything but all is well."""
        return json.dumps(self._not_well()) if self.lead is not None else ""

    @property
    def opens_folded(self) -> bool:
        """Something in it is answered or wrong."""
        told = (question for question in self.folded if question.type != "trips")
        return any(question.error or question.value not in ("", [], None) for question in told)

    def is_blank(self) -> bool:
        """Nothing at all was filled in."""
        return not any(value.strip() for values in self._sent() for value in values)

    @property
    def same_value(self) -> str:
        """What the lead says for "as before": which answers are meant is part of it."""
        return f"{SAME}{mark_of(self.same)}" if self.same and self.lead is not None else ""

    @property
    def is_same_well(self) -> bool:
        """Whether "as before" says no more than the lead's first option."""
        lead = self.lead
        return lead is not None and self.same == {lead["code"]: lead["options"][0]["code"]}

    def read(self) -> dict[str, Any] | None:
        """The canonical answers that were sent; None when something is wrong, told in `errors`."""
        if self.lead is not None and (said := self.sent.get(self.prefix + self.lead["code"], "")).startswith(SAME):
            if said == self.same_value:
                return dict(self.same)
            self.refuse(DomainError("same_has_changed", self.lead["code"]))
            return None
        answers: dict[str, Any] = {}
        for code, entry in self.entries.items():
            try:
                answers[code] = self._read_one(code, entry)
            except DomainError as error:
                self.errors[code] = sentence(error, entry["label"][reading()])
        if self.errors:
            return None
        try:
            return check_answers(self.form, {code: value for code, value in answers.items() if value is not None})[0]
        except DomainError as error:
            self.refuse(error)
            return None

    def refuse(self, error: DomainError) -> None:
        """Tell an error beside the question that it names; one that names none is told under the first."""
        code = error.field.removeprefix("answers.").split(".")[0]
        if code in self.entries:
            self.errors[code] = sentence(error, self.entries[code]["label"][reading()])
        else:
            self.errors[next(iter(self.entries))] = sentence(error)

    def _not_well(self) -> dict[str, Any]:
        """The condition: the lead has been answered, and not with its first option."""
        lead = self.lead or {}
        return {"field": lead["code"], "not_in": [lead["options"][0]["code"]]}

    def _sent(self) -> list[list[str]]:
        return [[str(v) for v in values] for name, values in self.sent.lists() if name.startswith(self.prefix)]

    def _read_one(self, code: str, entry: Mapping[str, Any]) -> Any:
        """The answer to one question as the API takes it; None when it was left open."""
        name, kind = self.prefix + code, entry["type"]
        text = self.sent.get(name, "").strip()
        if kind == "choices":
            return self.sent.getlist(name) or None
        if kind == "trips":
            return self._read_trips(name) or None
        if kind == "temperature" and not text:
            return self.sent.get(f"{name}-also") or None
        if not text:
            return None
        if kind == "temperature":
            return read_degrees(text, entry["label"][reading()], entry["min"], entry["max"])
        if kind == "yes_no":
            return {"yes": True, "no": False}.get(text, text)
        if kind == "count":
            plain = unicodedata.normalize("NFKC", text)
            return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else text
        return text

    def _read_trips(self, name: str) -> list[dict[str, str]]:
        rows = [
            {part: self.sent.get(f"{name}-{place}-{part}", "").strip() for part in ("place", "from", "to")}
            for place in range(TRIP_ROWS)
        ]
        return [{part: text for part, text in row.items() if text} for row in rows if any(row.values())]

    def _all(self) -> list[Question]:
        return [self._question(code, entry) for code, entry in self.entries.items()]

    def _question(self, code: str, entry: Mapping[str, Any]) -> Question:
        language, name, kind = reading(), self.prefix + code, entry["type"]
        is_lead = entry is self.lead
        is_near = kind in ("temperature", "choices") and not self.is_compact
        is_shown = is_lead or bool(entry.get("required")) or is_near
        when = entry.get("when")
        if when is None and kind == "choices" and self.lead is not None:
            when = self._not_well()
        return Question(
            code=code,
            name=name,
            type="lead" if is_lead else kind,
            label=entry["label"][language],
            options=tuple(
                (option["code"], option["label"][language])
                for option in (*entry.get("options", ()), *entry.get("also", ()))
            ),
            is_required=bool(entry.get("required")),
            is_folded=not is_shown,
            value=self._value(name, code, kind),
            when=json.dumps(when) if when else "",
            error=self.errors.get(code, ""),
            most=entry.get("max_length", 0),
        )

    def _value(self, name: str, code: str, kind: str) -> Any:
        if kind == "trips":
            return self._trip_rows(name, code)
        if self.is_sent and (self._sent() or self.errors):
            if kind == "choices":
                return self.sent.getlist(name)
            return self.sent.get(name, "") or self.sent.get(f"{name}-also", "")
        held = self.held.get(code)
        if held is None and self.is_brief and self.lead is not None and code == self.lead["code"]:
            return self.lead["options"][0]["code"]
        if kind == "temperature" and isinstance(held, int):
            return f"{held // 10}.{held % 10}"
        if isinstance(held, bool):
            return "yes" if held else "no"
        return "" if held is None else held

    def _trip_rows(self, name: str, code: str) -> list[dict[str, str]]:
        rows = self._read_trips(name) if self.is_sent else list(self.held.get(code, []))
        return [*rows, *({} for _ in range(TRIP_ROWS - len(rows)))]
