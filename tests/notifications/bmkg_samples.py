"""Documents of the shape that BMKG publishes, written for the tests, and ways to spoil them."""

import copy
import json

QUAKE = {
    "Tanggal": "10 Agu 2026",
    "Jam": "09:12:41 WIB",
    "DateTime": "2026-08-10T02:12:41+00:00",
    "Coordinates": "-0.89,100.71",
    "Lintang": "0.89 LS",
    "Bujur": "100.71 BT",
    "Magnitude": "5.2",
    "Kedalaman": "10 km",
    "Wilayah": "Pusat gempa berada di darat 11 km Tenggara Kota Solok",
    "Potensi": "Gempa ini dirasakan untuk diteruskan pada masyarakat",
    "Dirasakan": "IV Kota Solok, III-IV Solok, II-III Padang",
    "Shakemap": "20260810091241.mmi.jpg",
}

WARNING = """<?xml version="1.0" ?>
<?xml-stylesheet type="text/xsl" href="/cap/style.xsl"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>2.49.0.1.360.0.2026.08.10.14.05.001</identifier>
  <sender>cuaca.ekstrem@bmkg.go.id</sender>
  <sent>2026-08-10T14:05:00+07:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>id</language>
    <category>Met</category>
    <event>Hujan Lebat dan Petir</event>
    <urgency>Immediate</urgency>
    <severity>Moderate</severity>
    <certainty>Observed</certainty>
    <effective>2026-08-10T14:15:00+07:00</effective>
    <expires>2026-08-10T17:15:00+07:00</expires>
    <senderName>BMKG</senderName>
    <headline>Hujan Lebat disertai Petir di Sumatera Barat</headline>
    <description>Hujan lebat disertai petir di Lubuk Sikarah.</description>
    <area>
      <areaDesc>Sumatera Barat</areaDesc>
      <polygon>-0.730,100.600 -0.730,100.700 -0.830,100.700 -0.830,100.600 -0.730,100.600</polygon>
    </area>
  </info>
</alert>"""

ITEM = """<item><title>Hujan Lebat disertai Petir di {province}</title>
<link>https://www.bmkg.go.id/alerts/nowcast/id/{code}_alert.xml</link>
<description>Hujan lebat.</description>
<guid isPermaLink="false">2.49.0.1.360.0.{code}</guid>
<pubDate>Mon, 10 Aug 2026 14:05:00 +0700</pubDate></item>"""


def quake(**over):
    """Return one entry; a value of None leaves its key out."""
    entry = copy.deepcopy(QUAKE) | over
    return {name: value for name, value in entry.items() if value is not None}


def quakes(*entries):
    """Return a document: one entry as autogempa has it, more as a list."""
    told = entries[0] if len(entries) == 1 else list(entries)
    return json.dumps({"Infogempa": {"gempa": told}}).encode()


def index(*codes, province="Sumatera Barat"):
    items = "".join(ITEM.format(code=code, province=province) for code in codes)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    ).encode()


def warning(*changes):
    """Return a warning with (old, new) replaced."""
    text = WARNING
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


