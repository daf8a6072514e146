"""The words, tones and icons of states, verdicts, alarms and journal events: one place for them."""

from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import (
    AssignmentState,
    CallClass,
    CallState,
    Disposition,
    IncidentState,
    Verdict,
)
from incidents.models import AgencyRequest, Assignment, Incident, MovementVerdict
from responders.admin.shown import badge

Look = tuple[str, str, Promise | str]

VERDICT_LOOKS: dict[str, Look] = {
    Verdict.PENDING: ("quiet", "clock", Verdict.PENDING.label),
    Verdict.MOVED: ("ok", "check", Verdict.MOVED.label),
    Verdict.MOVED_LATE: ("warn", "late", Verdict.MOVED_LATE.label),
    Verdict.STATIONARY: ("alarm", "stop", Verdict.STATIONARY.label),
    Verdict.INDETERMINATE: ("warn", "question", Verdict.INDETERMINATE.label),
    Verdict.UNVERIFIABLE: ("warn", "question", Verdict.UNVERIFIABLE.label),
}
VERDICT_REASONS: dict[str, Promise] = {
    "no_fix": _("tidak ada posisi dari ponsel"),
    "poor_accuracy": _("akurasi GPS buruk"),
    "offline": _("ponsel tidak tersambung"),
    "no_permission": _("izin lokasi tidak diberikan"),
    "clock": _("jam ponsel meragukan"),
    "mock_suspected": _("posisi diduga palsu"),
    "at_scene": _("regu sudah berada di lokasi"),
    "closed_early": _("penugasan berakhir sebelum batas waktu"),
}
SUSPICIONS: dict[str, Promise] = {
    "flagged_mock": _("ponsel menandai posisi buatan"),
    "teleport": _("melompat lebih cepat dari kendaraan mana pun"),
    "same_coordinate": _("koordinat sama persis terus-menerus"),
    "same_accuracy": _("akurasi sama persis sambil bergerak"),
    "speed_disagrees": _("laju dan jarak tidak sesuai"),
    "clock_was_set": _("jam ponsel diubah di antara dua kiriman"),
    "weak_source": _("dari aplikasi dengan id pelacakan"),
}
ASSIGNMENT_LOOKS: dict[str, Look] = {
    AssignmentState.DISPATCHED: ("info", "phone", AssignmentState.DISPATCHED.label),
    AssignmentState.ACKNOWLEDGED: ("info", "check", AssignmentState.ACKNOWLEDGED.label),
    AssignmentState.EN_ROUTE: ("info", "move", AssignmentState.EN_ROUTE.label),
    AssignmentState.ON_SCENE: ("ok", "pin", AssignmentState.ON_SCENE.label),
    AssignmentState.COMPLETED: ("quiet", "check", AssignmentState.COMPLETED.label),
    AssignmentState.DECLINED: ("warn", "cross", AssignmentState.DECLINED.label),
    AssignmentState.CANCELLED: ("quiet", "cross", AssignmentState.CANCELLED.label),
}
INCIDENT_LOOKS: dict[str, Look] = {
    IncidentState.NEW: ("warn", "alert", IncidentState.NEW.label),
    IncidentState.PENDING: ("warn", "clock", IncidentState.PENDING.label),
    IncidentState.ON_HOLD: ("quiet", "stop", IncidentState.ON_HOLD.label),
    IncidentState.DISPATCHED: ("info", "phone", IncidentState.DISPATCHED.label),
    IncidentState.RESPONDING: ("info", "move", IncidentState.RESPONDING.label),
    IncidentState.ON_SCENE: ("ok", "pin", IncidentState.ON_SCENE.label),
    IncidentState.CLEARED: ("ok", "check", IncidentState.CLEARED.label),
    IncidentState.CLOSED: ("quiet", "check", IncidentState.CLOSED.label),
    IncidentState.CANCELLED: ("quiet", "cross", IncidentState.CANCELLED.label),
    IncidentState.MERGED: ("quiet", "move", IncidentState.MERGED.label),
}
ALARM_LOOKS: dict[str, Look] = {
    "undelivered": ("alarm", "alert", _("BELUM SAMPAI")),
    "unacknowledged": ("alarm", "alert", _("BELUM DIJAWAB")),
    "not_moving": ("warn", "late", _("belum ada pergerakan")),
    "movement_overdue": ("alarm", "stop", _("LEWAT BATAS WAKTU")),
    "stationary": ("alarm", "stop", _("TIDAK BERGERAK")),
    "moved_late": ("warn", "late", _("bergerak terlambat")),
    "unproven": ("warn", "question", _("pergerakan belum terbukti")),
}
EVENT_LOOKS: dict[str, Look] = {
    "assignment.corrected": ("warn", "question", _("Waktu langkah dibetulkan")),
    "notice.read": ("ok", "check", _("Pemberitahuan dibaca")),
    "assignment.first_action": ("ok", "check", _("Mulai bertindak")),
    "assignment.departed": ("info", "dot", _("Meninggalkan lokasi")),
    "assignment.at_destination": ("info", "dot", _("Tiba di tujuan")),
    "call.ringing": ("info", "phone", _("Panggilan berdering")),
    "call.answered": ("info", "phone", _("Panggilan dijawab")),
    "call.ended": ("quiet", "phone", _("Panggilan selesai")),
    "call.abandoned": ("warn", "phone", _("Panggilan ditutup penelepon")),
    "call.claimed": ("info", "phone", _("Panggilan diambil")),
    "call.released": ("quiet", "phone", _("Panggilan dikembalikan ke ruang")),
    "call.unclaimed": ("alarm", "phone", _("Panggilan belum diambil siapa pun")),
    "call.left": ("quiet", "phone", _("Panggilan dilepaskan dari kejadian")),
    "call.classified": ("quiet", "phone", _("Panggilan digolongkan")),
    "incident.opened": ("warn", "alert", _("Kejadian dibuka")),
    "incident.updated": ("quiet", "dot", _("Data kejadian diperbaiki")),
    "incident.held": ("quiet", "stop", _("Kejadian ditunda")),
    "incident.resumed": ("info", "move", _("Kejadian dilanjutkan")),
    "incident.closed": ("quiet", "check", _("Kejadian ditutup")),
    "incident.cancelled": ("quiet", "cross", _("Kejadian dibatalkan")),
    "incident.reopened": ("warn", "alert", _("Kejadian dibuka kembali")),
    "incident.merged": ("quiet", "move", _("Kejadian digabung")),
    "incident.unmerged": ("info", "move", _("Kejadian dipisah lagi")),
    "assignment.dispatched": ("info", "phone", _("Regu dikirim")),
    "assignment.delivered": ("ok", "check", _("Penugasan sampai di ponsel")),
    "assignment.relayed": ("info", "phone", _("Petugas lain di regu diberi tahu")),
    "message.spoken": ("ok", "phone", _("Disampaikan lewat telepon")),
    "message.unanswered": ("warn", "phone", _("Ditelepon, tidak diangkat")),
    "assignment.acknowledged": ("ok", "check", _("Penugasan diterima")),
    "assignment.en_route": ("info", "move", _("Regu menuju lokasi")),
    "assignment.on_scene": ("ok", "pin", _("Regu tiba di lokasi")),
    "assignment.completed": ("ok", "check", _("Penugasan selesai")),
    "assignment.declined": ("warn", "cross", _("Penugasan ditolak")),
    "assignment.cancelled": ("quiet", "cross", _("Penugasan dibatalkan")),
    "note.added": ("info", "dot", _("Catatan")),
    "next_unit.proposed": ("warn", "alert", _("Regu pengganti diusulkan")),
    "request.asked": ("info", "phone", _("Instansi luar dimintai bantuan")),
    "request.accepted": ("ok", "check", _("Instansi luar menyanggupi")),
    "request.refused": ("warn", "cross", _("Instansi luar tidak sanggup")),
    "request.withdrawn": ("quiet", "cross", _("Permintaan bantuan ditarik")),
    "call.corrected": ("info", "dot", _("Data penelepon diperbaiki")),
    "person.corrected": ("info", "dot", _("Data petugas atau pejabat diperbaiki")),
    "call.restricted": ("info", "dot", _("Data penelepon dibatasi")),
    "call.restriction_lifted": ("info", "dot", _("Pembatasan data penelepon dicabut")),
    "data.purged": ("info", "dot", _("Data yang lewat masa simpan dihapus")),
    "data_request.asked": ("info", "dot", _("Permintaan data pribadi dicatat")),
    "data_request.approved": ("info", "check", _("Permintaan data pribadi disetujui")),
    "data_request.refused": ("info", "cross", _("Permintaan data pribadi ditolak")),
    "data_request.done": ("info", "check", _("Permintaan data pribadi selesai")),
    "handover.signed": ("info", "dot", _("Serah terima piket ditandatangani")),
    "handover.taken": ("ok", "check", _("Serah terima piket diterima")),
    "photo.added": ("info", "dot", _("Foto dari lapangan")),
    "alert.raised": ("alarm", "alert", _("Petugas minta bantuan")),
    "alert.unanswered": ("alarm", "alert", _("Panggilan bantuan belum dijawab")),
    "alert.answered": ("ok", "check", _("Panggilan bantuan dijawab")),
    "alert.withdrawn": ("quiet", "cross", _("Panggilan bantuan ditarik")),
    "drill.called": ("info", "phone", _("Latihan dimulai")),
    "drill.ended": ("quiet", "check", _("Latihan selesai")),
    "deadline.missed": ("alarm", "alert", _("Batas waktu terlewati")),
    "movement.judged": ("info", "move", _("Pergerakan diputuskan")),
    "notice.issued": ("info", "dot", _("Camat dan lurah diberi tahu")),
    "notice.forwarded": ("info", "dot", _("Plt. dan wakil diberi tahu")),
    "notice.updated": ("info", "dot", _("Pemberitahuan wilayah diperbarui")),
    "notice.withdrawn": ("quiet", "cross", _("Pemberitahuan wilayah ditarik")),
    "notice.closed": ("quiet", "check", _("Pemberitahuan wilayah ditutup")),
    "bulletin.confirmed": ("info", "alert", _("Dibuka dari info BMKG")),
    "public_alert.issued": ("alarm", "alert", _("Diumumkan kepada publik")),
    "public_alert.updated": ("warn", "alert", _("Peringatan publik diperbarui")),
    "public_alert.cancelled": ("quiet", "cross", _("Peringatan publik dibatalkan")),
}
REQUEST_LOOKS: dict[str, Look] = {
    AgencyRequest.State.ASKED: ("warn", "clock", AgencyRequest.State.ASKED.label),
    AgencyRequest.State.ACCEPTED: ("ok", "check", AgencyRequest.State.ACCEPTED.label),
    AgencyRequest.State.REFUSED: ("alarm", "cross", AgencyRequest.State.REFUSED.label),
    AgencyRequest.State.WITHDRAWN: ("quiet", "cross", AgencyRequest.State.WITHDRAWN.label),
}
CALL_STATE_LOOKS: dict[str, Look] = {
    CallState.RINGING: ("alarm", "phone", CallState.RINGING.label),
    CallState.ANSWERED: ("info", "phone", CallState.ANSWERED.label),
    CallState.ENDED: ("quiet", "check", CallState.ENDED.label),
    CallState.ABANDONED: ("warn", "cross", CallState.ABANDONED.label),
}
CALL_CLASS_LOOKS: dict[str, Look] = {
    value: ("info" if value == CallClass.EMERGENCY else "quiet", "phone", CallClass(value).label)
    for value in CallClass.values
}
DISPOSITIONS = [choice for choice in Disposition.choices if choice[0] != Disposition.CANCELLED]


