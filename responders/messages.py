"""Say in words what a code means, in the language of the caller: the only place with these texts.

Callers put the language in force (`django.utils.translation.override`) before they turn a text
into a string.
"""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

_TEXTS: dict[str, Promise] = {
    "required": _("Wajib diisi."),
    "not_a_number": _("Harus berupa angka."),
    "out_of_range": _("Di luar nilai yang diperbolehkan."),
    "bad_time": _("Harus berupa waktu RFC 3339 dengan zona waktu."),
    "bad_id": _("Harus berupa UUID versi 4 atau 7."),
    "clock_ahead": _("Waktu ini lebih dari 10 menit di depan jam server."),
    "too_old": _("Waktu ini sudah terlalu lama."),
    "bad_json": _("Isi permintaan bukan JSON yang sah."),
    "not_an_object": _("Harus berupa objek JSON."),
    "not_a_list": _("Harus berupa daftar."),
    "too_many": _("Terlalu banyak: paling banyak 500 lapor posisi sekali kirim."),
    "too_large": _("Isi permintaan terlalu besar."),
    "not_authenticated": _("Token perangkat tidak dikenal atau sudah dicabut."),
    "wrong_role": _("Peran Anda tidak diizinkan di sini."),
    "busy": _("Server sedang sibuk. Tidak ada yang tersimpan."),
    "timeout": _("Isi permintaan tidak kunjung lengkap."),
    "server_error": _("Terjadi kesalahan di server."),
}
_UNKNOWN = _("Permintaan tidak sah.")


def text_of(code: str) -> Promise:
    """Return the sentence for a code; a general one for a code without its own."""
    return _TEXTS.get(code, _UNKNOWN)


def language_of(accept_language: str) -> str:
    """Return the language that an `Accept-Language` header asks for; `id` where we have none."""
    for wanted, _quality in parse_accept_lang_header(accept_language):
        if wanted == "*":
            break
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
