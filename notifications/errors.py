"""What this app refuses, each with its code and HTTP status."""

from django.utils.translation import gettext_lazy as _

from notifications.ladder_rules import Fault
from responders.errors import Refusal


class NotificationError(Refusal):
    """What the notifications refuse."""


class IdReused(NotificationError):
    code = "id_reused"
    text = _("Id ini sudah dipakai untuk isi yang lain.")


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
