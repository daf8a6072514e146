"""The figures on a page: who may see them, what a reader may ask, what the public is told."""

import pytest
from django.contrib.auth.models import Group, Permission

from config.seed.groups import GROUPS
from incidents.reports.open_tables import open_tables
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import month_of, report_on
from incidents.services.reports import issue_report
from tests.factories import (
    T0,
    make_assignment,
    make_incident,
    make_staff,
    make_type,
    minutes,
)

pytestmark = pytest.mark.django_db
START, END = month_of(T0.date())
PAGE = "/admin/laporan/?first=2026-11-01&last=2026-11-30"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def in_group(client, name):
    group = Group.objects.create(name=name)
    codenames = [codename.split(".")[1] for codename in GROUPS[name]]
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    user = make_staff(is_superuser=False)
    user.groups.add(group)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("group", "status"),
    [("supervisor", 200), ("auditor", 200), ("administrator", 200), ("operator", 403),
     ("call taker", 403), ("dispatcher", 403)],
)  # fmt: skip
def test_the_figures_are_for_those_who_answer_for_the_room(client, group, status):
    assert in_group(client, group).get(PAGE).status_code == status


def test_the_page_shows_the_ten_minutes_beside_the_desks_own_and_every_breach(client):
    make_assignment(now=T0)
    page = in_group(client, "supervisor").get(PAGE).content.decode()
    assert page.index("waktu olah") < page.index("bukti bergerak")
    assert "Pelanggaran sepuluh menit" in page
    assert "Jumlah cocok" in page


def test_a_span_of_ones_own_gets_no_name_that_is_not_its_own(client):
    make_assignment(now=T0)
    page = in_group(client, "auditor").get(f"{PAGE}&start=dispatch&end=action").content.decode()
    assert "regu dikirim → tindakan pertama" in page


@pytest.mark.parametrize(
    "asked",
    ["first=2026-11-09&last=2026-11-01", "first=2020-01-01&last=2026-11-01", "first=x",
     "area=nowhere", "start=call"],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_answered_with_words(client, asked):
    answer = in_group(client, "auditor").get(f"/admin/laporan/?{asked}")
    assert answer.status_code == 400
    assert "errornote" in answer.content.decode()


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_the_page_comes_as_a_file_too(client, kind):
    answer = in_group(client, "auditor").get(f"{PAGE}&format={kind}")
    assert answer.status_code == 200
    assert f".{kind}" in answer.headers["Content-Disposition"]


def test_queries_do_not_grow_with_the_cases(client, django_assert_max_num_queries):
    in_group(client, "auditor")
    make_assignment(now=T0)
    client.get(PAGE)
    for n in range(5):
        make_assignment(now=T0 + minutes(n))
    with django_assert_max_num_queries(40):
        client.get(PAGE)


def test_the_public_sees_issued_months_alone(client):
    make_incident()
    assert "malam setelah bulan ini berakhir" in client.get("/transparansi/").content.decode()
    issue_report(start=START, end=END, actor=None, now=T0 + minutes(9))
    page = client.get("/transparansi/").content.decode()
    assert "2026-11" in page
    assert client.get("/transparansi/2026-11/data.csv").status_code == 200
    assert client.get("/transparansi/2026-10/").status_code == 404
    assert client.get("/transparansi/2026-10/data.csv").status_code == 404


def test_a_small_count_is_kept_back_and_cannot_be_worked_out_from_the_sum():
    for key, count in (("banjir", 6), ("kebakaran", 7), ("ular", 2)):
        for _ in range(count):
            make_incident(type=make_type(key, label=key))
    report = report_on(start=START, end=END)
    tables = {one.key: one for one in open_tables(report, names_for(report, inside=False))}
    assert dict(tables["types"].rows) == {"banjir": "ditutup", "kebakaran": 7, "ular": "ditutup"}
    assert {"takers", "days", "breaches"}.isdisjoint(tables)


def test_the_public_figures_are_read_in_either_language_and_say_what_is_an_example(
    client, settings
):
    settings.DEMO = True
    page = client.get("/transparansi/?bahasa=en").content.decode()
    assert '<html lang="en">' in page
    assert "112 in figures" in page
    assert 'href="?bahasa=id"' in page
    assert "g-public-demo" in page
    assert '<html lang="id">' in client.get("/transparansi/?bahasa=id").content.decode()


def test_a_month_issued_by_earlier_definitions_says_that_it_was_drawn_anew(client):
    make_assignment(now=T0)
    issued = issue_report(start=START, end=END, actor=None, now=END)
    said = "angka ini ditarik ulang dengan definisi sekarang"
    assert said not in client.get("/transparansi/2026-11/data.csv").content.decode()

    earlier = type(issued)(version="1", **{
        name: getattr(issued, name)
        for name in ("starts_at", "ends_at", "language", "chain", "digests", "issued_at")
    }, up_to_seq=issued.up_to_seq + 1)  # fmt: skip
    earlier.save()

    told = client.get("/transparansi/2026-11/data.csv").content.decode()
    assert f"dengan definisi versi 1; {said}" in told
