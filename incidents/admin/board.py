"""The live board: one page; the socket brings what it shows."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents.admin.looks import words_for_board
from incidents.admin.maps import map_setup
from incidents.alarms import RED
from incidents.policy import CALLS, DEADLINES


@require_GET
@permission_required("incidents.view_incident", raise_exception=True)
def _page(request: HttpRequest) -> HttpResponse:
    drawn = map_setup()
    context = admin.site.each_context(request) | {
        "title": _("Papan"),
        "setup": board_setup() | {"may": _may(request), "username": request.user.get_username()},
        "map": drawn,
        "areas": [area for area in drawn["areas"] if area["level"] != "kota"],
    }
    return TemplateResponse(request, "admin/board.html", context)


# Staff who may see incidents; strangers are sent to the sign-in page.
board = admin.site.admin_view(_page)


def board_setup() -> dict[str, Any]:
    """Return what the script needs and the socket does not bring: words, limits, outlines."""
    return {
        "language": get_language(),
        "zone": settings.TIME_ZONE,
        "looks": words_for_board(),
        "words": _words(),
        "red": sorted(RED),
        "icons": static("gerak/icons.svg"),
        "urls": {
            "incident": reverse("admin:incidents_incident_changelist"),
            "assignment": reverse("admin:incidents_assignment_changelist"),
        },
        "may": {},
        "limits": {
            "delivery_s": DEADLINES.delivery_s,
            "acknowledgement_s": DEADLINES.acknowledgement_s,
            "movement_warning_s": DEADLINES.movement_warning_s,
            "claim_stale_s": CALLS.claim_stale_s,
            "feed_s": 5,
        },
    }


def _may(request: HttpRequest) -> dict[str, bool]:
    """Say which presses to offer; whether they are taken is decided where they arrive."""
    return {
        "claim": request.user.has_perm("incidents.change_call"),
        "take_over": request.user.has_perm("incidents.take_over_call"),
        "send": request.user.has_perm("incidents.add_assignment"),
        "answer": request.user.has_perm("incidents.change_crewalert"),
        "speak": request.user.has_perm("incidents.change_assignment"),
    }


def _words() -> dict[str, str]:
    """Return the sentences of the page in the language in force."""
    return {
        "dispatched": _("Dikirim"),
        "delivered": _("Sampai"),
        "acknowledged": _("Diterima"),
        "en_route": _("Menuju"),
        "on_scene": _("Tiba"),
        "left": _("sisa waktu"),
        "over": _("lewat"),
        "limit": _("batas waktu"),
        "moved_after": _("bergerak setelah"),
        "opened": _("dibuka"),
        "ago": _("yang lalu"),
        "no_place": _("lokasi belum diketahui"),
        "no_units": _("Belum ada regu dikirim"),
        "open_now": _("kejadian terbuka"),
        "more_below": _("dan %s kejadian lain"),
        "nothing_open": _("Tidak ada kejadian terbuka."),
        "feed_live": _("Data langsung"),
        "feed_late": _("DATA TERLAMBAT – papan ini tidak lagi langsung. Gunakan radio."),
        "feed_age": _("data terakhir %s detik yang lalu"),
        "connecting": _("Menyambung …"),
        "signed_out": _("Sesi berakhir. Masuk lagi untuk melanjutkan."),
        "socket": _("tersambung"),
        "push": _("lewat push"),
        "none": _("tidak terjangkau"),
        "available": _("siaga"),
        "out_of_service": _("tidak siap operasi"),
        "off_duty": _("lepas piket"),
        "assigned": _("bertugas"),
        "position": _("posisi"),
        "no_position": _("tanpa posisi"),
        "stale": _("posisi usang"),
        "tally_red": _("perlu tindakan"),
        "tally_unsent": _("belum dikirim"),
        "tally_amber": _("perlu perhatian"),
        "call_and_say": _("Telepon dan katakan kepada"),
        "no_phone_known": _("nomor belum diisi"),
        "said": _("Sudah disampaikan"),
        "unanswered": _("Tidak diangkat"),
        "problem_late": _("Sistem terlambat mengolah"),
        "problem_sweeper": _("Mesin pengawas tenggat diam"),
        "problem_push_off": _("Push belum disetel: ponsel tanpa soket tidak dibangunkan"),
        "problem_push_fault": _("Penyedia push menolak kunci kita"),
        "problem_database": _("Basis data tidak menjawab"),
        "problem_layer": _("Jalur antarproses diam"),
        "problem_sockets": _("Server soket diam"),
        "problem_worker": _("Worker diam"),
        "problem_job_fails": _("Pekerjaan latar gagal"),
        "ringing": _("BERDERING"),
        "call_answered": _("dijawab"),
        "call_ended": _("selesai, belum digolongkan"),
        "call_abandoned": _("ditutup penelepon"),
        "no_number": _("tanpa nomor"),
        "in_a_day": _("dalam 24 jam"),
        "pranks": _("pernah iseng"),
        "claimed_by": _("diambil"),
        "claim": _("Ambil"),
        "take_over": _("Ambil alih"),
        "open_it": _("Buka"),
        "emergency": _("DARURAT KRU"),
        "backup": _("MINTA BANTUAN"),
        "answer": _("Jawab"),
        "proposal": _("Usulan berikutnya:"),
        "why_declined": _("menolak"),
        "why_unacknowledged": _("belum menjawab"),
        "send": _("Kirim"),
        "unsent": _("laporan belum terkirim"),
        "hidden": _("disembunyikan saringan"),
        "refused": _("Ditolak"),
        "unsent_press": _("Tidak terkirim: sambungan terputus. Coba lagi."),
        "sound_off": _("SUARA MATI – tekan di mana saja untuk menyalakan"),
        "silence": _("senyapkan 1 menit"),
        "silent": _("senyap"),
        "sound_emergency": _("Darurat kru"),
        "sound_backup": _("Bantuan diminta"),
        "attention_desk": _("belum diambil"),
        "attention_supervisor": _("SUPERVISOR: belum diambil"),
        "sound_call": _("Panggilan masuk"),
        "sound_proposal": _("Usulan regu"),
        "sound_red": _("Perlu tindakan"),
        "sound_late": _("Data terlambat"),
        "seconds": _("dtk"),
        "minutes": _("mnt"),
        "hours": _("jam"),
    }
