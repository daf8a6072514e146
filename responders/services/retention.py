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
)
from responders.retention import FIVE_YEARS_D, ROW, SHORT_D, TRACK_D, YEAR_D, Kind, blank, drop

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
    Kind(
        "readiness_reports",
        SHORT_D,
        ReadinessReport,
        lambda cutoff: ReadinessReport.objects.filter(received_at__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "enrolment_codes",
        SHORT_D,
        EnrolmentCode,
        lambda cutoff: EnrolmentCode.objects.filter(expires_at__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "attempt_counters",
        SHORT_D,
        AttemptCounter,
        lambda cutoff: AttemptCounter.objects.filter(window_start__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "access_log",
        FIVE_YEARS_D,
        AccessEntry,
        lambda cutoff: AccessEntry.objects.filter(at__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "admin_log_words",
        YEAR_D,
        LogEntry,
        lambda cutoff: LogEntry.objects.filter(
            ~Q(object_repr="") | ~Q(change_message=""), action_time__lt=cutoff
        ),
        blank(object_repr="", change_message=""),
        ("object_repr", "change_message"),
    ),
    Kind(
        "sessions",
        SHORT_D,
        Session,
        lambda cutoff: Session.objects.filter(expire_date__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "sign_in_attempts",
        SHORT_D,
        AccessAttempt,
        lambda cutoff: AccessAttempt.objects.filter(attempt_time__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "sign_in_failures",
        SHORT_D,
        AccessFailureLog,
        lambda cutoff: AccessFailureLog.objects.filter(attempt_time__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "sign_ins",
        SHORT_D,
        AccessLog,
        lambda cutoff: AccessLog.objects.filter(attempt_time__lt=cutoff),
        drop,
        (ROW,),
    ),
)
