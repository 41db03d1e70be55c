"""Failed sign-ins, counted where every worker sees them, and the wait that follows.

Five for one name from one address, as GB/T 22239-2019 8.1.4.1 wants. More for one name from everywhere, so that a
stranger cannot lock a teacher out from one place with five tries, nor guess on from a thousand places. More still for
one address, behind which a whole school may stand.
"""

from dataclasses import dataclass
from datetime import timedelta

from notoneless.kernel.clock import Clock
from notoneless.kernel.crypto import blind_index
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import FailedSignIn

WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Most:
    """How many failures within WINDOW."""

    here: int = 5
    by_name: int = 20
    by_address: int = 60


MOST = Most()


def require_patience(username: str, address: str, *, clock: Clock) -> None:
    """Raises DomainError `too_many_attempts`: for a name that exists and for one that does not alike."""
    since = clock.now() - WINDOW
    name, place = _indexes(username, address)
    recent = FailedSignIn.objects.filter(at__gt=since)
    counted = (
        (recent.filter(name_index=name, address_index=place), MOST.here),
        (recent.filter(name_index=name), MOST.by_name),
        (recent.filter(address_index=place), MOST.by_address),
    )
    for found, most in counted:
        latest = list(found.order_by("-at").values_list("at", flat=True)[:most])
        if len(latest) == most:
            left = (latest[-1] + WINDOW - clock.now()).total_seconds()
            raise DomainError("too_many_attempts", minutes=max(1, -int(-left // 60)))


def record_failure(username: str, address: str, *, clock: Clock) -> None:
    """Write down one failure; forget those of days before."""
    name, place = _indexes(username, address)
    FailedSignIn.objects.create(name_index=name, address_index=place, at=clock.now())
    FailedSignIn.objects.filter(at__lt=clock.now() - KEPT).delete()


def forget(username: str, address: str) -> None:
    """After a success: this name from this address begins anew. What others tried is not forgotten."""
    name, place = _indexes(username, address)
    FailedSignIn.objects.filter(name_index=name, address_index=place).delete()


def _indexes(username: str, address: str) -> tuple[str, str]:
    return blind_index("sign-in name", username.casefold()), blind_index("sign-in address", address)
