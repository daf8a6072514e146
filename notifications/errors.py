"""What this app refuses, each with its code and HTTP status."""

from django.utils.translation import gettext_lazy as _

from notifications.ladder_rules import Fault
from responders.errors import Refusal


class NotificationError(Refusal):
    """What the notifications refuse."""


class IdReused(NotificationError):
    code = "id_reused"
    text = _("Id ini sudah dipakai untuk isi yang lain.")


class DrillOpen(NotificationError):
    code = "drill_open"
    text = _("Masih ada latihan yang berlangsung. Akhiri dulu.")


class NobodyToAlarm(NotificationError):
    code = "nobody_to_alarm"
    text = _("Tidak ada petugas yang dapat dipanggil untuk latihan ini.")


class Reset(NotificationError):
    """The client's place in the stream is of no use: it fetches anew and goes on from the end."""

    code = "reset"
    text = _("Nomor terakhir tidak dikenal lagi. Ambil penugasan terbuka, lalu lanjutkan.")

    def __init__(self, *, epoch: str, last_seq: int) -> None:
        super().__init__(epoch=epoch, last_seq=last_seq)


class PlanRefused(NotificationError):
    """A ladder's plan that nobody may rely on; `faults` says why."""

    code = "bad_plan"
    text = _("Rencana ini tidak dapat dipakai.")

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


class AlreadyEnded(NotificationError):
    """Somebody else has spoken already, or the message is needless by now."""

    code = "already_ended"
    text = _("Instruksi ini sudah selesai.")


class NotForThePublic(NotificationError):
    code = "not_for_the_public"
    text = _("Jenis atau status kejadian ini tidak boleh diumumkan kepada publik.")


class AlertStands(NotificationError):
    code = "alert_stands"
    text = _("Kejadian ini sudah diumumkan. Perbarui atau batalkan peringatan yang berlaku.")


class AlertSuperseded(NotificationError):
    code = "alert_superseded"
    text = _("Peringatan ini sudah diganti atau dibatalkan. Buka yang terbaru.")


class PersonalData(NotificationError):
    status = 400
    code = "personal_data"
    text = _("Ada nomor telepon di dalam teks. Data pribadi tidak boleh diumumkan.")


class NoAreas(NotificationError):
    status = 400
    code = "no_areas"
    text = _("Pilih paling sedikit satu kecamatan atau kelurahan.")


class SubscriptionStopped(NotificationError):
    code = "subscription_stopped"
    text = _("Langganan ini dihentikan.")


class BulletinDecided(NotificationError):
    code = "bulletin_decided"
    text = _("Info BMKG ini sudah diputuskan.")


class NoSuchType(NotificationError):
    code = "no_such_type"
    text = _("Jenis kejadian gempa bumi tidak ada atau tidak diberitahukan ke wilayah.")


class NeedsASecondPerson(NotificationError):
    code = "needs_a_second_person"
    text = _("Permintaan Anda sendiri harus disetujui orang lain.")


class NotApproved(NotificationError):
    code = "not_approved"
    text = _("Permintaan ini belum disetujui orang kedua, atau bukan milik Anda.")


class RequestEnded(NotificationError):
    code = "request_ended"
    text = _("Permintaan ini sudah berakhir atau lewat 24 jam.")


class NotOneSubject(NotificationError):
    status = 400
    code = "not_one_subject"
    text = _(
        "Isi yang sesuai jenisnya: nomor penelepon atau satu orang; untuk perbaikan juga yang "
        "benar; untuk penghapusan tidak keduanya."
    )
