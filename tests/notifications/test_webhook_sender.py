"""The signed POST: what the receiver gets, and what becomes of every answer."""

import hmac
import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from incidents.views.telephony import is_signed
from notifications.senders import web_address, webhook
from notifications.senders.base import Outcome
from notifications.senders.web_address import is_public
from notifications.senders.webhook import post_signed

NOW = datetime(2026, 11, 24, 3, 0, 0, tzinfo=UTC)
BODY = b'{"kind":"test"}'


def _post(url, **over):
    return post_signed(**({"url": url, "secrets": ["s3cret"], "body": BODY, "now": NOW} | over))


def _fault(detail, **over):
    return Outcome(state="dead", detail=detail, configuration_fault=True, **over)


def test_the_receiver_gets_the_body_and_a_signature_over_time_and_body(receiver):
    outcome = _post(receiver.url + "?a=1", headers={"X-Gerak-Delivery": "17"})

    assert outcome == Outcome(state="accepted", detail="204")
    [came] = receiver.arrived
    mark = hmac.new(b"s3cret", b"1795489200." + BODY, sha256).hexdigest()
    assert (came.path, came.body) == ("/hook?a=1", BODY)
    assert came.headers["X-Gerak-Signature"] == f"t=1795489200,v1={mark}"
    assert came.headers["Content-Type"] == "application/json"
    assert came.headers["X-Gerak-Delivery"] == "17"


def test_it_is_the_signature_that_the_telephony_door_checks(receiver, settings):
    settings.GERAK_TELEPHONY_SECRET = "s3cret"
    _post(receiver.url)

    header = receiver.arrived[0].headers["X-Gerak-Signature"]
    assert is_signed(header, BODY, now_s=NOW.timestamp())
    assert not is_signed(header, BODY + b" ", now_s=NOW.timestamp())


def test_during_a_rotation_both_secrets_sign(receiver):
    _post(receiver.url, secrets=["new", "old"])

    marks = [
        hmac.new(secret, b"1795489200." + BODY, sha256).hexdigest() for secret in (b"new", b"old")
    ]
    header = receiver.arrived[0].headers["X-Gerak-Signature"]
    assert header == f"t=1795489200,v1={marks[0]},v1={marks[1]}"


@pytest.mark.parametrize(
    ("mood", "outcome"),
    [
        (200, Outcome(state="accepted", detail="200")),
        (503, Outcome(state="retry", detail="503", retry_after_s=7.0)),
        (429, Outcome(state="retry", detail="429", retry_after_s=7.0)),
        (408, Outcome(state="retry", detail="408", retry_after_s=7.0)),
        (400, _fault("400")),
        (401, _fault("401")),
        (404, _fault("404")),
        (410, _fault("410", token_dead=True)),
        (302, _fault("302")),
        ("garbage", Outcome(state="retry", detail="unreadable answer (BadStatusLine)")),
        ("drop", Outcome(state="retry", detail="no connection (RemoteDisconnected)")),
        ("huge", Outcome(state="accepted", detail="200")),
    ],
)
def test_every_answer_has_one_outcome_and_one_post(receiver, mood, outcome):
    receiver.mood = mood
    receiver.answer_headers = {"Retry-After": "7", "Location": receiver.url}

    assert _post(receiver.url) == outcome
    assert len(receiver.arrived) == receiver.connections == 1


@pytest.mark.parametrize("mood", ["hang", "drip"])
def test_a_receiver_that_never_ends_its_answer_is_hung_up_on(receiver, monkeypatch, mood):
    monkeypatch.setattr(webhook, "WALL_TIME_S", 0.4)
    receiver.mood = mood

    assert _post(receiver.url) == Outcome(state="retry", detail="no answer in time")


def test_a_resolver_that_hangs_costs_the_wall_time_and_one_place(receiver, monkeypatch):
    monkeypatch.setattr(webhook, "WALL_TIME_S", 0.2)
    monkeypatch.setattr(
        web_address.socket, "getaddrinfo", lambda *_a, **_k: receiver.released.wait(30) and []
    )

    assert _post("http://slow.example/") == Outcome(state="retry", detail="no answer in time")


def test_nobody_listening_is_tried_again(receiver):
    receiver.__exit__()

    assert _post(receiver.url).state == "retry"


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("ftp://example.org/", "not http or https"),
        ("file:///etc/passwd", "not http or https"),
        ("http://", "not http or https"),
        ("http://user:pass@example.org/", "not an address"),
        ("http://example.org\\@127.0.0.1/", "not an address"),
        ("http://example.org/a b", "not an address"),
        ("http://example.org/\r\nX: y", "not an address"),
        ("http://example.org:99999/", "not an address"),
        ("http://" + "a" * 600, "not an address"),
        ("http://127.0.0.1/", "private address"),
        ("http://localhost/", "private address"),
        ("http://2130706433/", "private address"),
        ("http://0x7f.1/", "private address"),
        ("http://[::1]/", "private address"),
        ("http://[::ffff:10.0.0.1]/", "private address"),
        ("http://169.254.169.254/latest/", "private address"),
        ("http://10.1.2.3/", "private address"),
        ("http://0.0.0.0/", "private address"),
    ],
)
def test_only_plain_public_addresses_are_posted_to(settings, url, detail):
    settings.GERAK_WEBHOOK_PRIVATE = False

    assert _post(url) == _fault(detail)


def test_a_name_with_one_private_address_among_public_ones_is_refused(settings, monkeypatch):
    settings.GERAK_WEBHOOK_PRIVATE = False
    behind = [(2, 1, 6, "", (number, 80)) for number in ("93.184.216.34", "192.168.1.1")]
    monkeypatch.setattr(web_address.socket, "getaddrinfo", lambda *_a, **_k: behind)

    assert _post("http://two-faces.example/") == _fault("private address")


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver, monkeypatch):
    """The name is resolved once: a second answer of the resolver cannot lead elsewhere."""
    asked = []

    def resolve(host, port, *_options, **_named):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(web_address.socket, "getaddrinfo", resolve)
    _post(f"http://gateway.example:{receiver.port}/hook")

    assert asked[0] == "gateway.example"
    assert set(asked[1:]) <= {"127.0.0.1"}  # what the standard library asks of a number
    assert receiver.arrived[0].headers["Host"] == f"gateway.example:{receiver.port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2404:6800:4003::1", True),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("fe80::1%eth0", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("nonsense", False),
    ],
)
def test_what_is_public(address, public):
    assert is_public(address) is public


def test_a_body_over_the_limit_is_not_sent(receiver):
    assert _post(receiver.url, body=b"x" * 300_000) == _fault("body too large")
    assert receiver.arrived == []


def test_a_certificate_of_nobody_is_refused(receiver, tmp_path):
    with _tls_server(tmp_path) as port:
        outcome = _post(f"https://127.0.0.1:{port}/")

    assert outcome == _fault("certificate refused")


def _tls_server(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "nobody.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return _TlsServer(pem)


class _TlsServer:
    def __init__(self, pem):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_args: None

    def __enter__(self):
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
