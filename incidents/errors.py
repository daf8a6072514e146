"""What the incidents refuse, each with its code and HTTP status. Foreseen, so no errors."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from responders.errors import Refusal


class IncidentError(Refusal):
    """What the incidents refuse."""


class IllegalStep(IncidentError):
    code = "illegal_step"
    text = _("Langkah itu tidak mungkin dari status sekarang.")


class StaleState(IncidentError):
    code = "stale_state"
    text = _("Orang lain baru saja mengubahnya. Muat ulang lalu coba lagi.")


class UnitBusy(IncidentError):
    code = "unit_busy"
    text = _("Regu sedang bertugas.")


class UnitOffDuty(IncidentError):
    code = "unit_off_duty"
    text = _("Regu tidak siaga.")


class UnitOutside(IncidentError):
    code = "unit_outside"
    text = _("Instansi luar tidak dapat diperintah, hanya dimintai bantuan.")


class IncidentNotOpen(IncidentError):
    code = "incident_not_open"
    text = _("Kejadian sudah tidak terbuka.")


class OpenAssignment(IncidentError):
    code = "open_assignment"
    text = _("Masih ada penugasan yang berjalan.")


class IdReused(IncidentError):
    code = "id_reused"
    text = _("Id ini sudah dipakai untuk isi yang lain.")


class CallLinked(IncidentError):
    code = "call_linked"
    text = _("Panggilan ini sudah terhubung dengan kejadian.")


class CallNeedsIncident(IncidentError):
    code = "call_needs_incident"
    text = _("Panggilan darurat harus terhubung dengan kejadian.")


class NotJudged(IncidentError):
    code = "not_judged"
    text = _("Pergerakan belum diputuskan.")


class EvidenceBroken(IncidentError):
    """The stored evidence contradicts its hashes: nothing is signed. `row` names the check-in."""

    code = "evidence_broken"
    text = _("Bukti yang tersimpan tidak utuh, sehingga tidak ditandatangani.")


class TooLarge(IncidentError):
    status = 413
    code = "too_large"
    text = _("Foto terlalu besar: paling banyak 8 MiB.")


class CallClaimed(IncidentError):
    """Somebody else has the call; `by` is who."""

    code = "call_claimed"
    text = _("Panggilan ini sedang ditangani orang lain.")

    def __init__(self, by: str = "") -> None:
        super().__init__()
        if by:
            self.text = format_lazy(_("Panggilan ini sedang ditangani {}."), by)


class CallOver(IncidentError):
    code = "call_over"
    text = _("Panggilan ini sudah selesai dan sudah digolongkan.")


class CallNotLinked(IncidentError):
    code = "call_not_linked"
    text = _("Panggilan ini tidak terhubung dengan kejadian.")


class LastCall(IncidentError):
    code = "last_call"
    text = _("Ini satu-satunya panggilan kejadian itu; batalkan atau tutup kejadiannya.")


class CannotMerge(IncidentError):
    code = "cannot_merge"
    text = _("Kejadian tidak dapat digabung dengan dirinya sendiri atau turunannya.")


class NotMerged(IncidentError):
    code = "not_merged"
    text = _("Kejadian ini tidak sedang digabung.")


class AlreadyAsked(IncidentError):
    code = "already_asked"
    text = _("Instansi itu sudah dimintai bantuan dan permintaannya masih berjalan.")


class NotOutside(IncidentError):
    code = "not_outside"
    text = _("Instansi kota dikirim, bukan dimintai bantuan.")


class ProposalChanged(IncidentError):
    code = "proposal_changed"
    text = _("Usulan regu pengganti sudah berubah. Periksa lalu kirim lagi.")


class HandoverSigned(IncidentError):
    code = "handover_signed"
    text = _("Serah terima yang sudah ditandatangani, atau milik orang lain, tidak dapat diubah.")


class NotSigned(IncidentError):
    code = "not_signed"
    text = _("Serah terima ini belum ditandatangani oleh yang menyerahkan.")


class NeedsTwo(IncidentError):
    code = "needs_two"
    text = _("Yang menyerahkan tidak dapat sekaligus menerima.")


class HandoverTaken(IncidentError):
    code = "handover_taken"
    text = _("Serah terima ini sudah diterima.")
