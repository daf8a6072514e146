"""How long what is known of phones, people and looks at data is kept."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q

from responders.models import (
    AccessEntry,
    AttemptCounter,
    CheckIn,
    Device,
    EnrolmentCode,
    ReadinessReport,
    SecurityFinding,
)
from responders.retention import FIVE_YEARS_D, SHORT_D, TRACK_D, YEAR_D, Kind, blank, emptied, gone

POSITION: dict[str, object] = {
    "lat": None,
    "lon": None,
    "accuracy_m": None,
    "speed_mps": None,
    "heading_deg": None,
    "altitude_m": None,
    "battery_pct": None,
    "is_mock": None,
    "source": "",
    "salt": "",
}
LAST_POSITION = {"last_lat": None, "last_lon": None, "last_accuracy_m": None}
GONE_PHONE = {"name": "–", "push_token": ""}


KINDS = (
    Kind(
        "evidence_positions",
        YEAR_D,
        CheckIn,
        lambda cutoff: CheckIn.objects.filter(~Q(salt=""), received_at__lt=cutoff),
        blank(**POSITION),
        tuple(POSITION),
        order="received_at",
    ),
    Kind(
        "last_positions",
        TRACK_D,
        Device,
        lambda cutoff: Device.objects.filter(last_lat__isnull=False, last_recorded_at__lt=cutoff),
        blank(**LAST_POSITION),
        tuple(LAST_POSITION),
    ),
    Kind(
        "phones_signed_out",
        YEAR_D,
        Device,
        lambda cutoff: Device.objects.filter(
            Q(revoked_at__lt=cutoff) | Q(signed_out_at__lt=cutoff), ~Q(**GONE_PHONE)
        ),
        blank(**GONE_PHONE),
        tuple(GONE_PHONE),
    ),
    gone("readiness_reports", SHORT_D, ReadinessReport, since="received_at"),
    gone("enrolment_codes", SHORT_D, EnrolmentCode, since="expires_at"),
    gone("attempt_counters", SHORT_D, AttemptCounter, since="window_start"),
    gone("security_findings", YEAR_D, SecurityFinding, since="last_at"),
    gone("access_log", FIVE_YEARS_D, AccessEntry, since="at"),
    emptied(
        "admin_log_words", YEAR_D, LogEntry, since="action_time", object_repr="", change_message=""
    ),
    gone("sessions", SHORT_D, Session, since="expire_date"),
    gone("sign_in_attempts", SHORT_D, AccessAttempt, since="attempt_time"),
    gone("sign_in_failures", SHORT_D, AccessFailureLog, since="attempt_time"),
    gone("sign_ins", SHORT_D, AccessLog, since="attempt_time"),
)
