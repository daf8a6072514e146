"""The live board: one page; the socket brings what it shows."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from shapely.geometry import mapping, shape

from incidents.admin.looks import words_for_board
from incidents.alarms import RED
from incidents.policy import DEADLINES
from incidents.selectors.board import board_outlines

OUTLINE_TOLERANCE_DEG = 0.0004  # about 45 m: no eye sees it on a map of 400 pixels


@require_GET
@permission_required("incidents.view_incident", raise_exception=True)
def _page(request: HttpRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": _("Papan"),
        "on_board": True,
        "setup": board_setup(),
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
        "limits": {
            "delivery_s": DEADLINES.delivery_s,
            "acknowledgement_s": DEADLINES.acknowledgement_s,
            "movement_warning_s": DEADLINES.movement_warning_s,
            "feed_s": 5,
        },
        "areas": [_outline(area) for area in board_outlines()],
    }


def _outline(area: dict[str, Any]) -> dict[str, Any]:
    polygon = area.pop("polygon")
    if polygon and area["level"] != "kota":
        simple = shape(polygon).simplify(OUTLINE_TOLERANCE_DEG)
        area["rings"] = _rings(mapping(simple))
    return area


def _rings(geometry: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the outer rings of a polygon or multipolygon, rounded to a metre."""
    polygons = [geometry["coordinates"]]
    if geometry["type"] == "MultiPolygon":
        polygons = geometry["coordinates"]
    return [[(round(x, 5), round(y, 5)) for x, y in polygon[0]] for polygon in polygons]


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
        "problem_late": _("Sistem terlambat mengolah"),
        "problem_sweeper": _("Mesin pengawas tenggat diam"),
        "problem_push_off": _("Push belum disetel: ponsel tanpa soket tidak dibangunkan"),
        "problem_push_fault": _("Penyedia push menolak kunci kita"),
        "problem_database": _("Basis data tidak menjawab"),
        "problem_layer": _("Jalur antarproses diam"),
        "seconds": _("dtk"),
        "minutes": _("mnt"),
        "hours": _("jam"),
    }
