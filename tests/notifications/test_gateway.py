"""The city's SMS, voice and e-mail gateway gets one signed message and one id."""

import json
from datetime import UTC, datetime

import pytest

from notifications.senders import gateway
from notifications.senders.base import Outcome
from notifications.senders.gateway import Outgoing, send_outside

MESSAGE = Outgoing(
    id="0b0e6a9e-7c0f-4a6d-9d0e-1f2a3b4c5d6e",
    channel="sms",
    to={"name": "Telepon piket Damkar", "address": "0755-20113"},
    text="Gerak 112: Damkar 1: penugasan baru.",
    urgent=True,
    created_at="2026-11-24T03:00:30.000Z",
)
NOW = datetime(2026, 11, 24, 3, 0, 30, tzinfo=UTC)


@pytest.fixture
def posted(monkeypatch):
    posts = []

    def take(**how):
        posts.append(how)
        return Outcome(state="accepted", detail="202")

    monkeypatch.setattr(gateway, "post_signed", take)
    return posts


def test_it_is_posted_as_documented(posted, settings):
    settings.GERAK_GATEWAY_URL = "https://sms.example/gerak"
    settings.GERAK_GATEWAY_SECRET = "rahasia"

    outcome = send_outside(MESSAGE, now=NOW)

    (post,) = posted
    assert outcome.state == "accepted"
    assert (post["url"], post["secrets"]) == ("https://sms.example/gerak", ["rahasia"])
    assert json.loads(post["body"]) == {
        "id": MESSAGE.id,
        "channel": "sms",
        "to": MESSAGE.to,
        "text": MESSAGE.text,
        "urgent": True,
        "created_at": "2026-11-24T03:00:30.000Z",
    }


def test_without_a_gateway_the_step_is_dead_and_says_so(posted, settings):
    settings.GERAK_GATEWAY_URL = ""

    outcome = send_outside(MESSAGE, now=NOW)

    assert (outcome.state, posted) == ("dead", [])
    assert "GERAK_GATEWAY_URL" in outcome.detail
