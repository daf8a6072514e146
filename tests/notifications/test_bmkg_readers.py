"""BMKG's documents: read right or refused with a reason, and what they ask of the city."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.bmkg.quakes import Felt, Quake, read_felt, read_quakes, read_tsunami
from notifications.bmkg.refusal import Unreadable
from notifications.bmkg.rules import (
    City,
    Ground,
    level_of_quake,
    level_of_warning,
    touched_by,
)
from notifications.bmkg.weather import read_index, read_warning
from tests.notifications.bmkg_samples import (
    BAD_INDEXES,
    BAD_QUAKES,
    BAD_WARNINGS,
    index,
    quake,
    quakes,
    warning,
)

SOLOK = City("Kota Solok", -0.782864, 100.629866)
AT = datetime(2026, 8, 10, 7, 30, tzinfo=UTC)


def _one(**over):
    [read], refused = read_quakes(quakes(quake(**over)))
    assert refused == []
    return read


def test_a_quake_is_read_whole():
    assert _one() == Quake(
        happened_at=datetime(2026, 8, 10, 2, 12, 41, tzinfo=UTC),
        lat=-0.89,
        lon=100.71,
        magnitude=5.2,
        depth_km=10.0,
        place="Pusat gempa berada di darat 11 km Tenggara Kota Solok",
        potential="Gempa ini dirasakan untuk diteruskan pada masyarakat",
        tsunami=None,
        felt=(Felt("Kota Solok", 4), Felt("Solok", 4), Felt("Padang", 3)),
        felt_text="IV Kota Solok, III-IV Solok, II-III Padang",
    )


def test_a_list_and_one_object_are_read_alike_and_a_repeat_counts_once():
    other = quake(DateTime="2026-05-06T16:59:02+00:00", Coordinates="3.10,127.05")
    read, refused = read_quakes(quakes(quake(), other, quake(), quake(Dirasakan=None)))

    assert [one.magnitude for one in read] == [5.2, 5.2]
    assert len({one.key for one in read}) == 2
    assert read[0].felt_text.startswith("IV Kota Solok")  # what another entry left out is kept
    assert refused == []


def test_what_may_be_missing_is_missing():
    bare = _one(Kedalaman=None, Potensi=None, Dirasakan="-", Shakemap=None, Tanggal=None)

    assert (bare.depth_km, bare.potential, bare.tsunami, bare.felt, bare.felt_text) == (
        None,
        "",
        None,
        (),
        "",
    )


def test_one_bad_entry_spoils_no_other():
    read, refused = read_quakes(quakes(quake(), quake(Magnitude="lima")))

    assert len(read) == 1
    assert refused == ["Magnitude cannot be read"]


@pytest.mark.parametrize(
    ("text", "warns"),
    [
        ("Tidak berpotensi tsunami", False),
        ("Gempa ini tidak berpotensi TSUNAMI", False),
        ("tidak ada potensi tsunami", False),
        ("Berpotensi tsunami untuk diteruskan pada masyarakat", True),
        ("TSUNAMI", True),
        ("Tidak dirasakan. Berpotensi tsunami", True),
        ("Gempa ini dirasakan untuk diteruskan pada masyarakat", None),
        ("", None),
    ],
)
def test_the_negative_text_is_no_warning(text, warns):
    assert read_tsunami(text) is warns


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("IV Banda Aceh, III Takengon", (Felt("Banda Aceh", 4), Felt("Takengon", 3))),
        ("III-IV Jakarta", (Felt("Jakarta", 4),)),
        ("III - IV Jakarta", (Felt("Jakarta", 4),)),
        ("-", ()),
        ("", ()),
        ("XXV Entah", ()),
        ("terasa di Solok", ()),
        ("IV", ()),
        (",,IV Solok,", (Felt("Solok", 4),)),
    ],
)
def test_where_it_was_felt(text, felt):
    assert read_felt(text) == felt


@pytest.mark.parametrize(("name", "document"), BAD_QUAKES, ids=[name for name, _ in BAD_QUAKES])
def test_a_spoiled_quake_document_is_refused(name, document):
    with pytest.raises(Unreadable):
        read_quakes(document)


@pytest.mark.parametrize(("name", "document"), BAD_WARNINGS, ids=[name for name, _ in BAD_WARNINGS])
def test_a_spoiled_warning_is_refused(name, document):
    with pytest.raises(Unreadable):
        read_warning(document)


@pytest.mark.parametrize(("name", "document"), BAD_INDEXES, ids=[name for name, _ in BAD_INDEXES])
def test_a_spoiled_index_is_refused(name, document):
    with pytest.raises(Unreadable):
        read_index(document)


def test_there_are_more_than_fifty_spoiled_samples():
    assert len(BAD_QUAKES) + len(BAD_WARNINGS) + len(BAD_INDEXES) > 50


def test_a_reason_quotes_nothing_of_the_document():
    for bad in ("<script>", "\nERROR root: pwned"):
        with pytest.raises(Unreadable) as refused:
            read_quakes(quakes(quake(Magnitude=bad)))
        assert bad not in str(refused.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(sorted(quake())), value=anything)
def test_whatever_a_field_holds_it_is_read_or_refused(key, value):
    document = json.dumps({"Infogempa": {"gempa": quake() | {key: value}}}).encode()
    try:
        read, refused = read_quakes(document)
    except Unreadable:
        return
    assert (len(read), refused) == (1, [])


@given(st.binary(max_size=300))
def test_whatever_bytes_come_each_reader_answers_or_refuses(document):
    for read in (read_quakes, read_index, read_warning):
        with pytest.raises(Unreadable):
            read(document)


@pytest.mark.parametrize(
    ("over", "level"),
    [
        ({}, "call"),  # felt IV in Kota Solok
        ({"Dirasakan": "III Kota Solok"}, "banner"),
        ({"Dirasakan": "IV Solok", "Magnitude": "3.0"}, "banner"),  # perhaps the regency
        ({"Dirasakan": "IV Kab. Solok, V Solok Selatan", "Magnitude": "3.0"}, None),
        ({"Dirasakan": None, "Magnitude": "3.5"}, "banner"),  # 15 km away
        ({"Dirasakan": None, "Magnitude": "3.4"}, None),
        ({"Dirasakan": None, "Magnitude": "5.5"}, "call"),
        ({"Dirasakan": None, "Coordinates": "-1.90,100.62", "Magnitude": "5.0"}, "banner"),
        ({"Dirasakan": None, "Coordinates": "-1.90,100.62", "Magnitude": "4.9"}, None),
        ({"Dirasakan": None, "Coordinates": "-3.00,100.62", "Magnitude": "7.9"}, None),
    ],
)
def test_what_a_quake_asks_for(over, level):
    assert level_of_quake(_one(**over), SOLOK) == level


def test_a_warning_is_read_in_its_indonesian_words():
    english = warning(
        ("</info>", "</info><info><language>en</language><event>Heavy Rain</event></info>")
    )
    read = read_warning(english)

    assert read.event == "Hujan Lebat dan Petir"
    assert (read.status, read.message_type, read.severity) == ("Actual", "Alert", "Moderate")
    assert read.polygons[0][0] == (-0.730, 100.600)
    assert read.expires_at == datetime(2026, 8, 10, 10, 15, tzinfo=UTC)


def test_an_index_names_files_and_never_another_host():
    spoiled = index("CSB20260810001").replace(b"https://www.bmkg.go.id", b"https://evil.example")
    [item], refused = read_index(spoiled)

    assert (item.file, refused) == ("CSB20260810001_alert.xml", [])
    for link in (b"https://x/../../etc/passwd", b"https://x/a?b=c_alert.xml", b"javascript:1"):
        bad = index("A").replace(b"https://www.bmkg.go.id/alerts/nowcast/id/A_alert.xml", link)
        assert read_index(bad) == ([], ["link names no warning"])


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[100.69, -0.80], [100.75, -0.80], [100.75, -0.76], [100.69, -0.80]]],
}


def test_a_warning_touches_an_area_by_outline_or_by_its_middle():
    grounds = [
        Ground("outline", -9.0, 9.0, SQUARE),
        Ground("middle", -0.80, 100.65, None),
        Ground("outside", -0.95, 100.65, None),
    ]

    assert touched_by(read_warning(warning()), grounds) == ["middle", "outline"]


def test_a_polygon_that_crosses_itself_is_mended_not_believed_away():
    bow_tie = "-0.73,100.60 -0.83,100.70 -0.73,100.70 -0.83,100.60 -0.73,100.60"
    crossed = warning(
        ("-0.730,100.600 -0.730,100.700 -0.830,100.700 -0.830,100.600 -0.730,100.600", bow_tie)
    )

    ground = Ground("middle", -0.78, 100.61, None)
    assert touched_by(read_warning(crossed), [ground]) == ["middle"]


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (("Moderate", "Moderate"), "banner"),
        (("Moderate", "Extreme"), "banner"),
        (("Moderate", "Minor"), None),
        (("Actual", "Test"), None),
        (("Actual", "Exercise"), None),
        ((">Alert<", ">Cancel<"), None),
        (("T17:15:00", "T14:20:00"), None),
    ],
)
def test_what_a_warning_asks_for(change, level):
    read = read_warning(warning(change))

    assert level_of_warning(read, ["13.72.01.1004"], now=AT) == level
    assert level_of_warning(read, [], now=AT) is None
