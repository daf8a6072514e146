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
    spread_at_once: int = 250  # own choice: some milliseconds of frames
    gathered_max: int = 500  # own choice: sockets whose questions go into one query
    gathering_s: float = 0.03  # own choice: after an answer, for the next ones to come together
    frames_a_write: int = 64  # own choice: of a page, some 40 KB
    queue_max: int = 1_000  # own choice: live frames waiting for one socket; over it: closed
    send_timeout_s: float = 10.0  # own choice: a phone that takes nothing for so long is closed
    online_s: float = 45.0  # own choice: three presence marks may be lost
    presence_s: float = 15.0
    # own choice: a server may die again and again before it makes an earlier one's receipts good,
    # and each life leaves a younger mark
    unsettled_s: float = 300.0
    # Own choices. The phone, the one not yet found dead, and a second tab twice over; and longer
    # than a dead socket stays (config/server.py: 50 s).
    sockets_per_phone_max: int = 6
    copied_after_s: float = 90.0
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
    phones_max: int = 5  # own choice: of one person, the newest
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
    look_s: float = 1.0  # from the end of one round over all that is open to the next
    least_pause_s: float = 0.02  # own choice: what comes within makes one change
    part_rows: int = 100  # own choice: of a round's look; news may come between two
    news_rows: int = 200  # own choice: journal rows of one look
    position_every_s: float = 1.0
    recheck_s: float = 30.0  # own choice: how soon a lost right closes the socket
    wall_recheck_s: float = 1.0  # a revoked wall link closes its screens within 2 s
    wall_mark_s: float = 60.0  # own choice: a wall's last use is kept to the minute
    queue_max: int = 64  # own choice: frames waiting for one screen; over it: a fresh snapshot
    late_s: float = 10.0
    sweeper: str = "sweeper"
    beat_age_s: float = 8.0  # own choice: three beats missed and a slow sweep
    canary_age_s: float = 6.0  # own choice: the channel layer lost three songs
    stale_s: float = 4.0  # own choice: no look at the database succeeded for so long


@dataclass(frozen=True)
class PublicPolicy:
    """Bound what the public is told. Own choices, but where a line names a source."""

    page_delay_s: float = 900.0  # nobody races a crew to the scene
    page_back_s: float = 86_400.0
    page_round_s: float = 900.0  # a time so coarse tells nothing of a caller
    page_rows_max: int = 50
    page_kept_s: float = 30.0  # a made page answers everybody for so long
    page_requests_max: int = 60  # an address and minute
    alert_valid_s: tuple[int, ...] = (3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 86_400)
    headline_max: int = 160  # Source: CAP 1.2, 3.2.2 headline
    text_max: int = 2_000


@dataclass(frozen=True)
class WebhookPolicy:
    """Bound the webhooks of agencies. Own choices."""

    threads: int = 3  # of their own: no assignment waits behind them
    lease_s: float = 15.0  # a post is over within 5 s
    under_way_max: int = 2  # posts to one address at once
    retry_after_s: tuple[float, ...] = (10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0)
    jitter: float = 0.2  # of each pause, both ways
    asked_pause_max_s: float = 21_600.0
    attempts_max: int = 8
    given_up_after_s: float = 86_400.0
    both_secrets_s: float = 86_400.0  # how long the secret before still signs
    events_at_once: int = 500
    kept_s: float = 30 * 86_400.0
    subscriptions_max: int = 50


@dataclass(frozen=True)
class BmkgPolicy:
    """Bound the watch of BMKG. Source: domain study, 6.1, 6.2 and 6.4, but where a line differs."""

    poll_s: float = 45.0
    jitter: float = 0.2
    back_off_max_s: float = 900.0  # own choice
    lease_s: float = 60.0  # own choice: a look with its details is over well before
    timeout_s: float = 8.0  # own choice: one document
    document_max_bytes: int = 512 * 1024  # own choice: the samples have under 4 KiB
    entries_max: int = 60  # own choice: BMKG lists 15 quakes
    details_max: int = 10  # own choice: warnings fetched in one look
    stale_s: float = 300.0  # own choice: a feed older than this is shown as such
    near_m: float = 30_000.0
    near_magnitude: float = 3.5
    far_m: float = 150_000.0
    far_magnitude: float = 5.0
    felt_banner: int = 3  # MMI
    felt_call: int = 4
    call_m: float = 50_000.0  # own choice: so near a quake is called without waiting for MMI
    call_magnitude: float = 5.5  # own choice
    shown_s: float = 6 * 3_600.0  # own choice: how long a quake stays at the desk
    old_s: float = 86_400.0  # own choice: an older quake is history when it is first seen


@dataclass(frozen=True)
class DrillPolicy:
    """Bound a drill."""

    lasts_s: float = 1_800.0  # own choice: then it ends by itself


STREAM = StreamPolicy()
PUSH = PushPolicy()


@dataclass(frozen=True)
class WatchPolicy:
    """Bound the engine watch. Source: reliability study R6: red within 15 s, gone within 5 s."""

    beat_every_s: float = 2.0
    canary_wait_s: float = 2.0
    worker_age_s: float = 11.0  # own choice: the worker's beat comes every two seconds
    forget_s: float = 3_600.0  # own choice: a process gone for so long is not waited for
    audit_every_s: float = 5.0  # own choice
    clock_every_s: float = 3.0  # own choice: red still comes within 30 s of a clock set back
    audit_after_s: float = 5.0  # own choice: younger assignments are still being written
    stuck_s: float = 60.0  # own choice: four leases
    finding_shown_s: float = 600.0  # own choice
    heartbeat_every_s: float = 60.0  # study 3.5: a watcher outside that misses us
    heartbeat_timeout_s: float = 5.0


WATCH = WatchPolicy()
LADDER = LadderPolicy()
NOTICES = NoticePolicy()
BOARD = BoardPolicy()
PUBLIC = PublicPolicy()
WEBHOOKS = WebhookPolicy()
BMKG = BmkgPolicy()
DRILLS = DrillPolicy()

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
