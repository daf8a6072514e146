"""The seed: counts, the routing matrix, and that a second run changes nothing."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from config.seed.needs import NEEDS
from config.seed.seed import is_empty, seed_city
from incidents.models import Area, IncidentType, Routing
from notifications.models import Official
from responders.models import Agency, CrewShift, Unit, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def _counts():
    models = (Area, Agency, IncidentType, Routing, Unit, CrewShift, Official, Group, User)
    return {model.__name__: model.objects.count() for model in models}


def test_an_empty_database_becomes_the_city():
    assert is_empty()

    seed_city(NOW)

    assert not is_empty()
    assert _counts() == {
        "Area": 16,
        "Agency": 18,
        "IncidentType": 26,
        "Routing": 150,
        "Unit": 13,
        "CrewShift": 26,
        "Official": 15,
        "Group": 6,
        "User": 4 + 18 + 15 + 26,
    }


def test_a_second_seeding_changes_nothing_and_makes_no_password():
    first = seed_city(NOW)
    Unit.objects.filter(call_sign="Damkar 1").update(duty_status="off_duty")
    Routing.objects.filter(type__key="hewan").delete()
    city_s_own = Permission.objects.get(codename="delete_area")
    Group.objects.get(name="auditor").permissions.add(city_s_own)
    before = _counts()

    second = seed_city(NOW)

    assert len(first.passwords) == 22
    assert (second.passwords, second.rights) == ({}, {})
    assert set(second.made.values()) == {0}
    assert _counts() == before
    assert Unit.objects.get(call_sign="Damkar 1").duty_status == "off_duty"
    assert city_s_own in Group.objects.get(name="auditor").permissions.all()


def test_a_database_of_an_earlier_version_gets_the_rights_and_needs_it_did_not_know():
    seed_city(NOW)
    dispatcher = Group.objects.get(name="dispatcher")
    newer = Permission.objects.filter(codename__in=("add_note", "add_shifthandover"))
    dispatcher.permissions.remove(*newer)
    Routing.objects.update(needs=[])
    cell = Routing.objects.get(type__key="banjir", agency__key="bpbd")
    Routing.objects.filter(pk=cell.pk).update(needs=["pompa"])

    upgrade, again = seed_city(NOW), seed_city(NOW)

    assert upgrade.rights == {
        "dispatcher": ["incidents.add_note", "incidents.add_shifthandover"],
    }
    assert upgrade.made == dict.fromkeys(upgrade.made, 0) | {"needs": len(NEEDS) - 1}
    assert (again.rights, set(again.made.values())) == ({}, {0})
    assert set(newer) <= set(dispatcher.permissions.all())
    needs = {
        (one.type.key, one.agency.key): tuple(one.needs)
        for one in Routing.objects.select_related("type", "agency")
        if one.needs
    }
    assert needs == NEEDS | {("banjir", "bpbd"): ("pompa",)}


def test_the_command_says_which_group_may_do_more(capsys):
    seed_city(NOW)
    Group.objects.get(name="call taker").permissions.remove(
        Permission.objects.get(codename="add_call")
    )

    call_command("seed")

    assert capsys.readouterr().out.splitlines() == [
        "Made: nothing, all is there.",
        "The group call taker may now also: incidents.add_call.",
    ]


def test_the_routing_of_three_types_is_that_of_the_matrix():
    seed_city(NOW)

    assert _routing("kebakaran_bangunan") == {
        "lead": {"satpolpp_damkar"},
        "support": {"bpbd", "dinkes_psc119", "polres", "dishub", "pln", "pdam"},
        "informed": {"dinsos_p3a", "pmi"},
    }
    assert _routing("kecelakaan_lalin") == {
        "lead": {"dinkes_psc119"},
        "support": {"satpolpp_damkar", "polres", "dishub"},
        "informed": {"pmi", "rsud_sm", "rsud_mn"},
    }
    assert _routing("lainnya") == {"lead": set(), "support": set(), "informed": set()}


def _routing(key):
    roles = {"lead": set(), "support": set(), "informed": set()}
    for agency, role in Routing.objects.filter(type__key=key).values_list("agency__key", "role"):
        roles[role].add(agency)
    return roles


def test_every_type_but_the_open_one_has_one_lead():
    seed_city(NOW)

    leads = {
        kind.key: kind.routings.filter(role="lead").count() for kind in IncidentType.objects.all()
    }

    assert leads.pop("lainnya") == 0
    assert set(leads.values()) == {1}


def test_staff_sign_in_by_password_and_crews_and_officials_do_not():
    result = seed_city(NOW)

    dispatcher = User.objects.get(username="dispatcher")
    assert dispatcher.check_password(result.passwords["dispatcher"])
    assert dispatcher.has_perms(["incidents.add_assignment", "incidents.add_incident"])
    assert not User.objects.get(username="calltaker").has_perm("incidents.add_assignment")
    assert User.objects.get(username="admin").is_superuser
    for username in ("damkar-1-a", "camat-13.72.01", "lurah-13.72.01.1001"):
        user = User.objects.get(username=username)
        assert (user.is_staff, user.has_usable_password()) == (False, False)
    assert User.objects.get(username="operator-bpbd").agency.key == "bpbd"


def test_each_unit_has_two_on_a_standing_shift_and_each_area_its_head():
    seed_city(NOW)

    crew = CrewShift.objects.filter(unit__call_sign="BPBD TRC 1", ends_at=None)
    assert set(crew.values_list("user__username", "user__name")) == {
        ("bpbd-trc-1-a", "Petugas BPBD TRC 1 A"),
        ("bpbd-trc-1-b", "Petugas BPBD TRC 1 B"),
    }
    heads = Official.objects.filter(area__code="13.72.02.1006")
    assert list(heads.values_list("user__username", "role")) == [("lurah-13.72.02.1006", "head")]
