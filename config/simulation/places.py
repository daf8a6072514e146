"""Places in Kota Solok where something happens, what is reported from there, and by whom.

The spots follow the hazards that the city knows (floods along Batang Lembang and Batang Gawan,
landslides at Payo and Laing); the coordinates are placed by hand. Source: domain study, 1.3.
Names and telephone numbers of callers are made up.
"""

import random
from dataclasses import dataclass

from config.simulation.roads import Point, distance_m, shifted

SCATTER_M = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """A spot, its address and landmark as a caller would say them, and what may happen there."""

    point: Point
    address: str
    landmark: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a caller reports: the incident's type, its summary, where."""

    type: str
    summary: str
    place: Place


PLACES: tuple[Place, ...] = (
    Place(
        (-0.7938, 100.6549),
        "Kawasan Pasar Raya Solok, Koto Panjang",
        "Dekat pintu utama pasar",
        ("kebakaran_bangunan", "darurat_medis", "kecelakaan_lalin"),
    ),
    Place(
        (-0.7985, 100.6560),
        "Tepi Batang Lembang, Sinapa Piliang",
        "Seberang jembatan",
        ("banjir", "darurat_medis"),
    ),
    Place(
        (-0.8000, 100.6500),
        "IX Korong, arah Balai Kota",
        "Belakang mesjid",
        ("banjir", "kebakaran_bangunan", "pohon_tumbang"),
    ),
    Place(
        (-0.7945, 100.6642),
        "Aro IV Korong",
        "Depan SD",
        ("banjir", "kecelakaan_lalin", "darurat_medis"),
    ),
    Place(
        (-0.8030, 100.6705),
        "Jalan lintas Sumatera, Simpang Rumbio",
        "Dekat SPBU",
        ("kecelakaan_lalin", "kebakaran_bangunan", "darurat_medis"),
    ),
    Place(
        (-0.8040, 100.6572),
        "Kampai Tabu Karambia",
        "Dekat surau",
        ("kebakaran_bangunan", "pohon_tumbang"),
    ),
    Place((-0.7902, 100.6340), "Payo, Tanah Garam", "Jalan ke puncak", ("tanah_longsor",)),
    Place(
        (-0.7935, 100.6440),
        "Tanah Garam",
        "Dekat kantor lurah",
        ("banjir", "pohon_tumbang", "darurat_medis"),
    ),
    Place(
        (-0.7898, 100.6618),
        "Pasar Pandan Air Mati",
        "Samping ruko",
        ("kebakaran_bangunan", "kecelakaan_lalin"),
    ),
    Place(
        (-0.7775, 100.6650),
        "Tanjung Paku",
        "Dekat lapangan",
        ("pohon_tumbang", "darurat_medis", "kebakaran_bangunan"),
    ),
    Place(
        (-0.7705, 100.6545),
        "Nan Balimo",
        "Tepi Batang Gawan",
        ("banjir", "pohon_tumbang", "kecelakaan_lalin"),
    ),
    Place(
        (-0.7655, 100.6430),
        "Kampung Jawa",
        "Dekat pasar pagi",
        ("kebakaran_bangunan", "darurat_medis"),
    ),
    Place(
        (-0.7600, 100.6650),
        "Laing, arah Perumnas Griya",
        "Tebing sebelah kanan jalan",
        ("tanah_longsor", "pohon_tumbang"),
    ),
)
SUMMARIES: dict[str, tuple[str, ...]] = {
    "kebakaran_bangunan": (
        "Api terlihat dari dapur rumah warga, asap tebal, dua rumah berdempetan.",
        "Kios terbakar, api merambat ke kios sebelah, penghuni sudah keluar.",
        "Gudang terbakar, terdengar letusan kecil, belum diketahui ada orang di dalam.",
    ),
    "banjir": (
        "Air sungai meluap ke rumah warga setinggi lutut, ada lansia yang perlu dievakuasi.",
        "Jalan tergenang setinggi 60 cm, beberapa kendaraan terjebak, hujan masih deras.",
        "Air masuk ke sekitar dua puluh rumah, warga meminta perahu karet.",
    ),
    "pohon_tumbang": (
        "Pohon besar tumbang menutup jalan dan menimpa kabel listrik.",
        "Pohon tumbang menimpa atap rumah, penghuni selamat, akses tertutup.",
    ),
    "kecelakaan_lalin": (
        "Sepeda motor bertabrakan dengan mobil, dua orang luka, satu tidak sadar.",
        "Truk terguling menutup separuh jalan, sopir terjepit.",
    ),
    "darurat_medis": (
        "Laki-laki 58 tahun nyeri dada dan sesak napas.",
        "Ibu hamil 9 bulan kontraksi, ketuban sudah pecah, tidak ada kendaraan.",
        "Anak 4 tahun kejang, suhu badan tinggi.",
    ),
    "tanah_longsor": (
        "Tebing longsor menutup badan jalan sekitar 15 meter, satu motor tertimbun.",
        "Longsor kecil mengenai dinding belakang rumah, warga khawatir longsor susulan.",
    ),
}
CALLERS = ("Rina", "Afdal", "Yusneli", "Doni", "Mardiana", "Hendra", "Fitri", "Zulkifli")


def somewhere(rng: random.Random, *, away_from: list[Point], away_m: float) -> Place:
    """Give a place at least `away_m` from every point given, or else the one farthest from them."""
    far = [p for p in PLACES if all(distance_m(p.point, other) >= away_m for other in away_from)]
    if far:
        return rng.choice(far)
    return max(PLACES, key=lambda p: min(distance_m(p.point, other) for other in away_from))


def report(rng: random.Random, *, away_from: list[Point], away_m: float) -> Report:
    """Make up what somebody reports; the spot is scattered by up to 120 m on each axis."""
    place = somewhere(rng, away_from=away_from, away_m=away_m + SCATTER_M * 1.5)
    east_m, north_m = (rng.uniform(-SCATTER_M, SCATTER_M) for _ in range(2))
    lat, lon = shifted(place.point, east_m, north_m)
    kind = rng.choice(place.types)
    spot = Place((round(lat, 6), round(lon, 6)), place.address, place.landmark, place.types)
    return Report(kind, rng.choice(SUMMARIES[kind]), spot)


def caller(rng: random.Random) -> dict[str, str]:
    """Make up a caller: a first name and a mobile number out of a block of zeros."""
    return {"name": rng.choice(CALLERS), "phone": f"08120000{rng.randrange(10**4):04d}"}
