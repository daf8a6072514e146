"""Every free field of every table is either in the retention or free of personal data, with why."""

from django.apps import apps
from django.db import models

from notifications.services.purge import KINDS, days_of
from responders.retention import ROW

FREE_TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
)
ID = "an id, a digest or a hash of our own"
CONFIGURED = "set up by the city: places, agencies, types, devices, screens"
STAFF = "a staff record: kept while the journal names the person, by the city's personnel schedule"
MACHINE = "written by a machine about itself"
PUBLIC = "published to everybody before it is stored"

FREE = {
    "admin.logentry": {"object_id": ID},
    "auth.group": {"name": CONFIGURED},
    "auth.permission": {"name": CONFIGURED, "codename": CONFIGURED},
    "contenttypes.contenttype": {"app_label": MACHINE, "model": MACHINE},
    "incidents.area": dict.fromkeys(
        ("code", "name", "aliases", "postal_code", "polygon", "rings"), CONFIGURED
    ),
    "incidents.assignment": {"verdict_reason": "a code of the rule"},
    "incidents.call": {"call_id": "the exchange's id of a ring", "line": "a trunk of the exchange"},
    "incidents.chore": {"name": MACHINE},
    "incidents.clientrequest": {"body_digest": ID},
    "incidents.eventtext": {},
    "incidents.handoverentry": {"state": "a state's name"},
    "incidents.headanchor": {"hash": ID, "line": ID, "written": MACHINE},
    "incidents.incident": {"number": ID, "area_basis": "a code"},
    "incidents.incidentevent": {
        "kind": MACHINE,
        "data": "the services write ids, codes and times alone; words stand in eventtext",
        "previous_hash": ID,
        "hash": ID,
    },
    "incidents.incidenttype": dict.fromkeys(("key", "label", "label_en", "category"), CONFIGURED),
    "incidents.issuedreport": dict.fromkeys(("version", "language", "chain", "digests"), MACHINE)
    | {"public": "figures told to everybody, small counts kept back"},
    "incidents.journalhead": {"hash": ID},
    "incidents.landmark": {"name": CONFIGURED, "aliases": CONFIGURED},
    "incidents.movementproof": {"document": "digests in place of positions", "key_id": ID},
    "incidents.movementverdict": dict.fromkeys(
        ("reason", "evidence", "evidence_ids", "rule", "grade", "source_auth"), MACHINE
    ),
    "incidents.nextunit": {"why": "a code"},
    "incidents.routing": {"needs": CONFIGURED},
    "incidents.servicetoken": {"name": CONFIGURED, "digest": ID},
    "notifications.bulletin": dict.fromkeys(("key", "headline", "text", "data"), PUBLIC),
    "notifications.enginebeat": {"name": MACHINE, "detail": MACHINE},
    "notifications.notice": {"headline": "made of the type and the areas"},
    "notifications.outsidefeed": dict.fromkeys(
        ("name", "etag", "last_modified", "problem"), MACHINE
    ),
    "notifications.publicalert": dict.fromkeys(
        ("identifier", "sender", "headline", "headline_en", "content", "document", "digest"), PUBLIC
    ),
    "notifications.walllink": {"name": CONFIGURED, "digest": ID},
    "notifications.webhookattempt": {"detail": "goes with its delivery"},
    "notifications.webhooksubscription": dict.fromkeys(
        ("name", "url", "kinds", "stop_reason"), CONFIGURED
    ),
    "otp_static.staticdevice": {"name": MACHINE},
    "otp_static.statictoken": {"token": ID},
    "otp_totp.totpdevice": {
        "name": MACHINE,
        "key": "a secret of a staff account, gone with a reset",
    },
    "responders.agency": dict.fromkeys(("key", "name", "short_name", "duty_phone"), CONFIGURED),
    "responders.checkin": {"data_digest": ID, "previous_hash": ID, "hash": ID},
    "responders.device": dict.fromkeys(
        ("token_digest", "tracking_digest", "chain_head", "socket_place"), ID
    ),
    "responders.unit": {"call_sign": CONFIGURED, "capabilities": CONFIGURED},
    "responders.user": {
        "password": ID,
        "username": STAFF,
        "email": STAFF,
        "name": STAFF,
    },
}


def free_fields(model):
    return {
        field.name
        for field in model._meta.fields
        if isinstance(field, FREE_TEXT) and not field.choices
    }


def erased():
    fields = {}
    for kind in KINDS:
        fields.setdefault(kind.model._meta.label_lower, set()).update(kind.fields)
    return fields


def test_no_field_is_forgotten():
    going = erased()
    forgotten = [
        f"{model._meta.label_lower}.{name}"
        for model in apps.get_models()
        for name in sorted(free_fields(model))
        if ROW not in going.get(model._meta.label_lower, ())
        and name not in going.get(model._meta.label_lower, ())
        and name not in FREE.get(model._meta.label_lower, {})
    ]

    assert forgotten == []


def test_nothing_is_declared_that_is_not_there():
    known = {model._meta.label_lower: free_fields(model) for model in apps.get_models()}

    assert [
        f"{label}.{name}"
        for label, fields in FREE.items()
        for name in fields
        if name not in known.get(label, ())
    ] == []


def test_each_kind_has_its_own_name_and_a_limit_that_a_city_can_set():
    assert len({kind.key for kind in KINDS}) == len(KINDS)
    assert [days_of(kind, {kind.key: 7}) for kind in KINDS] == [7] * len(KINDS)
    assert all(days_of(kind, {}) >= 30 for kind in KINDS)
