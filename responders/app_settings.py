"""What to type into each tracking app that is not ours, and the link that one can read. Pure.

Source of the links: traccar/traccar-client, configuration_service.dart (an https address whose
query holds the settings); OwnTracks booklet, Configuration file, URL config; aaronpk/Overland-iOS,
`overland://setup`. GPSLogger fetches a profile from an address, so a link cannot carry one.
"""

import base64
import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INTERVAL_S = 10  # below one fix in 15 s movement is proven in time (docs/phone-apps.md)
GPSLOGGER_BODY = "lat=%LAT&lon=%LON&time=%TIME&acc=%ACC&spd=%SPD&dir=%DIR&alt=%ALT&batt=%BATT"


@dataclass(frozen=True)
class AppSettings:
    """One app: its rows of (setting, value), and the link in its QR code, where it reads one."""

    name: str
    runs_on: str
    rows: tuple[tuple[Promise | str, Promise | str], ...]
    note: Promise | str
    link: str = ""


def settings_for(*, origin: str, tracking_id: str) -> tuple[AppSettings, ...]:
    """Return the settings of every app for one tracking id.

    origin: where phones reach this server, as `https://host/`.
    """
    base = origin.rstrip("/") + "/api"
    return (
        _traccar(f"{base}/osmand/", tracking_id),
        _owntracks(f"{base}/owntracks/", tracking_id),
        _overland(f"{base}/overland/", tracking_id),
        _gpslogger(f"{base}/gpslogger/", tracking_id),
    )


def _traccar(url: str, tracking_id: str) -> AppSettings:
    query = {
        "id": tracking_id,
        "accuracy": "highest",
        "distance": 0,
        "interval": INTERVAL_S,
        "buffer": "true",
        "stop_detection": "false",
    }
    return AppSettings(
        "Traccar Client",
        "Android, iOS",
        (
            (_("Alamat server"), url),
            (_("Pengenal perangkat"), tracking_id),
            (_("Akurasi"), _("tertinggi")),
            (_("Jarak"), "0"),
            (_("Selang waktu"), _("10 detik")),
            (_("Deteksi berhenti"), _("mati")),
            (_("Simpan saat luring"), _("menyala")),
        ),
        _(
            "Versi 9 ke atas: Setelan, ikon QR, pindai kode ini. Versi 8: ketik; frekuensi 10, "
            "jarak 0, sudut 0."
        ),
        f"{url}?{urlencode(query)}",
    )


def _owntracks(url: str, tracking_id: str) -> AppSettings:
    configuration = {
        "_type": "configuration",
        "mode": 3,  # HTTP
        "url": url,
        "auth": True,
        "username": "gerak112",
        "password": tracking_id,
        "monitoring": 2,  # move
        "locatorInterval": INTERVAL_S,
        "locatorDisplacement": 0,
        "moveModeLocatorInterval": INTERVAL_S,
    }
    inline = base64.b64encode(json.dumps(configuration, separators=(",", ":")).encode()).decode()
    return AppSettings(
        "OwnTracks",
        "Android, iOS",
        (
            (_("Mode"), "HTTP"),
            (_("Alamat"), url),
            (_("Pengguna"), "gerak112"),
            (_("Kata sandi"), tracking_id),
            (_("Pemantauan"), "move"),
            (_("Selang waktu (Android)"), _("10 detik")),
            (_("Kunci enkripsi"), _("kosong")),
        ),
        _("Pindai dengan kamera ponsel: tautannya membuka OwnTracks. iOS: periksa mode move."),
        f"owntracks:///config?inline={quote(inline, safe='')}",
    )


def _overland(url: str, tracking_id: str) -> AppSettings:
    query = {"url": url, "token": tracking_id, "device_id": "gerak112"}
    return AppSettings(
        "Overland",
        "iOS",
        (
            (_("Alamat penerima"), url),
            (_("Token akses"), tracking_id),
            (_("Pelacakan"), _("terus-menerus, akurasi terbaik")),
            (_("Isi kiriman"), "50"),
            (_("Zona Wi-Fi"), _("tidak ada")),
        ),
        _("Pindai dengan kamera iPhone: tautannya mengisi alamat dan token; sisanya diketik."),
        f"overland://setup?{urlencode(query, quote_via=quote)}",
    )


def _gpslogger(url: str, tracking_id: str) -> AppSettings:
    return AppSettings(
        "GPSLogger",
        "Android",
        (
            (_("Catat ke URL sendiri"), url),
            (_("Metode"), "POST"),
            (_("Isi"), GPSLOGGER_BODY),
            (_("Header"), f"Authorization: Bearer {tracking_id}"),
            (_("Selang waktu"), _("10 detik")),
            (_("Jarak"), "0"),
            (_("GPS di antara posisi"), _("tetap menyala")),
        ),
        _("Tidak membaca QR: ketik atau tempel."),
    )
