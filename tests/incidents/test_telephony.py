"""The exchange's webhook: signed, in any order, twice or late; one call_id is one call."""

import hashlib
import hmac
import itertools
import json
import time

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from incidents.models import Call

pytestmark = pytest.mark.django_db
PATH = "/api/v1/telephony/calls"
EVENTS = [
    ("ringing", "2026-11-24T03:00:00Z"),
    ("answered", "2026-11-24T03:00:08Z"),
    ("ended", "2026-11-24T03:02:00Z"),
]


def tell(event, at, *, call_id="pbx-1", secret=None, t=None, **over):
    body = json.dumps(
        {"call_id": call_id, "event": event, "at": at, "caller": "0812-3456-7890"} | over
    )
    stamp = str(int(time.time()) if t is None else t)
    key = (secret or settings.GERAK_TELEPHONY_SECRET).encode()
    v1 = hmac.new(key, f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return APIClient().post(
        PATH,
        body,
        content_type="application/json",
        headers={"X-Gerak-Signature": f"t={stamp},v1={v1}"},
    )


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)))
def test_any_order_gives_the_same_call(order):
    for event, at in order:
        assert tell(event, at).status_code == 200
        assert tell(event, at).status_code == 200

    call = Call.objects.get()
    assert call.state == "ended"
    assert call.caller_number == "+6281234567890"
    assert (call.answered_at - call.ringing_at).total_seconds() == 8


def test_an_abandoned_ring_is_classified_by_itself():
    tell("ringing", "2026-11-24T03:00:00Z")
    tell("abandoned", "2026-11-24T03:00:20Z")

    call = Call.objects.get()
    assert (call.state, call.call_class) == ("abandoned", "unanswered")


def test_a_withheld_number_stays_empty():
    tell("ringing", "2026-11-24T03:00:00Z", caller=None)

    assert Call.objects.get().caller_number == ""


@pytest.mark.parametrize("case", [{"secret": "other"}, {"t": 0}, {"t": time.time() + 900}])
def test_a_bad_or_old_signature_changes_nothing(case):
    if "t" in case:
        case = {"t": int(case["t"])}
    answer = tell("ringing", "2026-11-24T03:00:00Z", **case)

    assert answer.status_code == 401
    assert Call.objects.count() == 0


@pytest.mark.parametrize("header", ["", "t=1", "t=x,v1=y", "t=١٢,v1=ab", "v1=,t=", "t=1,v1=é"])
def test_a_malformed_signature_is_401(header):
    answer = APIClient().post(PATH, {}, format="json", headers={"X-Gerak-Signature": header})

    assert answer.status_code == 401