def incident_badge(incident: Incident) -> SafeString:
    """Return the state of an incident as a badge."""
    return badge(*INCIDENT_LOOKS[incident.state])


def assignment_badge(assignment: Assignment) -> SafeString:
    """Return the state of an assignment as a badge."""
    return badge(*ASSIGNMENT_LOOKS[assignment.state])


def verdict_badge(obj: Assignment | MovementVerdict) -> SafeString:
    """Return the movement verdict of an assignment as a badge."""
    return badge(*VERDICT_LOOKS[obj.verdict])


def reason_text(code: str) -> Promise | str:
    """Return a verdict's reason in words, or the code where it has none."""
    return VERDICT_REASONS.get(code, code.replace("_", " "))


def event_look(kind: str) -> Look:
    """Return how a journal event looks; an unknown kind keeps its own name."""
    return EVENT_LOOKS.get(kind, ("quiet", "dot", kind))


def words_for_board() -> dict[str, Any]:
    """Return the looks as JSON for the board's script, in the language in force."""
    groups = {
        "verdict": VERDICT_LOOKS,
        "incident": INCIDENT_LOOKS,
        "assignment": ASSIGNMENT_LOOKS,
        "alarm": ALARM_LOOKS,
    }
    looks: dict[str, Any] = {
        group: {key: [tone, icon, str(text)] for key, (tone, icon, text) in looks.items()}
        for group, looks in groups.items()
    }
    looks["reason"] = {code: str(text) for code, text in VERDICT_REASONS.items()}
    return looks


def verdict_word(verdict: str) -> Promise | str:
    """Return a verdict in words."""
    return VERDICT_LOOKS[verdict][2]
