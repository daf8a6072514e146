"""What a locked screen may show, and what the stream says of errors: this app's words.

A push is a hint to look. It names the type of the incident and the unit, never a caller, an
address or a summary.
"""

from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from notifications.audience import ROUTES
from notifications.models import Delivery
from notifications.policy import PUSH
from notifications.senders.base import Message
from responders.messages import text_of as check_in_text_of
from responders.models import Device


def push_message(delivery: Delivery, device: Device, *, language: str = "id") -> Message:
    """Return the push that tells one phone to look. Its relations are read."""
    wire = ROUTES[delivery.event.kind].wire
    with override(language):
        title, body = _words(delivery, wire)
    about, subject_id = _subject(delivery)
    data = {"kind": wire, "seq": str(delivery.event_id), f"{about}_id": str(subject_id)}
    # A drill walks an alarm's way, or it would measure another.
    urgent = delivery.lane in (Delivery.Lane.ASSIGNMENT, Delivery.Lane.DRILL)
    return Message(
        push_token=device.push_token,
        kind="installation" if device.push_kind == "installation" else "registration",
        title=title,
        body=body,
        data=data,
        urgent=urgent,
        ttl_s=PUSH.assignment_ttl_s if urgent else PUSH.notice_ttl_s,
        collapse_key=f"{about}-{subject_id}",
    )


def _subject(delivery: Delivery) -> tuple[str, object]:
    """Return what a push is about: its kind, and which one."""
    subjects = {
        "drill": delivery.drill_id,
        "alert": delivery.alert_id,
        "assignment": delivery.assignment_id,
        "notice": delivery.notice_id,
    }
    return next((about, key) for about, key in subjects.items() if key is not None)


def _words(delivery: Delivery, wire: str) -> tuple[str, str]:
    if delivery.drill is not None:
        return _("LATIHAN – bukan kejadian"), _("Uji alarm. Buka aplikasi, tekan terima latihan.")
    if delivery.alert is not None:
        return _("Panggilan bantuan Anda dijawab"), _("Ruang 112 sudah tahu. Buka aplikasi.")
    if delivery.assignment is not None:
        names: dict[str, Any] = {
            "unit": delivery.assignment.unit.call_sign,
            "type": _type_name(delivery.assignment.incident.type),
        }
        if wire == "assignment.cancelled":
            return _("Penugasan dibatalkan"), _("%(unit)s · %(type)s") % names
        return _("Penugasan baru"), _("%(unit)s · %(type)s. Buka aplikasi.") % names
    type_name = _type_name(delivery.notice.incident.type) if delivery.notice else ""
    title = {
        "notice.issued": _("Kejadian di wilayah Anda"),
        "notice.updated": _("Pembaruan kejadian di wilayah Anda"),
        "notice.withdrawn": _("Pemberitahuan ditarik"),
    }[wire]
    return title, _("%(type)s. Buka aplikasi.") % {"type": type_name}


def _type_name(incident_type: Any) -> str:
    from_matrix = {"id": incident_type.label, "en": incident_type.label_en}
    return from_matrix.get(_language(), incident_type.label) or incident_type.label


def _language() -> str:
    return (get_language() or "id")[:2]


_STREAM_ERRORS = {
    "bad_json": gettext_lazy("Pesan bukan JSON yang sah."),
    "not_an_object": gettext_lazy("Pesan harus berupa objek JSON dengan `type`."),
    "unknown_type": gettext_lazy("Jenis pesan tidak dikenal."),
    "bad_resume": gettext_lazy("`after` harus bilangan bulat mulai 0, `epoch` berupa teks."),
    "bad_seq": gettext_lazy("`seq` harus nomor yang sudah dikirim ke perangkat ini."),
    "bad_status": gettext_lazy(
        "`unsent` harus bilangan bulat mulai 0, `oldest_at` waktu RFC 3339."
    ),
    "wrong_role": gettext_lazy("Peran Anda tidak diizinkan di sini."),
    "busy": gettext_lazy("Server sedang sibuk. Tidak ada yang tersimpan; coba lagi sebentar lagi."),
}


def stream_error_text(code: str) -> str:
    """Return what an error frame says to people, in the language in force."""
    return str(_STREAM_ERRORS.get(code) or check_in_text_of(code))
