"""Bearer tokens: what the lane needs to know of a caller, signed, so that it need not ask the database."""

from notoneless.roster.tokens.bearer import Bearer, read
from notoneless.roster.tokens.issuing import issue, keys, revoke
from notoneless.roster.tokens.revocations import revocations

__all__ = ["Bearer", "issue", "keys", "read", "revocations", "revoke"]
