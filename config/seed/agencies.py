"""The agencies of the directory. Source: domain study, 5.1.

Those of the city (the water company and the city's hospital too) take orders; those of the
province, the state and the volunteers are asked.
"""

from typing import NamedTuple


class AgencyRow(NamedTuple):
    """One agency. `kind`: `opd` takes orders, `external` can only be asked."""

    key: str
    name: str
    short_name: str
    kind: str = "opd"


AGENCIES: tuple[AgencyRow, ...] = (
    AgencyRow("diskominfo", "Dinas Komunikasi dan Informatika", "Diskominfo"),
    AgencyRow("bpbd", "Badan Penanggulangan Bencana Daerah", "BPBD"),
    AgencyRow(
        "satpolpp_damkar",
        "Satuan Polisi Pamong Praja dan Pemadam Kebakaran",
        "Satpol PP dan Damkar",
    ),
    AgencyRow(
        "perkim_lh",
        "Dinas Perumahan, Kawasan Permukiman dan Lingkungan Hidup",
        "Perkim dan LH",
    ),
    AgencyRow(
        "dinsos_p3a",
        "Dinas Sosial, Pemberdayaan Perempuan dan Perlindungan Anak",
        "Dinsos P3A",
    ),
    AgencyRow("dpupr", "Dinas Pekerjaan Umum dan Penataan Ruang", "DPUPR"),
    AgencyRow("dinkes_psc119", "Dinas Kesehatan, PSC 119", "Dinkes PSC 119"),
    AgencyRow("dishub", "Dinas Perhubungan", "Dishub"),
    AgencyRow("rsud_sm", "RSUD Serambi Madinah", "RSUD Serambi Madinah"),
    AgencyRow("rsud_mn", "RSUD Mohammad Natsir", "RSUD M. Natsir", "external"),
    AgencyRow("pdam", "Perusahaan air minum kota", "PDAM"),
    AgencyRow("pln", "PLN", "PLN", "external"),
    AgencyRow("polres", "Polres Solok Kota", "Polres", "external"),
    AgencyRow("kodim", "Kodim 0309/Solok", "Kodim 0309", "external"),
    AgencyRow("pmi", "PMI Kota Solok", "PMI", "external"),
    AgencyRow("basarnas", "Basarnas", "Basarnas", "external"),
    AgencyRow("orari", "ORARI", "ORARI", "external"),
    AgencyRow("wmi", "WMI", "WMI", "external"),
)
