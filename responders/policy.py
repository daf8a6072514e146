"""Hold the numbers of this app: a frozen dataclass a topic, the unit in the name.

A city changes them in its settings; `responders.ingest.rules` hands the ones in force to the code.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property


@dataclass(frozen=True)
class CheckInPolicy:
    """Say what a phone may send as a check-in and how much of it."""

    batch_max_items: int = 500  # contract, Check-ins
    body_max_bytes: int = 1024 * 1024  # 500 full items take about 150 KiB
    body_timeout_s: float = 30.0  # a phone on 2G sends 150 KiB in about 20 s
    max_age_s: float = 604_800.0  # contract: 7 days, a setting
    clock_ahead_s: float = 600.0  # contract: 10 minutes
    listed_default: int = 100
    listed_max: int = 10_000  # contract, GET /api/v1/check-ins

    # Wide on purpose: they refuse what cannot be, not what is rare.
    lat_max_deg: float = 90.0
    lon_max_deg: float = 180.0
    accuracy_max_m: float = 1e7  # half the way around the Earth says "anywhere"
    speed_max_mps: float = 1_000.0
    altitude_min_m: float = -12_000.0
    altitude_max_m: float = 100_000.0

    @cached_property
    def numbers(self) -> tuple[tuple[str, float, float], ...]:
        """Return each number of a check-in by its name on the wire, its least and its most."""
        return (
            ("lat", -self.lat_max_deg, self.lat_max_deg),
            ("lon", -self.lon_max_deg, self.lon_max_deg),
            ("accuracy_m", 0.0, self.accuracy_max_m),
            ("speed_mps", 0.0, self.speed_max_mps),
            ("heading_deg", 0.0, 360.0),
            ("altitude_m", self.altitude_min_m, self.altitude_max_m),
            ("battery_pct", 0.0, 100.0),
        )


@dataclass(frozen=True)
class FlushPolicy:
    """Bound the group commit.

    Source: performance study, 7 (cap of 1,000 rows; whatever waited goes into the next).
    """

    rows_per_commit: int = 1_000
    # About 4 s of the slowest database we measured; more waiting than that helps nobody.
    rows_waiting_max: int = 20_000
    submissions_waiting_max: int = 5_000
    retry_after_s: int = 2
    drain_timeout_s: float = 8.0  # design: serve closes within 8 s
    idle_close_s: float = 5.0  # an idle flusher gives its connection back


@dataclass(frozen=True)
class TokenCachePolicy:
    """Bound the cache of bearers. It never decides: the commit reads the device row again."""

    entries_max: int = 20_000
    # Longer than a parked phone is silent; what grows old meanwhile is the role alone.
    ttl_s: float = 300.0


CHECK_INS = CheckInPolicy()
FLUSH = FlushPolicy()
TOKEN_CACHE = TokenCachePolicy()


@dataclass(frozen=True, slots=True)
class EnrolmentPolicy:
    """Hold the limits of enrolment. Source: CONTRACT, Signing in; reliability study 7.2.

    Failures alone are counted, so that a drill of 200 phones behind one address passes.
    """

    code_length: int = 10  # 50 bits
    code_life_s: int = 600
    failures_per_address_max: int = 60
    failures_per_code_max: int = 5
    failure_window_s: int = 600


ENROLMENT = EnrolmentPolicy()


@dataclass(frozen=True)
class ForeignAppPolicy:
    """Bound what apps that are not ours send."""

    positions_max: int = 2_000  # twice Overland's largest batch
    # None of these formats is older. A receiver that lost the count of GPS weeks is 1,024 of them
    # (19.6 years) back: until 2029 this catches it.
    earliest_meant_at: datetime = datetime(2010, 1, 1, tzinfo=UTC)


FOREIGN_APPS = ForeignAppPolicy()


@dataclass(frozen=True)
class ReadinessPolicy:
    """Say what makes a phone one to rely on. Own choices, except where a line differs."""

    report_age_max_s: float = 14 * 3600.0  # a turn of duty of 12 h, and its hand-over
    fix_age_max_s: float = 120.0
    fix_accuracy_max_m: float = 100.0  # a worse fix is no evidence (movement rule)
    clock_error_max_s: float = 30.0  # includes the way here; a slow 3G upload takes seconds
    battery_min_pct: float = 20.0
    unsent_max: int = 100  # a quarter of an hour of fixes that nobody has
    app_version_min: str = ""  # a city that distributes an app of its own sets it
    probe_ttl_s: int = 60
    unsent_most: int = 10_000_000


READINESS = ReadinessPolicy()


@dataclass(frozen=True)
class SignInPolicy:
    """Bound signing in and being signed in. The waiting after wrong codes is django-otp's."""

    session_idle_s: float = 12 * 3600.0  # without a key or a click: a turn of duty of 12 h
    touch_every_s: float = 300.0  # own choice: a session's row is written no oftener
    pending_s: float = 300.0  # own choice: time to find the phone, or to set it up
    tries_max: int = 5  # as many as wrong passwords; then the password is asked again
    recovery_codes: int = 10
    recovery_code_bytes: int = 10  # 80 random bits, 16 characters of base32


SIGN_IN = SignInPolicy()


@dataclass(frozen=True)
class GuessingPolicy:
    """Say when failed sign-ins are told to a supervisor. Own choices; they lock nobody out.

    Above what a room does on a bad morning, below what a list of passwords needs.
    """

    account_max: int = 15  # of one account within an hour, wherever from: three addresses' worth
    account_within_s: float = 3600.0
    everybody_max: int = 30  # within a minute, all accounts and names that are none
    everybody_within_s: float = 60.0


GUESSING = GuessingPolicy()


@dataclass(frozen=True)
class AccessPolicy:
    """Say when looking at callers is told to a supervisor. It stops nobody."""

    reveals_max: int = 20  # reliability study 7.1: more in an hour
    reveals_within_s: float = 3600.0


ACCESS = AccessPolicy()


@dataclass(frozen=True)
class TwoPhonesPolicy:
    """Say when check-ins with one token come from two phones. Own choices, except a line's own."""

    look_every_s: float = 300.0  # each look covers what came since the one before
    speed_max_mps: float = 60.0  # GPS study, on mock locations: no vehicle of a city is faster
    slack_m: float = 200.0  # reflections in a street jump so far (GPS study)
    accuracy_max_m: float = 100.0  # a worse fix says nothing here (movement rule)
    battery_step_pct: float = 10.0  # nothing charges or drains so much between two fixes
    battery_same_pct: float = 3.0
    each_min: int = 4
    turns_min: int = 6
    turns_without_battery_min: int = 12  # flipping fixes of one phone are not so regular
    strays_max_share: float = 0.1


TWO_PHONES = TwoPhonesPolicy()
