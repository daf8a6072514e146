"""Hold the numbers of this app: a frozen dataclass a topic, the unit in the name."""

from dataclasses import dataclass
from datetime import time

from notifications.ladder_rules import (
    ANSWERED,
    OTHER_PEOPLE,
    SECOND_PHONE,
    SEEN,
    SMS,
    SOCKET,
    SPOKEN,
    VOICE,
    Step,
)
from notifications.ladder_rules import (
    PUSH as PUSH_CHANNEL,
)


@dataclass(frozen=True)
class StreamPolicy:
    """Bound the event stream. Source: CONTRACT, the event stream, except where a line differs."""

    kept_days: int = 30
    heartbeat_s: float = 20.0
    unreceived_max: int = 200  # the server pauses here
    unreceived_timeout_s: float = 30.0  # and closes with 4408 after so long
    errors_max: int = 20
    frame_max_bytes: int = 256 * 1024
    sign_in_timeout_s: float = 5.0
    recheck_s: float = 2.0  # how soon a revocation is seen
    poll_s: float = 1.0  # reliability study R7: no lost wake-up costs more
    page_rows: int = 500  # rows read at once in a replay
    queue_max: int = 1_000  # own choice: live frames waiting for one socket; over it: closed
    send_timeout_s: float = 10.0  # own choice: a phone that takes nothing for so long is closed
    online_s: float = 45.0  # own choice: three presence marks may be lost
    presence_s: float = 15.0
    check_ins_pending_max: int = 8  # own choice: uploads of one socket in work at once
    events_default: int = 100
    events_max: int = 500


@dataclass(frozen=True)
class PushPolicy:
    """Bound the ladder of pushes. Source: reliability study 4.4 and DESIGN, Time."""

    socket_grace_s: float = 10.0  # a live socket gets so long to bring a receipt
    retry_after_s: tuple[float, ...] = (5.0, 12.0)
    posts_max: int = 3
    asked_pause_max_s: float = 15.0  # own choice: a provider's Retry-After never passes this
    lease_s: float = 15.0  # a send is over within 5 s
    threads: int = 8
    reserved_for_assignments: int = 3  # own choice: notices never fill the pool
    assignment_ttl_s: int = 600
    notice_ttl_s: int = 86_400


@dataclass(frozen=True)
class LadderPolicy:
    """Bound the ladder beyond the pushes, and what leaves past the apps."""

    lease_s: float = 15.0
    at_once: int = 200  # own choice: ladders of one look
    outside_posts_max: int = 3
    outside_retry_after_s: tuple[float, ...] = (5.0, 12.0)  # reliability study 4.4
    outside_threads: int = 4
    addresses_max: int = 10  # own choice: e-mails of one step


@dataclass(frozen=True)
class NoticePolicy:
    """Bound the notices to camat and lurah. Source: reliability study R13; field study 5.4."""

    office_pace_s: float = 30.0  # one push an office and one update a notice in so long
    urgent_priority: int = 2  # own choice: up to this the quiet hours do not hold
    border_m: float = 30.0  # domain study: in the market quarter 20 m change the kelurahan
    reachable_days: int = 60  # reliability study 7.2: a phone silent for longer is not counted on


@dataclass(frozen=True)
class QuietHours:
    """The hours in which what is not urgent wakes nobody; of the city's clock (WIB)."""

    starts: time = time(22, 0)  # own choice; a city sets GERAK_QUIET_HOURS
    ends: time = time(5, 0)


@dataclass(frozen=True)
class BoardPolicy:
    """Bound the board's socket. Source: CONTRACT, except where a line differs."""

    heartbeat_s: float = 2.0
    look_s: float = 1.0  # without a wake-up it looks anyway
    least_pause_s: float = 0.2  # own choice: a burst of facts makes one change
    position_every_s: float = 1.0
    recheck_s: float = 30.0  # own choice: how soon a lost right closes the socket
    queue_max: int = 64  # own choice: frames waiting for one screen; over it: a fresh snapshot
    late_s: float = 10.0
    sweeper: str = "sweeper"
    beat_age_s: float = 8.0  # own choice: three beats missed and a slow sweep
    canary_age_s: float = 6.0  # own choice: the channel layer lost three songs
    stale_s: float = 4.0  # own choice: no look at the database succeeded for so long


STREAM = StreamPolicy()
PUSH = PushPolicy()
LADDER = LadderPolicy()
NOTICES = NoticePolicy()
BOARD = BoardPolicy()

# The plans a city starts with; it changes them in the admin. Channel, seconds after the message,
# and what makes the step needless. Source: field study 5.4, reliability study R5; the seconds of
# SMS and voice are our own choice.
DEFAULT_PLANS: dict[str, tuple[Step, ...]] = {
    "assignment.dispatched": (
        Step(SOCKET, 0),
        Step(PUSH_CHANNEL, 0),
        Step(SECOND_PHONE, 0),
        Step(OTHER_PEOPLE, 10),
        Step(SPOKEN, 20),
        Step(SMS, 30),
        Step(VOICE, 60, ANSWERED),
        Step(SPOKEN, 60, ANSWERED),
    ),
    "assignment.cancelled": (
        Step(SOCKET, 0),
        Step(PUSH_CHANNEL, 0),
        Step(SECOND_PHONE, 0),
        Step(SPOKEN, 60),
    ),
    "notice.issued": (
        Step(SOCKET, 0),
        Step(PUSH_CHANNEL, 0),
        Step(SECOND_PHONE, 0),
        Step(OTHER_PEOPLE, 600, SEEN),
        Step(SMS, 600, SEEN),
        Step(SPOKEN, 900, SEEN),
    ),
    "notice.updated": (Step(SOCKET, 0), Step(PUSH_CHANNEL, 0), Step(SECOND_PHONE, 0)),
    "notice.withdrawn": (Step(SOCKET, 0), Step(PUSH_CHANNEL, 0), Step(SECOND_PHONE, 0)),
}
