"""A sign-in that reaches a replay's units, so that its pages can be looked at."""

from notoneless.roster.models import Account, Grant, Unit

PASSWORD = "NotOneLess-2026"  # noqa: S105 - printed for everyone: the data are public
USERNAMES = frozenset({"nyc", "norovirus"})


def make_reader(username: str, root: Unit) -> str:
    """An officer's account at the root of a replay, made when it is not there. Returns how to sign in."""
    account = Account.objects.filter(username=username).first()
    if account is None:
        account = Account.objects.create_user(username, password=PASSWORD)
        Grant.objects.create(account=account, role="officer", unit=root)
    return f"{username} / {PASSWORD}"
