"""Nobody hands out a right that they lack, nor takes over an account that holds one."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from incidents.models import ServiceToken
from responders.models import User
from responders.selectors import is_beyond
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups():
    call_command("seed", quiet=True)


def in_group(name, **over):
    user = make_staff(f"some-{name.replace(' ', '-')}", is_superuser=False, is_staff=True, **over)
    user.groups.add(Group.objects.get(name=name))
    return user


@pytest.fixture
def administrator(client):
    user = in_group("administrator")
    client.force_login(user)
    return user


def saves(client, user, **fields):
    """Save a person's page with these fields beside what stands there."""
    body = {
        "username": user.username, "name": user.name, "role": user.role, "is_active": "on",
        "is_staff": "on", "groups": [group.pk for group in user.groups.all()],
    } | fields  # fmt: skip
    return client.post(f"/admin/responders/user/{user.pk}/change/", body)


def names(user):
    return sorted(group.name for group in User.objects.get(pk=user.pk).groups.all())


def test_an_administrator_gets_no_further_group(client, administrator):
    everything = [group.pk for group in Group.objects.all()]

    saves(client, administrator, groups=everything)

    assert names(administrator) == ["administrator"]


def test_nor_gives_a_colleague_what_they_lack_themselves(client, administrator):
    colleague = make_staff("colleague", is_superuser=False, is_staff=True)
    dispatcher, administrators = (
        Group.objects.get(name=name).pk for name in ("dispatcher", "administrator")
    )

    refused = saves(client, colleague, groups=[dispatcher])
    assert refused.context["adminform"].form.has_error("groups")
    assert names(colleague) == []

    assert saves(client, colleague, groups=[administrators]).status_code == 302
    assert names(colleague) == ["administrator"]


@pytest.mark.parametrize("is_active", [True, False])
def test_a_dispatcher_can_be_shut_out_but_not_taken_over(client, administrator, is_active):
    dispatcher = in_group("dispatcher", is_active=is_active)
    password = dispatcher.password
    new = {"password1": "satu sandi yang panjang", "password2": "satu sandi yang panjang"}

    answer = client.post(f"/admin/responders/user/{dispatcher.pk}/password/", new)
    saves(client, dispatcher, is_active="", groups=[])

    dispatcher.refresh_from_db()
    assert answer.status_code == 403
    assert dispatcher.password == password
    assert names(dispatcher) == ["dispatcher"]
    assert not dispatcher.is_active


def test_a_crew_members_password_and_ones_own_are_still_set(client, administrator):
    for user in (make_staff("plain", is_superuser=False), administrator):
        new = {"password1": "satu sandi yang panjang", "password2": "satu sandi yang panjang"}

        answer = client.post(f"/admin/responders/user/{user.pk}/password/", new)

        assert answer.status_code == 302
        user.refresh_from_db()
        assert user.check_password("satu sandi yang panjang")


def test_no_token_with_more_rights_than_its_maker_has(client, administrator):
    dispatcher = in_group("dispatcher")

    client.post(
        "/admin/incidents/servicetoken/add/", {"user": dispatcher.pk, "name": "Sistem lain"}
    )
    assert not ServiceToken.objects.exists()

    client.post(
        "/admin/incidents/servicetoken/add/", {"user": administrator.pk, "name": "Sistem lain"}
    )
    assert ServiceToken.objects.get().user == administrator


def test_a_superuser_is_beyond_all_and_nobody_beyond_a_superuser():
    chief, supervisor = make_staff("chief"), in_group("supervisor")

    assert is_beyond(chief, actor=supervisor)
    assert not is_beyond(supervisor, actor=chief)
