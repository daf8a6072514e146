"""What a sender of pushes takes and gives back. Pure: no provider, no settings, no database.

A sender is a translator: our message into the provider's, the provider's errors into an outcome.
When to try again, and who is told what, is decided elsewhere.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

PushKind = Literal["registration", "installation"]
OutcomeState = Literal["accepted", "retry", "dead"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """Hold one push to one device: a hint to look, without personal data.

    `push_token` is the address, of the `kind` its phone reported: an old registration token or a
    Firebase installation id. `title` and `body` are what a locked screen may show; `data` holds
    strings only. `urgent` wakes a sleeping phone. `ttl_s` is how long, in seconds, the provider
    keeps the message for a phone that is away; 0 means now or never. Of messages with the same
    `collapse_key` a phone that was away gets the newest only; FCM keeps at most four keys a phone.
    """

    push_token: str = field(repr=False)
    kind: PushKind
    title: str
    body: str
    data: dict[str, str]
    urgent: bool
    ttl_s: int
    collapse_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Tell what became of one send.

    `accepted`: the provider took it, which proves nothing about the phone. `retry`: worth another
    attempt, not sooner than `retry_after_s` seconds where the provider asked for a pause. `dead`:
    this push will not arrive; take the next step of the ladder at once. `token_dead`: the address
    is gone; send nothing more to it. `configuration_fault`: somebody has to repair the key, the
    project or the message; tell them. `detail` is a short English phrase for the ledger, without
    the address and without the message's text.
    """

    state: OutcomeState
    detail: str
    retry_after_s: float | None = None
    token_dead: bool = False
    configuration_fault: bool = False


class Sender(Protocol):
    """Describe whatever can send a push."""

    def send(self, message: Message) -> Outcome:
        """Send `message` once and tell the outcome. Never raises."""
        ...
