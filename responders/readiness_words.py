"""What the checks of readiness say to people, and what each maker's phone wants. Pure words."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code → (what it says where it holds, where it does not)
CHECK_WORDS: dict[str, tuple[Promise, Promise]] = {
    "socket": (
        _("Tersambung dengan server."),
        _("Belum tersambung. Periksa internet ponsel."),
    ),
    "push": (
        _("Push sampai dan dijawab."),
        _("Push belum terbukti sampai. Izinkan notifikasi, lalu uji lagi."),
    ),
    "location_permission": (
        _("Izin lokasi diberikan."),
        _("Izin lokasi belum diberikan."),
    ),
    "fix": (
        _("Posisi baru dan cukup akurat."),
        _("Belum ada posisi yang baru dan akurat. Keluar ke tempat terbuka."),
    ),
    "clock": (
        _("Jam ponsel sesuai."),
        _("Jam ponsel tidak sesuai. Nyalakan waktu otomatis."),
    ),
    "battery": (_("Baterai cukup."), _("Baterai hampir habis. Isi daya sekarang.")),
    "battery_saver": (
        _("Penghemat baterai tidak membatasi."),
        _("Penghemat baterai menyala. Matikan selama piket."),
    ),
    "app_version": (_("Versi aplikasi cukup baru."), _("Aplikasi terlalu lama. Perbarui.")),
}
REASON_WORDS: dict[str, Promise] = {
    "no_crew": _("tidak ada petugas yang piket"),
    "no_phone": _("petugas tidak punya ponsel terdaftar"),
    "unreachable": _("ponsel tidak terjangkau"),
    "no_report": _("ponsel belum pernah melapor siap"),
    "old_report": _("laporan kesiapan sudah lama"),
    "socket": _("soket tidak tersambung"),
    "push": _("push belum terbukti"),
    "location_permission": _("izin lokasi belum diberikan"),
    "fix": _("belum ada posisi baru"),
    "clock": _("jam ponsel tidak sesuai"),
    "battery": _("baterai hampir habis"),
    "battery_saver": _("penghemat baterai menyala"),
    "app_version": _("aplikasi perlu diperbarui"),
    "unsent": _("banyak yang belum terkirim"),
}
STATE_WORDS: dict[str, Promise] = {
    "ready": _("siap"),
    "warning": _("perlu dicek"),
    "unreachable": _("tidak terjangkau"),
}

# Makers whose own battery saver is known to end apps in the background, and where it is set.
# Source: dontkillmyapp.com; the menus differ a little by version.
_MAKERS: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (
        re.compile(r"xiaomi|redmi|\bpoco|\bmi \d", re.IGNORECASE),
        _("Xiaomi, Redmi, POCO: izinkan Mulai otomatis; Penghemat baterai: Tanpa batasan."),
    ),
    (
        re.compile(r"\boppo|realme|oneplus|\bcph\d|\brmx\d", re.IGNORECASE),
        _("Oppo, Realme, OnePlus: izinkan peluncuran otomatis dan aktivitas latar belakang."),
    ),
    (
        re.compile(r"\bvivo|\biqoo", re.IGNORECASE),
        _("Vivo: izinkan Mulai otomatis dan konsumsi daya latar belakang yang tinggi."),
    ),
    (
        re.compile(r"huawei|honor", re.IGNORECASE),
        _("Huawei, Honor: Peluncuran aplikasi, kelola manual, ketiga sakelar menyala."),
    ),
    (
        re.compile(r"samsung|galaxy|\bsm-[a-z]\d", re.IGNORECASE),
        _("Samsung: Baterai, Batas penggunaan latar belakang, Aplikasi yang tidak pernah tidur."),
    ),
    (
        re.compile(r"infinix|tecno|\bitel", re.IGNORECASE),
        _("Infinix, Tecno, itel: izinkan mulai otomatis di Phone Master; jangan dibersihkan."),
    ),
    (
        re.compile(r"\basus|zenfone", re.IGNORECASE),
        _("Asus: izinkan mulai otomatis di Pengelola Seluler."),
    ),
)


def check_text(code: str, *, ok: bool) -> str:
    """Return what a check says, in the language in force."""
    good, bad = CHECK_WORDS[code]
    return str(good if ok else bad)


def reason_text(code: str) -> str:
    """Return why a unit is not ready, in the language in force."""
    return str(REASON_WORDS.get(code, code))


def maker_hint(*descriptions: str) -> str:
    """Return where a known maker hides what ends apps; empty for others and for the unknown."""
    text = " ".join(descriptions)
    return next((str(hint) for pattern, hint in _MAKERS if pattern.search(text)), "")
