"""A refusal outside DRF: a page for people, a problem for machines, one line in the log."""

import logging

import pytest
from django.contrib.auth.models import Permission
from django.template.loader import render_to_string
from django.urls import reverse

from config.log_lines import OneLineBelowError
from config.refusal_pages import server_error
from responders.models import User
from tests.factories import make_device, make_staff, make_user

pytestmark = pytest.mark.django_db


def sign_in(client, *permissions):
    staff = make_staff(is_superuser=False, is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(staff)


def test_a_browser_gets_a_page_with_a_way_back(client):
    sign_in(client)
    answers = [client.get("/nowhere"), client.get(reverse("admin:responders_agency_changelist"))]

    assert [answer.status_code for answer in answers] == [404, 403]
    for answer in answers:
        assert answer["Content-Type"].startswith("text/html")
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert f'href="{reverse("admin:index")}"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/api/nowhere", "/ws/nowhere", "/.well-known/nowhere"])
def test_a_machine_gets_a_problem(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_our_own_fault_has_both_faces_too(rf):
    assert server_error(rf.get("/admin/")).content.decode() == render_to_string("500.html")
    assert server_error(rf.get("/api/v1/me"))["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("level", "kept"), [(logging.WARNING, False), (logging.ERROR, True)])
def test_only_an_error_keeps_its_traceback(level, kept):
    error = ValueError("x")
    info = (ValueError, error, None)
    record = logging.LogRecord("django.request", level, "", 0, "Not Found", (), info)

    assert OneLineBelowError().filter(record)
    assert (record.exc_info is not None) is kept


def test_a_name_is_a_link_only_for_whoever_may_open_it(client):
    device = make_device(make_user(name="Rahmat"))
    page = reverse("admin:responders_device_change", args=[device.pk])
    person = reverse("admin:responders_user_change", args=[device.user_id])

    sign_in(client, "view_device")
    plain = client.get(page).content.decode()
    sign_in(client, "view_device", "view_user")
    linked = client.get(page).content.decode()

    assert "Rahmat" in plain
    assert person not in plain
    assert f'href="{person}"' in linked


def test_crew_is_added_without_a_password_and_staff_is_not(client):
    client.force_login(make_staff(is_staff=True))
    for name, role in (("anton", "crew"), ("lurah1", "official"), ("budi", "staff")):
        form = {"username": name, "name": name, "role": role, "usable_password": "true"}
        client.post(reverse("admin:responders_user_add"), form)

    made = {user.username: user for user in User.objects.filter(username__in=["anton", "lurah1"])}
    assert not any(user.has_usable_password() for user in made.values())
    assert len(made) == 2
    assert not User.objects.filter(username="budi").exists()
