"""The flood of November 2025: nine lurah and both camat know within five seconds, nobody else.

The seconds are held where they are asked for (GERAK_TEST_KILLS), on a machine that does nothing
else; the suite holds who is told, and prints how soon.
"""

import time

import pytest

from tests.kept import LONG
from tests.notifications.test_notice_reach import FLOODED
from tests.server import Desk, Phone, Server

pytestmark = pytest.mark.embedded

TOLD_S = 5.0 if LONG else 60.0
CAMAT = ("camat-13.72.01", "camat-13.72.02")
DRY = "lurah-13.72.01.1007"


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path).start()
    yield server
    server.stop()


def test_all_offices_of_the_flood_are_told_and_a_dry_one_is_not(server):
    desk = Desk(server)
    offices = [*(f"lurah-{code}" for code in FLOODED), *CAMAT, DRY]
    phones = {office: Phone(server, office) for office in offices}
    for phone in phones.values():
        phone.listen()

    opened_at = time.monotonic()
    desk.opens(type="banjir", areas=list(FLOODED), lat=-0.7925, lon=100.6562)
    told = {
        office: phone.waits_for("notice.issued", TOLD_S - (time.monotonic() - opened_at))
        for office, phone in phones.items()
        if office != DRY
    }
    told_s = time.monotonic() - opened_at
    print(f"flood: {len(told)} offices told {told_s:.2f} s after the incident was opened")

    assert len(told) == 11
    assert {event["data"]["type"] for event in told.values()} == {"banjir"}
    assert "dipilih dispatcher" in told["lurah-13.72.01.1004"]["data"]["basis_text"]
    areas = [area["code"] for area in told["camat-13.72.02"]["data"]["areas"]]
    assert areas == [code for code in FLOODED if code.startswith("13.72.02")]
    assert phones[DRY].call("GET", "/api/v1/events?after=0")[1]["events"] == []
    assert phones[DRY].call("GET", "/api/v1/notices")[1]["results"] == []
