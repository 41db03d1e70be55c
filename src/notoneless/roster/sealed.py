"""The roster's sealed columns, for `nol keys data reseal` and `retire`."""

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, F, Value

from notoneless.kernel.crypto import personal_of
from notoneless.kernel.sealed import BlindIndex, SealedColumn, declare


def declare_columns() -> None:
    sent = Value("text", output_field=CharField())
    declare(
        SealedColumn("roster.Person", "sealed", F("code"), (BlindIndex("id_index", "id", _document, ("id_type",)),)),
        SealedColumn("roster.Account", "phone", F("username"), (BlindIndex("phone_index", "phone", _phone),)),
        SealedColumn("roster.Account", "offline_key", F("username")),
        SealedColumn("roster.OutgoingText", "phone", sent),
        SealedColumn("roster.OutgoingText", "text", sent),
    )


def _document(text: bytes, row: Mapping[str, Any]) -> str:
    return f"{row['id_type']}:{personal_of(text).id_number}"


def _phone(text: bytes, row: Mapping[str, Any]) -> str:
    return personal_of(text).phone
