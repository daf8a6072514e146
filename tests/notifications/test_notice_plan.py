"""Which offices hear of what: a table of cases."""

from datetime import UTC, datetime

from notifications.notice_plan import Place, plan_offices, word_basis, word_notice

CITY = Place(1, "13.72", "Kota Solok", "kota", None)
LUBUK = Place(2, "13.72.01", "Lubuk Sikarah", "kecamatan", 1)
TANJUNG = Place(3, "13.72.02", "Tanjung Harapan", "kecamatan", 1)
KORONG = Place(4, "13.72.01.1004", "IX Korong", "kelurahan", 2)
ARO = Place(5, "13.72.01.1005", "Aro IV Korong", "kelurahan", 2)
KAMPUNG = Place(6, "13.72.02.1001", "Kampung Jawa", "kelurahan", 3)
EVERYWHERE = [CITY, LUBUK, TANJUNG, KORONG, ARO, KAMPUNG]


def offices(*touched, everywhere=False):
    planned = plan_offices(touched=touched, everywhere=everywhere, places=EVERYWHERE)
    return {office: [place.pk for place in areas] for office, areas in planned.items()}


def test_a_kelurahan_is_told_and_its_kecamatan():
    assert offices(KORONG) == {4: [4], 2: [4]}


def test_on_a_border_each_kelurahan_is_told_of_itself_and_each_kecamatan_once():
    assert offices(KAMPUNG, ARO, KORONG) == {4: [4], 5: [5], 6: [6], 2: [4, 5], 3: [6]}


def test_a_kecamatan_named_itself_is_told_of_itself():
    assert offices(LUBUK, KORONG) == {2: [2, 4], 4: [4]}


def test_everywhere_is_every_kelurahan_and_every_kecamatan():
    assert offices(everywhere=True) == {4: [4], 5: [5], 6: [6], 2: [4, 5], 3: [6]}


def test_nowhere_is_nobody():
    assert offices() == {}


def test_the_words_name_type_and_areas_and_no_person():
    notice = word_notice(
        office=LUBUK,
        areas=[KORONG, ARO],
        label="Kebakaran bangunan",
        number="SLK-20261124-0001",
        opened_at=datetime(2026, 11, 24, 3, 4, tzinfo=UTC),
        basis="dispatcher",
        basis_text="dipilih dispatcher: Kel. IX Korong, Kel. Aro IV Korong.",
    )

    assert notice.headline == "Kebakaran bangunan di Kel. IX Korong, Kel. Aro IV Korong"
    assert notice.text == (
        "Kejadian SLK-20261124-0001: Kebakaran bangunan. "
        "Wilayah: Kel. IX Korong, Kel. Aro IV Korong. Dilaporkan 24-11-2026 pukul 10.04 WIB. "
        "Mohon periksa keadaan warga di wilayah Anda dan kirim jawaban. "
        "Dasar: dipilih dispatcher: Kel. IX Korong, Kel. Aro IV Korong."
    )


def basis_of(*areas, basis="polygon", everywhere=False, **distances):
    distances_m = {area.code: distances.get(f"d{area.pk}", 0.0) for area in areas}
    return word_basis(areas=areas, basis=basis, everywhere=everywhere, distances_m=distances_m)


def test_the_basis_says_inside_or_how_far_from_the_border():
    assert basis_of(KORONG) == "titik kejadian di dalam batas Kel. IX Korong."
    assert basis_of(ARO, d5=12.4) == "titik kejadian 12 m dari batas Kel. Aro IV Korong."
    assert basis_of(KORONG, ARO, d5=12.4) == (
        "titik kejadian di dalam batas Kel. IX Korong; "
        "titik kejadian 12 m dari batas Kel. Aro IV Korong."
    )


def test_the_basis_of_a_choice_and_of_everywhere():
    assert basis_of(KORONG, basis="dispatcher") == "dipilih dispatcher: Kel. IX Korong."
    assert basis_of(KORONG, basis="centroid") == (
        "titik pusat wilayah yang terdekat: Kel. IX Korong."
    )
    assert basis_of(KORONG, everywhere=True) == (
        "jenis kejadian ini diberitahukan ke semua wilayah."
    )
