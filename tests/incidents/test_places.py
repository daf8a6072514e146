"""Where a caller is: what people paste and type, read or refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.places import NamedPlace, NoPlace, find_places, read_point

HERE = (-0.79948, 100.65278)


@pytest.mark.parametrize(
    "text",
    [
        "-0.79948, 100.65278",
        "-0,79948; 100,65278",
        " -0.79948 100.65278 ",
        "geo:-0.79948,100.65278?z=17",
        "https://www.google.com/maps?q=-0.79948,100.65278",
        "https://www.google.com/maps/place/Balai+Kota/@-0.8,100.6,17z/data=!3d-0.79948!4d100.65278",
        "https://www.google.com/maps/@-0.79948,100.65278,17z",
        "https://www.google.com/maps/search/?api=1&query=-0.79948%2C100.65278",
        "https://www.google.com/maps/dir/?api=1&destination=-0.79948,100.65278",
        "https://www.openstreetmap.org/?mlat=-0.79948&mlon=100.65278#map=17/-0.7/100.6",
        "https://www.openstreetmap.org/#map=17/-0.79948/100.65278",
        "https://maps.apple.com/?ll=-0.79948,100.65278&q=Pin",
        "https://waze.com/ul?ll=-0.79948,100.65278&navigate=yes",
    ],
)
def test_what_people_paste_is_understood(text):
    assert read_point(text) == HERE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://maps.app.goo.gl/AbCdEf", "short_link"),
        ("https://example.org/nothing", "unreadable"),
        ("dekat pasar", "unreadable"),
        ("", "unreadable"),
        ("-95.0, 100.6", "out_of_range"),
        ("https://www.google.com/maps?q=-95.0,100.65278", "out_of_range"),
        ("http://[", "unreadable"),
    ],
)
def test_what_names_no_place_says_why(text, code):
    with pytest.raises(NoPlace) as refusal:
        read_point(text)
    assert refusal.value.code == code


@given(st.text(max_size=400) | st.text(max_size=200).map("https://maps.google.com/?q={}".format))
def test_any_text_is_read_or_refused(text):
    try:
        lat, lon = read_point(text)
    except NoPlace:
        return
    assert abs(lat) <= 90
    assert abs(lon) <= 180


def test_a_place_is_found_by_any_of_its_spellings():
    places = [
        NamedPlace(("Kampai Tabu Karambia", "KTK"), -0.8, 100.6),
        NamedPlace(("Pasar Raya Solok",), -0.79, 100.66),
        NamedPlace(("Terminal Bareh Solok",), -0.78, 100.65),
    ]
    assert [one.names[0] for one in find_places("ktk", places)] == ["Kampai Tabu Karambia"]
    assert [one.names[0] for one in find_places("solok pasar", places)] == ["Pasar Raya Solok"]
    assert find_places("s", places) == []
