"""The stage's sealed column, for `nol keys data reseal` and `retire`."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db.models import F

from notoneless.kernel.sealed import BlindIndex, SealedColumn, declare


def declare_columns() -> None:
    index = BlindIndex("endpoint_index", "push", _endpoint)
    declare(SealedColumn("follow.PushSubscription", "sealed", F("code"), (index,)))


def _endpoint(text: bytes, row: Mapping[str, Any]) -> str:
    return str(msgspec.json.decode(text)["endpoint"])