# (name, document): each is refused as a whole.
BAD_QUAKES = [
    ("empty", b""),
    ("html", b"<html>502 Bad Gateway</html>"),
    ("cut", quakes(QUAKE)[:-40]),
    ("not utf-8", b'{"Infogempa": {"gempa": {"Wilayah": "\xff\xfe"}}}'),
    ("null", b"null"),
    ("list", b"[]"),
    ("number", b"7"),
    ("no Infogempa", b"{}"),
    ("Infogempa is text", b'{"Infogempa": "x"}'),
    ("no gempa", b'{"Infogempa": {}}'),
    ("gempa is text", b'{"Infogempa": {"gempa": "x"}}'),
    ("gempa is empty", b'{"Infogempa": {"gempa": []}}'),
    ("gempa holds text", b'{"Infogempa": {"gempa": ["x"]}}'),
    ("NaN", b'{"Infogempa": {"gempa": {"Magnitude": NaN}}}'),
    ("deep", b"[" * 100_000 + b"]" * 100_000),
    ("huge number", b'{"Infogempa": {"gempa": ' + b"9" * 10_000 + b"}}"),
    ("huge", b" " * 600_000 + quakes(QUAKE)),
    ("many", quakes(*[QUAKE] * 61)),
    ("no DateTime", quakes(quake(DateTime=None))),
    ("DateTime is a number", quakes(quake(DateTime=1786327961))),
    ("DateTime without zone", quakes(quake(DateTime="2026-08-10T02:12:41"))),
    ("DateTime in words", quakes(quake(DateTime="10 Agu 2026 09:12:41 WIB"))),
    ("DateTime of year 1", quakes(quake(DateTime="0001-01-01T00:00:00+14:00"))),
    ("no Coordinates", quakes(quake(Coordinates=None))),
    ("Coordinates is a list", quakes(quake(Coordinates=[-0.89, 100.71]))),
    ("Coordinates with three", quakes(quake(Coordinates="-0.89,100.71,10"))),
    ("Coordinates off the earth", quakes(quake(Coordinates="-95.0,100.71"))),
    ("Coordinates swapped", quakes(quake(Coordinates="100.71,-0.89"))),
    ("Coordinates in words", quakes(quake(Coordinates="0.89 LS, 100.71 BT"))),
    ("Coordinates nan", quakes(quake(Coordinates="nan,nan"))),
    ("no Magnitude", quakes(quake(Magnitude=None))),
    ("Magnitude is a number", quakes(quake(Magnitude=5.2))),
    ("Magnitude is true", quakes(quake(Magnitude=True))),
    ("Magnitude negative", quakes(quake(Magnitude="-5.2"))),
    ("Magnitude over ten", quakes(quake(Magnitude="52"))),
    ("Magnitude zero", quakes(quake(Magnitude="0"))),
    ("Magnitude in words", quakes(quake(Magnitude="lima"))),
    ("Kedalaman without unit", quakes(quake(Kedalaman="10"))),
    ("Kedalaman is an object", quakes(quake(Kedalaman={"km": 10}))),
    ("no Wilayah", quakes(quake(Wilayah=None))),
    ("Wilayah is blank", quakes(quake(Wilayah="   "))),
    ("Wilayah is huge", quakes(quake(Wilayah="x" * 500))),
    ("Wilayah with control characters", quakes(quake(Wilayah="Solok\x1b[31m"))),
    ("Potensi is a list", quakes(quake(Potensi=["tsunami"]))),
    ("Dirasakan is huge", quakes(quake(Dirasakan="IV Solok, " * 60))),
]
POLYGON = "-0.730,100.600 -0.730,100.700 -0.830,100.700 -0.830,100.600 -0.730,100.600"
BAD_WARNINGS = [
    ("empty", b""),
    ("cut", warning()[:-30]),
    ("html", b"<html><body>404</body></html>"),
    ("another namespace", warning(("cap:1.2", "cap:1.1"))),
    (
        "entity bomb",
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><alert>&c;</alert>',
    ),
    (
        "external entity",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><alert>&b;</alert>',
    ),
    ("huge", warning(("Hujan lebat disertai", "x" * 600_000))),
    ("unknown encoding", warning(('version="1.0" ', 'version="1.0" encoding="klingon"'))),
    (
        "no identifier",
        warning(("<identifier>2.49.0.1.360.0.2026.08.10.14.05.001", "<identifier>")),
    ),
    ("no sent", warning(("<sent>2026-08-10T14:05:00+07:00</sent>", ""))),
    ("sent without zone", warning(("14:05:00+07:00", "14:05:00"))),
    ("no info", warning(("info>", "other>"))),
    ("severity of nobody", warning(("Moderate", "Terrible"))),
    ("severity missing", warning(("<severity>Moderate</severity>", ""))),
    ("status of nobody", warning(("Actual", "Real"))),
    ("expires before sent", warning(("T17:15:00", "T09:15:00"))),
    ("expires in words", warning(("2026-08-10T17:15:00+07:00", "nanti"))),
    (
        "headline missing",
        warning(("<headline>Hujan Lebat disertai Petir di Sumatera Barat", "<headline>")),
    ),
    ("polygon open", warning((POLYGON, POLYGON.rpartition(" ")[0]))),
    ("polygon of two points", warning((POLYGON, "-0.7,100.6 -0.7,100.6"))),
    ("polygon with words", warning((POLYGON, "satu,dua tiga,empat lima,enam satu,dua"))),
    ("polygon swapped", warning((POLYGON, "100.6,-0.73 100.7,-0.73 100.7,-0.83 100.6,-0.73"))),
    ("polygon of many points", warning((POLYGON, "-0.7,100.6 " * 6_000))),
]
BAD_INDEXES = [
    ("empty", b""),
    ("json", b"{}"),
    ("cap instead", warning()),
    ("no channel", b"<rss></rss>"),
    ("too many", index(*[f"CSB{number:05}" for number in range(80)])),
    ("entity", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel>&a;</channel></rss>'),
]
