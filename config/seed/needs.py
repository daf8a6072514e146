"""What a unit must be able to do to be proposed for a type, by type and agency.

A word is a capability or a kind of unit; one of them is enough. What is not here: any unit of the
agency will do. Source: the capabilities of config/seed/units.py held against the matrix of
config/seed/types.py; proposals that the city edits with the type.
"""

NEEDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("gempa_bumi", "satpolpp_damkar"): ("penyelamatan",),
    ("gempa_bumi", "dinkes_psc119"): ("medis",),
    ("gempa_bumi", "dpupr"): ("ekskavator",),
    ("banjir", "bpbd"): ("perahu",),
    ("banjir", "satpolpp_damkar"): ("air_deras", "penyelamatan"),
    ("banjir", "dinkes_psc119"): ("medis",),
    ("tanah_longsor", "satpolpp_damkar"): ("penyelamatan",),
    ("tanah_longsor", "dinkes_psc119"): ("medis",),
    ("tanah_longsor", "dpupr"): ("ekskavator",),
    ("angin_kencang", "bpbd"): ("gergaji",),
    ("angin_kencang", "satpolpp_damkar"): ("penyelamatan",),
    ("pohon_tumbang", "bpbd"): ("gergaji",),
    ("pohon_tumbang", "satpolpp_damkar"): ("penyelamatan",),
    ("pohon_tumbang", "perkim_lh"): ("pohon",),
    ("orang_hanyut", "bpbd"): ("perahu",),
    ("orang_hanyut", "satpolpp_damkar"): ("air_deras",),
    ("orang_hanyut", "dinkes_psc119"): ("medis",),
    ("kebakaran_bangunan", "satpolpp_damkar"): ("api",),
    ("kebakaran_bangunan", "dinkes_psc119"): ("medis",),
    ("kebakaran_lahan", "satpolpp_damkar"): ("api",),
    ("kecelakaan_lalin", "dinkes_psc119"): ("medis",),
    ("kecelakaan_lalin", "satpolpp_damkar"): ("penyelamatan",),
    ("kecelakaan_lalin", "dishub"): ("lalu_lintas",),
    ("penyelamatan", "satpolpp_damkar"): ("penyelamatan",),
    ("penyelamatan", "dinkes_psc119"): ("medis",),
    ("darurat_medis", "dinkes_psc119"): ("medis",),
    ("bunuh_diri", "satpolpp_damkar"): ("penyelamatan",),
    ("bunuh_diri", "dinkes_psc119"): ("medis",),
    ("gangguan_kamtibum", "satpolpp_damkar"): ("ketertiban",),
    ("kerusuhan", "satpolpp_damkar"): ("ketertiban",),
    ("kerusuhan", "dinkes_psc119"): ("medis",),
    ("odgj", "satpolpp_damkar"): ("ketertiban",),
    ("hewan", "satpolpp_damkar"): ("hewan",),
    ("b3_gas", "satpolpp_damkar"): ("api",),
    ("b3_gas", "dinkes_psc119"): ("medis",),
    ("bangunan_runtuh", "satpolpp_damkar"): ("penyelamatan",),
    ("bangunan_runtuh", "dinkes_psc119"): ("medis",),
    ("bangunan_runtuh", "dpupr"): ("ekskavator",),
    ("lampu_lalin", "dishub"): ("penerangan",),
}
