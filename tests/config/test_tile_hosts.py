"""The one host beyond our own that a page may ask: the tile server that the city names."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import tile_hosts


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("", []),
        ("/tiles/{z}/{x}/{y}.png", []),
        ("https://peta.example.id/{z}/{x}/{y}.png", ["https://peta.example.id"]),
        ("http://10.0.0.7:8080/{z}/{x}/{y}.png", ["http://10.0.0.7:8080"]),
        ("https://{s}.peta.example.id/{z}/{x}/{y}.png", ["https://*.peta.example.id"]),
    ],
)
def test_pictures_come_from_the_named_server_alone(url, hosts):
    assert tile_hosts(url) == hosts


@pytest.mark.parametrize(
    "url",
    [
        "peta",
        "https://*/{z}.png",
        "https://{h}.id/1.png",
        "//peta.id/1.png",
        "data:,",
        "https://a b/",
    ],
)
def test_what_is_no_tile_server_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="GERAK_TILE_URL"):
        tile_hosts(url)
