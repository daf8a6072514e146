"""Units to begin with, so that the city can try the whole at once.

Outside agencies have none here: they are asked, not sent. The call signs, the capabilities and the
bases are placeholders: each base is put near the centroid of a kelurahan where such an agency may
have its post (domain study, 1.2), not surveyed. The city replaces them in the admin.
"""

from typing import NamedTuple


class UnitRow(NamedTuple):
    """One unit. Degrees WGS 84; `capabilities` are words that a recommendation can ask for."""

    call_sign: str
    agency: str
    kind: str
    lat: float
    lon: float
    capabilities: tuple[str, ...]


UNITS: tuple[UnitRow, ...] = (
    UnitRow("Damkar 1", "satpolpp_damkar", "fire_engine", -0.7943, 100.6511, ("api", "air")),
    UnitRow("Damkar 2", "satpolpp_damkar", "fire_engine", -0.7702, 100.6547, ("api", "air")),
    UnitRow(
        "Rescue 1",
        "satpolpp_damkar",
        "rescue",
        -0.7945,
        100.6513,
        ("penyelamatan", "hewan", "air_deras"),
    ),
    UnitRow("Satpol PP 1", "satpolpp_damkar", "patrol", -0.7998, 100.6527, ("ketertiban",)),
    UnitRow("Ambulans PSC 1", "dinkes_psc119", "ambulance", -0.8014, 100.6709, ("medis",)),
    UnitRow("Ambulans PSC 2", "dinkes_psc119", "ambulance", -0.7779, 100.6649, ("medis",)),
    UnitRow("BPBD TRC 1", "bpbd", "rescue", -0.7954, 100.6634, ("bencana", "perahu", "gergaji")),
    UnitRow("BPBD TRC 2", "bpbd", "rescue", -0.7645, 100.6420, ("bencana", "gergaji")),
    UnitRow("Dishub 1", "dishub", "patrol", -0.7899, 100.6617, ("lalu_lintas", "penerangan")),
    UnitRow("PKLH 1", "perkim_lh", "utility", -0.7795, 100.6403, ("pohon", "puing")),
    UnitRow("DPUPR Alat Berat 1", "dpupr", "heavy", -0.7707, 100.6530, ("ekskavator", "puing")),
    UnitRow("Tagana 1", "dinsos_p3a", "logistics", -0.8047, 100.6566, ("logistik", "tenda")),
    UnitRow("PDAM 1", "pdam", "utility", -0.7931, 100.6571, ("air_bersih",)),
)
