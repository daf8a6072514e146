"""What a ladder may look like, and which of its steps comes next. Pure.

A ladder is the way one message climbs until somebody has it: its steps are channels, each a number
of seconds after the message was recorded, taken unless it is reached by then. Steps of the same
second run in parallel. The first two are the contract's and always there: the open socket, and the
push (at once where no socket lives, after ten seconds where one does).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SOCKET, PUSH, SECOND_PHONE = "socket", "push", "second_phone"
OTHER_PEOPLE, SPOKEN = "other_people", "spoken"
SMS, VOICE, EMAIL = "sms", "voice", "email"
GATEWAY_CHANNELS = (SMS, VOICE, EMAIL)
CHANNELS = (SOCKET, PUSH, SECOND_PHONE, OTHER_PEOPLE, *GATEWAY_CHANNELS, SPOKEN)
# Carried out by the deliveries themselves, not by a turn of the ladder.
BUILT_IN = (SOCKET, PUSH)

RECEIVED, SEEN, ANSWERED = "received", "seen", "answered"
LEVELS = (RECEIVED, SEEN, ANSWERED)  # in rising order: who answered has seen, who saw received

STEPS_MAX = 20
AFTER_MAX_S = 86_400
SECOND_PHONE_MAX_S = 20  # red shows at 20 s: every phone was tried by then
HEARD_BY_S = 60  # an assignment that no phone has reaches a person's ears within this


@dataclass(frozen=True)
class Step:
    """Take `channel` at `after_s` seconds, unless the message is `unless` by then."""

    channel: str
    after_s: int
    unless: str = RECEIVED


@dataclass(frozen=True)
class Fault:
    """Why a plan is no plan: a code, and the step it speaks of (None: all of it)."""

    code: str
    step: int | None = None


@dataclass(frozen=True)
class Reached:
    """When a message was received, seen and answered by anybody it is for."""

    received_at: datetime | None = None
    seen_at: datetime | None = None
    answered_at: datetime | None = None

    def at(self, level: str) -> datetime | None:
        """Return since when a level holds: itself, or a higher one; None where it does not."""
        moments = {RECEIVED: self.received_at, SEEN: self.seen_at, ANSWERED: self.answered_at}
        higher = [moments[one] for one in LEVELS[LEVELS.index(level) :]]
        return min((moment for moment in higher if moment is not None), default=None)


def faults_of(steps: Sequence[Step], *, urgent: bool) -> list[Fault]:
    """Return what is wrong with a plan; nothing where the city may have it.

    urgent: an assignment's plan, which must come to a person's ears by itself.
    """
    faults = [
        Fault("after_out_of_range", number)
        for number, step in enumerate(steps)
        if not 0 <= step.after_s <= AFTER_MAX_S
    ]
    if len(steps) > STEPS_MAX:
        faults.append(Fault("too_many"))
    seen: set[tuple[str, int]] = set()
    for number, step in enumerate(steps):
        if (step.channel, step.after_s) in seen:
            faults.append(Fault("twice", number))
        seen.add((step.channel, step.after_s))
    for channel in BUILT_IN:
        if [step.after_s for step in steps if step.channel == channel] != [0]:
            faults.append(Fault(f"{channel}_is_fixed"))
    second = [step.after_s for step in steps if step.channel == SECOND_PHONE]
    if len(second) > 1 or any(after_s > SECOND_PHONE_MAX_S for after_s in second):
        faults.append(Fault("second_phone_late"))
    heard = [step.after_s for step in steps if step.channel == SPOKEN]
    if urgent and min(heard, default=HEARD_BY_S + 1) > HEARD_BY_S:
        faults.append(Fault("nobody_hears"))
    return faults


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return the steps by their time; those of the same second keep the order of the channels."""
    return sorted(steps, key=lambda step: (step.after_s, CHANNELS.index(step.channel)))


def due_at(*, started_at: datetime, after_s: int) -> datetime:
    """Return when a step is due."""
    return started_at + timedelta(seconds=after_s)


def takes_a_turn(channel: str, after_s: int) -> bool:
    """Say whether a step is the ladder's to take; the others the deliveries do by themselves."""
    return channel not in BUILT_IN and not (channel == SECOND_PHONE and after_s == 0)
