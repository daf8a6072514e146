"""Send the probes of readiness: a push that a phone must answer, before an emergency needs it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.db import close_old_connections
from django.utils.translation import gettext as _

from notifications.senders.base import Message
from notifications.senders.choose import current_sender
from responders.models import Device, ReadinessReport
from responders.policy import READINESS

logger = logging.getLogger(__name__)
Start = Callable[[Callable[[], None]], None]
AT_ONCE = 20
# Threads of its own: a hundred phones at the change of duty hold up no alarm.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="probe")


def in_a_thread(work: Callable[[], None]) -> None:
    """Hand one send to a thread, which gives its database connection back after it."""
    _THREADS.submit(_guarded, work)


def probes_due(now: datetime, *, start: Start = in_a_thread) -> int:
    """Start sending the probes that are due, each once; return how many. Waits for none."""
    due = ReadinessReport.objects.filter(probe_due_at__lte=now).order_by("probe_due_at")
    started = 0
    for report_id in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        claimed = ReadinessReport.objects.filter(pk=report_id, probe_due_at__isnull=False)
        if claimed.update(probe_due_at=None, probe_sent_at=now):
            start(partial(_send, report_id))
            started += 1
    return started


def probe_message(report: ReadinessReport, device: Device) -> Message:
    """Return the push of a probe. Urgent, as an alarm is: that is the way to be tested."""
    return Message(
        push_token=device.push_token,
        kind="installation" if device.push_kind == "installation" else "registration",
        title=_("Uji kesiapan"),
        body=_("Tidak perlu tindakan."),
        data={"type": "probe", "probe": str(report.probe)},
        urgent=True,
        ttl_s=READINESS.probe_ttl_s,
        collapse_key="probe",
    )


def _send(report_id: int) -> None:
    report = ReadinessReport.objects.select_related("device").get(pk=report_id)
    outcome = current_sender().send(probe_message(report, report.device))
    ReadinessReport.objects.filter(pk=report_id).update(
        probe_detail=f"{outcome.state}: {outcome.detail}"[:200]
    )
    if outcome.token_dead:
        phone = Device.objects.filter(pk=report.device_id, push_token=report.device.push_token)
        phone.update(push_dead_at=report.probe_sent_at)


def _guarded(work: Callable[[], None]) -> None:
    close_old_connections()
    try:
        work()
    except Exception:
        logger.exception("a probe could not be sent; the phone asks for another")
    finally:
        close_old_connections()
