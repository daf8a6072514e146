"""What this app refuses, each with its code and HTTP status."""

from django.utils.translation import gettext_lazy as _

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
