"""The access log: an entry stands before the data is shown, and no hand changes it afterwards."""

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.seed.groups import GROUPS
from responders.models import AccessEntry, User
from responders.requests import address_of
from responders.services.access import record_access
from tests.factories import T0, make_staff, make_user

CHANGELIST = "admin:responders_accessentry_changelist"


def look(actor, subject, **over):
    fields = {"action": "reveal", "what": _("nomor pelapor"), "now": T0} | over
    return record_access(actor=actor, subject=subject, **fields)


@pytest.mark.django_db
def test_a_look_is_written_down_whole():
    actor, subject = make_staff(), make_user()

    entry = look(actor, subject, reason="ditelepon kembali", address="10.0.0.7")

    assert AccessEntry.objects.values().get() == {
        "id": entry.pk,
        "at": T0,
        "actor_id": actor.pk,
        "action": "reveal",
        "subject_kind": "responders.user",
        "subject_id": str(subject.pk),
        "what": "nomor pelapor",
        "reason": "ditelepon kembali",
        "address": "10.0.0.7",
    }


@pytest.mark.django_db
def test_a_search_names_the_kind_and_no_row():
    entry = look(make_staff(), User, action="search")

    assert (entry.subject_kind, entry.subject_id) == ("responders.user", "")


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_that_may_roll_back_it_refuses():
    actor = make_staff()

    with pytest.raises(RuntimeError), transaction.atomic():
        look(actor, actor)

    assert not AccessEntry.objects.exists()


@pytest.mark.django_db
def test_the_database_refuses_to_change_an_entry():
    entry = look(make_staff(), User)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccessEntry.objects.filter(pk=entry.pk).update(what="lain")

    assert AccessEntry.objects.get(pk=entry.pk).what == "nomor pelapor"


@pytest.mark.django_db
def test_the_page_shows_the_log_and_offers_no_change(client):
    reader = make_staff(name="Bu Auditor")
    entry = look(reader, reader)
    client.force_login(reader)

    listed = client.get(reverse(CHANGELIST))
    page = client.get(reverse("admin:responders_accessentry_change", args=[entry.pk]))
    added = client.get(reverse("admin:responders_accessentry_add"))

    assert (listed.status_code, page.status_code, added.status_code) == (200, 200, 403)
    assert "nomor pelapor" in listed.text
    assert 'name="_save"' not in page.text
    desk = admin.site.get_model_admin(AccessEntry)
    assert not desk.has_delete_permission(RequestFactory().get("/"))


def test_auditor_and_supervisor_read_it_and_nobody_may_write():
    holders = {
        name: {p for p in permissions if p.endswith("_accessentry")}
        for name, permissions in GROUPS.items()
    }

    assert {name: found for name, found in holders.items() if found} == {
        "supervisor": {"responders.view_accessentry"},
        "auditor": {"responders.view_accessentry"},
    }


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "", "10.0.0.2"),
        (False, "1.2.3.4", "10.0.0.2"),
        (True, "", "10.0.0.2"),
        (True, "1.2.3.4, 192.168.7.9", "192.168.7.9"),
    ],
)
def test_only_our_own_proxy_says_where_somebody_comes_from(
    settings, behind_proxy, forwarded, address
):
    settings.BEHIND_PROXY = behind_proxy
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.2", headers=headers)

    assert address_of(request) == address
