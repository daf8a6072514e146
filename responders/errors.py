"""What the responders refuse, each with its code and HTTP status."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something foreseen that is refused, in any app: `config/problems.py` shows it on the wire.

    `code` is stable; `text` is for people; `extra` joins the problem's body.
    """

    status = 409
    code = "conflict"
    text: Any = _("Keadaan saat ini tidak mengizinkan hal itu.")
    retry_after_s: int | None = None

    def __init__(self, **extra: Any) -> None:
        super().__init__(self.code)
        self.extra = extra

    def __str__(self) -> str:
        return str(self.text)


class ResponderError(Refusal):
    """What the responders refuse."""


class BadCode(ResponderError):
    status = 400
    code = "bad_code"
    text = _("Kode salah, sudah dipakai, atau kedaluwarsa.")


class TooManyAttempts(ResponderError):
    status = 429
    code = "too_many_attempts"
    text = _("Terlalu banyak percobaan. Tunggu sebentar.")

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class UnitBusy(ResponderError):
    code = "unit_busy"
    text = _("Regu sedang bertugas.")


class NotOnUnit(ResponderError):
    code = "not_on_unit"
    text = _("Anda tidak sedang piket di regu mana pun.")


class OwnFinding(ResponderError):
    code = "own_finding"
    text = _("Temuan tentang Anda sendiri diperiksa oleh orang lain.")


class IdReused(ResponderError):
    code = "id_reused"
    text = _("Id ini sudah dipakai untuk isi yang lain.")


class WrongRole(ResponderError):
    status = 403
    code = "wrong_role"
    text = _("Peran Anda tidak diizinkan di sini.")


class WrongFactor(ResponderError):
    status = 400
    code = "wrong_factor"
    text = _("Kode salah atau sudah dipakai. Ketik kode yang tampil sekarang.")


class FactorOfAnother(ResponderError):
    status = 403
    code = "factor_of_another"
    text = _("Faktor kedua sendiri, atau milik superuser, tidak dihapus dari sini.")
