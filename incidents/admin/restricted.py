"""Callers whose data rests at their own wish: covered for all but those who may see them."""

from incidents.models import Call
from responders.models import User


def is_covered(call: Call, user: User) -> bool:
    """Say whether a call's caller stays covered for somebody (UU 27/2022, Art. 41)."""
    return call.restricted_at is not None and not user.has_perm("incidents.see_restricted_call")
