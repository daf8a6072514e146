"""What this app refuses, each with its code and HTTP status."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class NotificationError(Exception):
    """A refusal. `code` is stable; `text` is for people; `extra` joins the problem's body."""

    status = 409
    code = "conflict"
    text: Any = _("Keadaan saat ini tidak mengizinkan hal itu.")

    def __init__(self, **extra: Any) -> None:
        super().__init__(self.code)
        self.extra = extra

    def __str__(self) -> str:
        return str(self.text)


class IdReused(NotificationError):
    code = "id_reused"
    text = _("Id ini sudah dipakai untuk isi yang lain.")


class Reset(NotificationError):
    """The client's place in the stream is of no use: it fetches anew and goes on from the end."""

    code = "reset"
    text = _("Nomor terakhir tidak dikenal lagi. Ambil penugasan terbuka, lalu lanjutkan.")

    def __init__(self, *, epoch: str, last_seq: int) -> None:
        super().__init__(epoch=epoch, last_seq=last_seq)
