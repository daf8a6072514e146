"""The 16 areas of Kota Solok: the city, 2 kecamatan, 13 kelurahan, each after its parent.

Source: domain study, 1.2 (Kemendagri codes, postal codes, centroids of the outlines, spellings
that people write). The key is the Kemendagri code, never the one of BPS.
"""

from typing import NamedTuple


class AreaRow(NamedTuple):
    """One area. Degrees WGS 84; `aliases` are other spellings that a search should find."""

    code: str
    name: str
    level: str
    parent: str
    postal_code: str
    lat: float
    lon: float
    aliases: tuple[str, ...] = ()


AREAS: tuple[AreaRow, ...] = (
    AreaRow("13.72", "Kota Solok", "kota", "", "", -0.782864, 100.629866),
    AreaRow("13.72.01", "Lubuk Sikarah", "kecamatan", "13.72", "", -0.795493, 100.611644),
    AreaRow(
        "13.72.01.1001", "Tanah Garam", "kelurahan", "13.72.01", "27312", -0.796265, 100.595078
    ),
    AreaRow(
        "13.72.01.1002",
        "VI Suku",
        "kelurahan",
        "13.72.01",
        "27311",
        -0.778925,
        100.639807,
        ("Vi Suku",),
    ),
    AreaRow(
        "13.72.01.1003", "Sinapa Piliang", "kelurahan", "13.72.01", "27313", -0.794777, 100.651817
    ),
    AreaRow(
        "13.72.01.1004",
        "IX Korong",
        "kelurahan",
        "13.72.01",
        "27314",
        -0.800065,
        100.649830,
        ("Ix Korong",),
    ),
    AreaRow(
        "13.72.01.1005",
        "Kampai Tabu Karambia",
        "kelurahan",
        "13.72.01",
        "27315",
        -0.805244,
        100.657254,
        ("Kampai Tabu Kerambil", "KTK"),
    ),
    AreaRow(
        "13.72.01.1006",
        "Aro IV Korong",
        "kelurahan",
        "13.72.01",
        "27317",
        -0.795232,
        100.663918,
        ("Aro Iv Korong",),
    ),
    AreaRow(
        "13.72.01.1007", "Simpang Rumbio", "kelurahan", "13.72.01", "27316", -0.801574, 100.671632
    ),
    AreaRow("13.72.02", "Tanjung Harapan", "kecamatan", "13.72", "", -0.763286, 100.658116),
    AreaRow(
        "13.72.02.1001", "Koto Panjang", "kelurahan", "13.72.02", "27323", -0.792573, 100.656203
    ),
    AreaRow(
        "13.72.02.1002",
        "Pasar Pandan Air Mati",
        "kelurahan",
        "13.72.02",
        "27322",
        -0.789593,
        100.662210,
        ("PPA",),
    ),
    AreaRow(
        "13.72.02.1003", "Tanjung Paku", "kelurahan", "13.72.02", "27324", -0.777040, 100.665659
    ),
    AreaRow("13.72.02.1004", "Nan Balimo", "kelurahan", "13.72.02", "27326", -0.769333, 100.653914),
    AreaRow(
        "13.72.02.1005", "Kampung Jawa", "kelurahan", "13.72.02", "27321", -0.763929, 100.641189
    ),
    AreaRow("13.72.02.1006", "Laing", "kelurahan", "13.72.02", "27325", -0.753078, 100.668045),
)
