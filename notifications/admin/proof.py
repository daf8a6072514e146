"""How a delivery looks at the desk: the best proof of it, and what became of each attempt."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Delivery, DeliveryAttempt
from responders.admin.shown import badge, clock_text

ATTEMPT_TONES = {
    "received": ("ok", "check"),
    "seen": ("ok", "check"),
    "answered": ("ok", "check"),
    "accepted": ("info", "phone"),
    "sent": ("info", "phone"),
    "planned": ("quiet", "clock"),
    "retry": ("warn", "late"),
    "dead": ("alarm", "cross"),
}
DEAD_ADDRESS = _("alamat push mati: aplikasi dihapus, atau belum mendaftar ulang")
REASONS: dict[str, Promise] = {
    "no phone with an address": _("tidak ada ponsel yang bisa menerima push"),
    "404 UNREGISTERED": DEAD_ADDRESS,
    "push is off": _("push belum disetel"),
    "service account refused": _("penyedia menolak kunci kita"),
    "no answer in time": _("penyedia tidak menjawab pada waktunya"),
    "no connection": _("penyedia tidak tersambung"),
    "no gateway is set (GERAK_GATEWAY_URL)": _("gerbang belum disetel"),
}
NUMBER_OF_A_MESSAGE = "projects/"  # Firebase's own name of what it accepted: says nothing to people


def reason_of(detail: str) -> str:
    """Return in words what a provider said; its own code where there are none."""
    if detail.startswith(NUMBER_OF_A_MESSAGE):
        return ""
    if detail.endswith("on the address"):
        return str(DEAD_ADDRESS)
    return str(REASONS.get(detail, detail))


def attempt_words(attempt: DeliveryAttempt) -> str:
    """Return one attempt as channel, state and why: "push: gagal (alamat push mati …)"."""
    said = f"{attempt.get_channel_display()}: {attempt.get_state_display()}"
    reason = reason_of(attempt.detail)
    return f"{said} ({reason})" if reason else said


def attempt_badge(attempt: DeliveryAttempt) -> Any:
    """Return one attempt as its words, the phone and the time."""
    words = [attempt_words(attempt), attempt.device.name if attempt.device else ""]
    text = " · ".join(filter(None, [*words, clock_text(attempt.at)]))
    return badge(*ATTEMPT_TONES[attempt.state], text)


def proof_badge(delivery: Delivery, attempts: Iterable[DeliveryAttempt]) -> Any:
    """Return the best proof of a delivery: "diterima 10:02:07 di Redmi"; else that nothing is.

    attempts: oldest first. Red where no phone of the person can be tried any more.
    """
    if delivery.received_at is not None:
        phone = delivery.received_on.name if delivery.received_on else "–"
        words = {"at": clock_text(delivery.received_at), "phone": phone}
        return badge("ok", "check", _("diterima %(at)s di %(phone)s") % words)
    last = {attempt.device_id: attempt.state for attempt in attempts}
    if last and set(last.values()) == {DeliveryAttempt.State.DEAD}:
        return badge("alarm", "cross", _("gagal, tidak terbukti sampai"))
    return badge("warn", "clock", _("belum terbukti sampai"))
