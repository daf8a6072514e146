"""What cannot work is refused; sockets come from our own pages; the demo sees no secret."""

import pytest

from config import checks
from config.celery import refuse_worker_beside_memory
from config.demo import demo_environment
from config.same_origin import is_same_origin
from config.server import endpoint


def _ids(messages):
    return [message.id for message in messages]


def test_postgres_with_memory_is_refused(settings):
    settings.EMBEDDED = False
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.CELERY_BROKER_URL = "memory://localhost"

    assert _ids(checks.check_shape(None)) == ["gerak.E001", "gerak.E002"]


def test_one_process_with_memory_is_fine(settings):
    settings.EMBEDDED = True

    assert checks.check_shape(None) == []


def test_a_missing_push_key_is_a_warning_and_an_unreadable_one_an_error(settings, tmp_path):
    settings.GERAK_FCM_CREDENTIALS = ""
    assert _ids(checks.check_push(None)) == ["gerak.W001"]

    settings.GERAK_FCM_CREDENTIALS = str(tmp_path / "none.json")
    assert _ids(checks.check_push(None)) == ["gerak.E003"]


def test_a_worker_of_its_own_is_refused_in_the_embedded_shape(settings):
    settings.EMBEDDED = True

    with pytest.raises(SystemExit, match="separate Celery worker reaches no socket"):
        refuse_worker_beside_memory()


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        (b"http://127.0.0.1:8112", True),
        (b"https://127.0.0.1:8112", False),
        (b"http://127.0.0.1:9000", False),
        (b"http://evil.example", False),
        (b"http://127.0.0.1:8112.evil.example", False),
        (b"null", False),
        (b"file://127.0.0.1:8112", False),
        (b"http://[", False),
        (None, False),
    ],
)
def test_a_page_of_this_host_alone_may_open_a_socket(origin, same):
    headers = [(b"host", b"127.0.0.1:8112")] + ([(b"origin", origin)] if origin else [])

    assert is_same_origin({"headers": headers}) is same


def test_a_page_under_a_name_that_is_not_ours_opens_none(settings):
    settings.ALLOWED_HOSTS = ["112.example.go.id"]
    names = (b"112.example.go.id", b"evil.example", b"112.example.go.id.evil.example", b"", b"[")
    headers = [[(b"host", name), (b"origin", b"http://" + name)] for name in names]

    assert [is_same_origin({"headers": one}) for one in headers] == [True] + [False] * 4


def test_the_demo_sees_neither_database_nor_secret():
    environment = {
        "PATH": "/usr/bin",
        "DATABASE_URL": "postgres://…",
        "GERAK_DATA_DIR": "/data",
        "GERAK_SECRET_KEY": "secret",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    assert demo_environment(environment) == {"PATH": "/usr/bin"}


def test_the_endpoint_has_a_long_queue_and_takes_version_6():
    assert endpoint("127.0.0.1", 8112) == "tcp:port=8112:interface=127.0.0.1:backlog=4096"
    assert endpoint("[::1]", 8112) == r"tcp:port=8112:interface=\:\:1:backlog=4096"


@pytest.mark.parametrize("text", ["22-5", "25:00-05:00", "malam"])
def test_quiet_hours_that_are_none_are_refused(settings, text):
    settings.GERAK_QUIET_HOURS = text

    assert _ids(checks.check_delivery(None)) == ["gerak.E004"]


def test_a_gateway_wants_a_secret(settings):
    settings.GERAK_GATEWAY_URL = "https://sms.example/"

    assert _ids(checks.check_delivery(None)) == ["gerak.E005"]


@pytest.mark.parametrize("name", ["112 Kota Solok", "a.example,b.example", "<112>", "damkar&bpbd"])
def test_a_sender_that_cap_forbids_is_refused(settings, name):
    settings.GERAK_CAP_SENDER = name
    assert _ids(checks.check_cap_sender(None)) == ["gerak.E006"]

    settings.GERAK_CAP_SENDER = "112.solok.example"
    assert checks.check_cap_sender(None) == []
