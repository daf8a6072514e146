"""One token in two hands: how many sockets a phone has, and what a second place raises."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from notifications import presence
from notifications.consumers.board_health import board_health
from notifications.hub import hub
from notifications.phone_sockets import PhoneSockets, is_elsewhere, place_of
from notifications.policy import STREAM
from notifications.presence import Holding, Marks, flush_presence
from notifications.services.purge import KINDS
from responders.models import SecurityFinding
from responders.services.enrolment import revoke_device
from responders.services.findings import note_finding, settle_finding
from tests.factories import T0, crew_of, make_device, make_staff, make_unit, minutes
from tests.notifications.phones import Phone, in_database, phone_on
from tests.notifications.test_stream_socket import eventually

PHONE, LATE_S = uuid4(), STREAM.copied_after_s


@dataclass(frozen=True)
class Socket:
    device_id: UUID = PHONE
    address: str = "114.10.1.1"
    agent: str = "okhttp"
    number: int = 0


def sockets(*open_at):
    """The sockets of a process: (seconds, socket)."""
    phones = PhoneSockets()
    for at_s, socket in open_at:
        phones.add(socket, at_s)
    return phones


@pytest.mark.parametrize(
    ("other", "copied"),
    [
        (Socket(agent="curl"), True),  # another program
        (Socket(address="36.80.1.1"), True),  # another network
        (Socket(address="114.10.200.9"), False),  # an operator's translation of addresses
        (Socket(address="2404:c0::1"), False),  # one phone, by IPv4 and IPv6
        (Socket(number=1), False),  # a second tab
        (Socket(address="", number=1), False),  # a socket of no network
        (Socket(device_id=uuid4(), agent="curl"), False),  # another phone
    ],
)
def test_two_sockets_that_both_live_on_are_of_one_phone_or_of_two(other, copied):
    phones = sockets((0, Socket()), (10, other))

    assert phones.copied(10 + LATE_S) == ({PHONE} if copied else set())


def test_a_phone_that_changes_its_network_is_none():
    wifi, mobile = Socket(), Socket(address="36.80.1.1")
    phones = sockets((0, wifi), (1000, mobile))

    early = phones.copied(1000 + LATE_S - 1)
    phones.remove(wifi)  # found dead meanwhile

    assert (early, phones.copied(1000 + 2 * LATE_S)) == (set(), set())


def test_a_mark_of_another_form_says_nothing():
    assert not is_elsewhere(place_of(Socket()), "written by a later release")
    assert is_elsewhere(place_of(Socket()), place_of(Socket(agent="curl")))


def test_it_is_told_once_until_the_phone_is_alone_again():
    phones = sockets((0, Socket()), (0, other := Socket(agent="curl")))
    phones.tell([PHONE])
    told = phones.copied(LATE_S)
    phones.remove(other)
    phones.add(other, 500)

    assert (told, phones.copied(500 + LATE_S)) == (set(), {PHONE})


def test_the_oldest_of_the_newcomers_place_goes():
    phones = sockets((0, honest := Socket()))
    thiefs = [Socket(address="36.80.1.1", agent="curl", number=n) for n in range(300)]

    gone = [one for thief in thiefs for one in phones.add(thief, 1)]

    kept = STREAM.sockets_per_phone_max - 1
    assert gone == thiefs[:-kept]
    assert phones.add(Socket(address="120.1.1.1"), 2) == [honest]  # itself, come back elsewhere


@in_database
def enrolled():
    return make_device(crew_of(make_unit())[0])


@in_database
def findings():
    return list(SecurityFinding.objects.values_list("kind", "device", "settled_at"))


@pytest.mark.django_db(transaction=True)
async def test_of_too_many_sockets_with_one_token_the_oldest_is_closed():
    device = await enrolled()
    phones = [await Phone(device.token).open() for _ in range(STREAM.sockets_per_phone_max)]
    await phones[-1].resume()

    async with phone_on(device.token) as newest:
        await newest.resume()
        code = await phones[0].closed_with()

        assert (code, hub().size()) == (4409, STREAM.sockets_per_phone_max)
        assert await phones[1].silent()
    for phone in phones[1:]:
        await phone.hang_up()


@pytest.mark.django_db(transaction=True)
async def test_a_copy_in_use_beside_the_phone_is_written_down_and_nobody_is_cut():
    device = await enrolled()
    async with (
        phone_on(device.token, headers=[(b"user-agent", b"Gerak/1")]) as phone,
        phone_on(device.token, headers=[(b"user-agent", b"curl/8")]) as copy,
    ):
        await phone.resume()
        await copy.resume()
        at_first = await findings()
        hub()._phones._policy = replace(STREAM, copied_after_s=0)
        await eventually(findings, [("copied_token", device.pk, None)])
        assert at_first == []
        assert await phone.silent()
        assert await copy.silent()


HERE, ELSEWHERE = Socket(), Socket(address="36.80.1.1")


class Process:
    """One server process: its own sockets, and the marks that it leaves every 15 s."""

    def __init__(self, socket, *, since):
        self.holding = Holding(place_of(socket), T0 + timedelta(seconds=since))

    def marks(self, device, *, at):
        """Mark the phone at a second; say whether it is held elsewhere too."""
        now = T0 + timedelta(seconds=at)
        marks, holding = Marks(online={device.pk}), {device.pk: self.holding}
        return flush_presence(marks, holding=holding, now=now) == {device.pk}


def marked_by_turns(one, other, *, until):
    """Let two processes mark one phone, from when each has it; return when it is seen."""
    device = make_device(crew_of(make_unit())[0])
    times = [(at, who) for who, start in (one, other) for at in range(start, until[who], 15)]
    return [at for at, who in sorted(times, key=lambda turn: turn[0]) if who.marks(device, at=at)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "first_seen"),
    [
        (ELSEWHERE, 97),
        (Socket(agent="curl"), 97),
        (Socket(address="114.10.200.9"), None),  # an operator's translation of addresses
        (HERE, None),  # a second tab
    ],
)
def test_sockets_in_two_processes_are_held_against_each_other(other, first_seen):
    one, two = Process(HERE, since=0), Process(other, since=7)
    seen = marked_by_turns((one, 0), (two, 7), until={one: 130, two: 130})

    assert (seen[0] if seen else None) == first_seen


@pytest.mark.django_db
def test_a_phone_that_changes_network_and_process_is_none():
    wifi, mobile = Process(HERE, since=0), Process(ELSEWHERE, since=600)
    found_dead = {wifi: 650, mobile: 900}  # after 50 s

    assert marked_by_turns((wifi, 0), (mobile, 600), until=found_dead) == []


@pytest.mark.django_db
def test_what_one_process_marked_before_the_database_was_away_is_old():
    device = make_device(crew_of(make_unit())[0])
    Process(HERE, since=0).marks(device, at=500)

    assert not Process(ELSEWHERE, since=505).marks(device, at=620)


@pytest.mark.django_db(transaction=True)
async def test_a_copy_on_another_process_is_written_down_and_nobody_is_cut(monkeypatch):
    monkeypatch.setattr(presence, "STREAM", replace(STREAM, copied_after_s=0))
    device = await enrolled()
    async with phone_on(device.token, headers=[(b"user-agent", b"Gerak/1")]) as phone:
        await phone.resume()
        await in_database(marked_by_another_process)(device)
        hub().presence.joined(device.pk)  # its next mark is due
        await eventually(findings, [("copied_token", device.pk, None)])
        assert await phone.silent()


def marked_by_another_process(device):
    now = datetime.now(UTC)
    holding = {device.pk: Holding(place_of(Socket(device_id=device.pk, agent="curl")), now)}
    flush_presence(Marks(online={device.pk}), holding=holding, now=now)


def amber():
    problems = board_health(datetime.now(UTC))["problems"]
    return [one["message"] for one in problems if one["code"] == "finding"]


@pytest.mark.django_db
def test_a_finding_stays_at_the_desk_until_somebody_has_looked():
    device, supervisor = make_device(crew_of(make_unit())[0]), make_staff()
    kind = SecurityFinding.Kind.COPIED_TOKEN
    first = note_finding(kind=kind, device=device, now=T0)
    again = note_finding(kind=kind, device=device, now=T0 + minutes(1))
    (finding,) = SecurityFinding.objects.all()
    shown = amber()
    settle_finding(finding=finding, actor=supervisor, now=T0 + minutes(2))
    settled = amber()
    anew = note_finding(kind=kind, device=device, now=T0 + minutes(3))

    assert (first, again, anew) == (True, False, True)
    assert (finding.found_at, finding.last_at) == (T0, T0 + minutes(1))
    assert shown == [
        "Temuan keamanan belum diperiksa: token dipakai dari dua tempat sekaligus (1)."
    ]
    assert (settled, len(amber())) == ([], 1)


@pytest.mark.django_db
def test_a_revoked_phone_needs_no_look():
    device = make_device(crew_of(make_unit())[0])
    note_finding(kind="copied_token", device=device, now=T0)
    revoke_device(device=device, actor=None, now=T0)

    assert amber() == []


@pytest.mark.django_db
def test_the_phones_page_says_it_and_a_supervisor_settles_it(client):
    device, supervisor = make_device(crew_of(make_unit())[0]), make_staff()
    note_finding(kind="copied_token", device=device, now=T0)
    finding = SecurityFinding.objects.get()
    client.force_login(supervisor)
    page = client.get(reverse("admin:responders_device_change", args=[device.pk]))
    press = reverse("admin:responders_securityfinding_press", args=[finding.pk, "settle"])
    answer = client.post(press)
    finding.refresh_from_db()

    assert "token dipakai dari dua tempat sekaligus" in page.content.decode()
    assert (answer.status_code, finding.settled_by) == (302, supervisor)


@pytest.mark.django_db
def test_a_suspicion_is_forgotten_a_year_after_it_was_last_seen():
    device = make_device(crew_of(make_unit())[0])
    note_finding(kind="copied_token", device=device, now=T0)
    (kind,) = [one for one in KINDS if one.key == "security_findings"]
    due = [kind.due(T0 + timedelta(days=days) - timedelta(days=365)).count() for days in (365, 366)]

    assert due == [0, 1]


@pytest.mark.django_db
def test_nobody_settles_what_speaks_of_them(client):
    supervisor = make_staff()
    note_finding(kind="many_reveals", person=supervisor, now=T0)
    finding = SecurityFinding.objects.get()
    client.force_login(supervisor)
    client.post(reverse("admin:responders_securityfinding_press", args=[finding.pk, "settle"]))
    finding.refresh_from_db()

    assert finding.settled_at is None
