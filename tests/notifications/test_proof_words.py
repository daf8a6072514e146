"""What a provider said stands in words beside the phone it was said of."""

from uuid import UUID

import pytest

from notifications.admin.proof import attempt_badge, proof_badge, reason_of
from notifications.models import Delivery, DeliveryAttempt
from responders.models import Device
from tests.factories import T0

REDMI, SAMSUNG = Device(pk=UUID(int=1), name="Redmi"), Device(pk=UUID(int=2), name="Samsung")


def attempt(state, device=None, detail=""):
    return DeliveryAttempt(channel="push", state=state, device=device, detail=detail, at=T0)


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("404 UNREGISTERED", "alamat push mati: aplikasi dihapus, atau belum mendaftar ulang"),
        (
            "400 INVALID_ARGUMENT on the address",
            "alamat push mati: aplikasi dihapus, atau belum mendaftar ulang",
        ),
        ("no phone with an address", "tidak ada ponsel yang bisa menerima push"),
        ("projects/solok/messages/7", ""),
        ("503 UNAVAILABLE", "503 UNAVAILABLE"),
    ],
)
def test_a_reason_is_told_in_words(detail, words):
    assert reason_of(detail) == words


def test_an_attempt_names_the_phone_and_why():
    said = attempt_badge(attempt("dead", REDMI, "404 UNREGISTERED"))

    assert "push: gagal (alamat push mati" in said
    assert "· Redmi ·" in said


@pytest.mark.parametrize(
    ("attempts", "words"),
    [
        ([], "belum terbukti sampai"),
        ([attempt("dead")], "gagal, tidak terbukti sampai"),
        ([attempt("dead", REDMI), attempt("accepted", SAMSUNG)], "belum terbukti sampai"),
        ([attempt("sent", REDMI), attempt("dead", REDMI)], "gagal, tidak terbukti sampai"),
    ],
)
def test_only_what_no_phone_can_still_bring_is_called_failed(attempts, words):
    assert words in proof_badge(Delivery(), attempts)


def test_a_receipt_names_its_phone_whatever_failed_before():
    delivery = Delivery(received_at=T0, received_on=REDMI)

    assert "diterima 24/11/2026 10:00:00 di Redmi" in proof_badge(delivery, [attempt("dead")])
