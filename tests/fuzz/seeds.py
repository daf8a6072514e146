"""What each reader understands, for the fuzzer to begin with: one input a target, or several."""

ID = "6f1b7a52-8f7e-4b0e-9a4e-3f2b5c6d7e8f"
FIX = (
    f'{{"id":"{ID}","recorded_at":"2026-11-24T11:59:00.000Z","lat":-0.79,"lon":100.65,'
    '"accuracy_m":8.5,"speed_mps":3,"heading_deg":10,"altitude_m":390,"battery_pct":80,'
    '"is_mock":false,"source":"gps"}'
)
QUERY = "id=x&lat=-0.79&lon=100.65&timestamp=1795521600&speed=3&bearing=10&accuracy=8&batt=80"
RMC = "$GPRMC,104405.00,A,0047.4000,S,10039.0000,E,3.0,10.0,241126,,*1A"
OWNTRACKS = '{"_type":"location","lat":-0.79,"lon":100.65,"tst":1795521600,"acc":8,"batt":80}'
FEATURE = (
    '{"type":"Feature","geometry":{"type":"Point","coordinates":[100.65,-0.79]},'
    '"properties":{"timestamp":"2026-11-24T10:04:05Z","horizontal_accuracy":8,"speed":3}}'
)
QUAKE = (
    '{"Infogempa":{"gempa":{"Tanggal":"24 Nov 2026","Jam":"10:04:05 WIB",'
    '"DateTime":"2026-11-24T03:04:05+00:00","Coordinates":"-0.79,100.65","Lintang":"0.79 LS",'
    '"Bujur":"100.65 BT","Magnitude":"5.1","Kedalaman":"10 km","Wilayah":"Solok",'
    '"Potensi":"Tidak berpotensi tsunami","Dirasakan":"III Solok, II Padang"}}}'
)
WARNING = (
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>x</identifier>'
    "<sender>bmkg</sender><sent>2026-11-24T10:00:00+07:00</sent><status>Actual</status>"
    "<msgType>Alert</msgType><scope>Public</scope><info><language>id-ID</language>"
    "<category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency>"
    "<severity>Moderate</severity><certainty>Observed</certainty>"
    "<expires>2026-11-24T12:00:00+07:00</expires><headline>Hujan</headline>"
    "<description>Hujan</description><area><areaDesc>Sumbar</areaDesc>"
    "<polygon>-0.7,100.6 -0.8,100.6 -0.8,100.7 -0.7,100.6</polygon></area></info></alert>"
)
INDEX = (
    '<rss version="2.0"><channel><lastBuildDate>Tue, 24 Nov 2026 10:00:00 +0700</lastBuildDate>'
    "<item><title>Hujan</title><link>https://www.bmkg.go.id/alerts/nowcast/id/CSB20261124001.xml"
    "</link><pubDate>Tue, 24 Nov 2026 10:00:00 +0700</pubDate></item></channel></rss>"
)
PROOF = (
    f'{{"version":1,"assignment":"{ID}","incident":"SLK-1","unit":"Damkar 1","rule":{{"name":"x",'
    '"version":1,"parameters":{}},"dispatched_at":"2026-11-24T10:00:00.000Z",'
    '"move_by":"2026-11-24T10:10:00.000Z","moved_at":null,"known_at":"2026-11-24T10:10:00.000Z",'
    '"verdict":"stationary","reason":"","evidence":[],"supersedes":null,'
    '"issued_at":"2026-11-24T10:11:00.000Z","key_id":"k","signature":"AAAA"}'
)
RING = '{"call_id":"x","event":"ringing","at":"2026-11-24T10:00:00Z","caller":"08123456789"}'

SEEDS: dict[str, tuple[str, ...]] = {
    "check_ins": (
        f'{{"check_ins":[{FIX}],"sent_at":"2026-11-24T12:00:00Z","server_time_seen":'
        '{"server_time":"2026-11-24T11:00:00Z","at":"2026-11-24T11:00:01+07:00"}}',
    ),
    "osmand": (
        QUERY,
        "\n" + f'{{"location":{{"coords":{FIX},"timestamp":"2026-11-24T10:00:00Z"}}}}',
    ),
    "gpslogger": (QUERY, f"id=x&gprmc={RMC}"),
    "owntracks": ("\n" + OWNTRACKS, f"u=a&d=b\n[{OWNTRACKS}]"),
    "overland": (f'\n{{"locations":[{FEATURE}],"current":{FEATURE}}}', QUERY),
    "socket_frame": ('{"type":"status","unsent":3,"oldest":"2026-11-24T10:00:00Z"}',),
    "secrets": ("Bearer gd1_" + "A" * 43, "ABCDE-12345", "gt1-abcde-01234-abcde-01234"),
    "phone_number": ("0812 3456-7890", "+62 (752) 20112;ext=5", "tel:112"),
    "wire_time": ("2026-11-24T10:04:05.123+07:00", "2026-11-24T10:04:05Z"),
    "cursor": ("MjAyNi0xMS0yNFQwMzowMDowMCswMDowMCA2ZjFiN2E1Mg", "bz0xJnA9MjAyNi0xMS0yNA=="),
    "quakes": (QUAKE,),
    "warnings": (INDEX, WARNING),
    "proof": (PROOF, '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":"AAAA"}]}'),
    "exchange": (RING, "t=1795521600,v1=00"),
    "gps_score": (f"[{FIX},{FIX.replace('100.65', '100.66').replace('11:59', '11:58')}]",),
}
