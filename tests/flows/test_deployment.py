"""docs/deploy/ as it stands, really started: nginx, two socket processes, pages, worker, beat."""

import json
import re
from contextlib import ExitStack
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, build_opener
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from tests.deployment import (
    DeployedPhone,
    Deployment,
    missing_programs,
    redis,
    unit_lines,
    until,
)
from tests.postgres import NoPostgres, private_cluster
from tests.server import Desk

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    if missing := missing_programs():
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("box")
    with ExitStack() as running:
        try:
            database_url = running.enter_context(private_cluster())
        except NoPostgres as reason:
            pytest.skip(str(reason))
        box = Deployment(folder, database_url, running.enter_context(redis(folder)))
        running.callback(box.stop)
        yield box.start()


@pytest.fixture(scope="module")
def desk(box):
    return Desk(box)


@pytest.fixture
def crew(box, desk):
    """A crew with a phone that came in through nginx."""
    unit = next(
        one for one in desk.call("GET", "units")[1]["results"] if one["status"] == "available"
    )
    return unit, DeployedPhone(box, unit["crew"][0]["username"])


def _signed_in(box, username):
    """Return a browser that signed in at the admin."""
    logins = dict(
        line.split()
        for line in (box.folder / "data" / "logins.txt").read_text().splitlines()
        if len(line.split()) == 2
    )
    cookies = CookieJar()
    browser = build_opener(HTTPSHandler(context=box.trust), HTTPCookieProcessor(cookies))
    page = browser.open(f"{box.origin}/admin/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    form = {"username": username, "password": logins[username], "csrfmiddlewaretoken": token}
    body = urlencode(form | {"next": "/admin/papan/"}).encode()
    answer = browser.open(box.request("POST", "/admin/login/", body))
    return answer, cookies


def test_a_dispatcher_signs_in_and_the_board_follows(box):
    answer, cookies = _signed_in(box, "dispatcher")

    assert (answer.status, answer.url) == (200, f"{box.origin}/admin/papan/")
    assert all(cookie.secure for cookie in cookies)
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    pairs = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
    headers = {"Cookie": pairs, "Origin": box.origin}
    with box.socket("/ws/board/", additional_headers=headers) as board:
        assert json.loads(board.recv(timeout=10))["type"] == "snapshot"


def test_what_a_page_process_records_reaches_phones_on_both_socket_processes(box, desk, crew):
    unit, first = crew
    second = DeployedPhone(box, unit["crew"][0]["username"])
    first.listen()
    second.listen()  # the other process: the site sends to the one with fewer connections

    assignment = desk.sends(unit, desk.opens())[1]

    for phone in (first, second):
        assert phone.waits_for("assignment.dispatched")["data"]["id"] == assignment["id"]
    log = (box.folder / "gerak112.access.log").read_text
    first.socket.close()
    second.socket.close()
    until(lambda: len(set(re.findall(r"/ws/stream/ 101 .* (\S+)$", log(), re.M))) == 2)
    desk.call("POST", f"assignments/{assignment['id']}/cancel", {"reason": "uji"})


def test_a_check_in_passes_and_is_stored(box, crew):
    _unit, phone = crew
    now = datetime.now(UTC).isoformat()
    one = {"id": str(uuid4()), "recorded_at": now, "lat": -0.8, "lon": 100.65, "accuracy_m": 5}

    status, body = phone.call("POST", "/api/v1/check-ins", {"check_ins": [one]})

    assert (status, [row["status"] for row in body["results"]]) == (200, ["stored"])
    assert [row["id"] for row in phone.call("GET", "/api/v1/check-ins")[1]["check_ins"]] == [
        one["id"]
    ]
    form = f"/api/osmand/?id={phone.token}&lat=-0.8&lon=100.65&timestamp={now[:19]}Z"
    assert box.call("POST", form)[0] in (200, 401)
    assert phone.token not in box.log()


def test_static_files_come_from_nginx_and_the_figures_do_not_leave_the_box(box):
    page = box.open(box.request("GET", "/admin/login/", None)).read().decode()
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)[1]

    answer = box.open(box.request("GET", sheet, None))

    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css"
    with pytest.raises(HTTPError, match="404"):
        box.open(box.request("GET", "/metrics", None))


def test_the_pages_are_asked_for_a_static_file_that_nginx_cannot_see(box):
    """As before containers, whose files lie in the image."""
    with pytest.raises(HTTPError, match="404") as told:
        box.open(box.request("GET", "/static/nowhere.css", None))

    assert "Content-Security-Policy" in told.value.headers


def test_too_large_a_body_is_refused_and_a_photo_is_not(box, crew):
    _unit, phone = crew
    large = b"x" * (3 * 1024 * 1024)

    status, problem = phone.call("POST", "/api/v1/check-ins", large)

    assert (status, problem["status"], problem["code"]) == (413, 413, "too_large")
    with pytest.raises(HTTPError) as refused:
        box.open(box.request("POST", "/api/v1/check-ins", large))
    assert refused.value.headers["Content-Type"] == "application/problem+json"
    assert phone.call("POST", f"/api/v1/assignments/{uuid4()}/photos", large)[0] != 413


def test_a_rolling_restart_serves_a_phone_all_along(box, desk, crew):
    unit, phone = crew
    phone.listen()

    for instance in ("8121", "8122"):
        box.stop_one(f"gerak112-sockets@{instance}.service")
        assignment = desk.sends(unit, desk.opens())[1]
        _hears_though_closed(phone, assignment["id"])
        assert phone.call("POST", "/api/v1/check-ins", {"check_ins": []})[0] == 200
        box.run("gerak112-sockets@.service", instance)
        box.wait_for(instance)
        desk.call("POST", f"assignments/{assignment['id']}/cancel", {"reason": "uji"})


def _hears_though_closed(phone, assignment_id):
    """Hear of an assignment, coming back where the socket was closed for a restart."""
    codes = set()
    for _try in range(3):
        try:
            until(lambda: _heard(phone, assignment_id))
        except ConnectionClosed as closed:
            codes.add(closed.rcvd.code if closed.rcvd else None)
            phone.listen()
        else:
            break
    assert codes <= {1012}
    assert _heard(phone, assignment_id)


def _heard(phone, assignment_id):
    if any(event["data"].get("id") == assignment_id for event in phone.events):
        return True
    phone.hear()
    return False


def test_new_code_is_taken_by_the_page_process_without_losing_a_request(box):
    box.processes["gerak112-web.service"].send_signal(1)  # ExecReload

    answers = [box.call("GET", "/admin/login/")[0] for _ in range(20)]

    assert answers == [200] * 20


def test_a_socket_process_whose_port_is_taken_ends_and_is_started_again_by_systemd(box):
    """It must not stay alive and deaf: a leftover may hold the port for a while."""
    unit, name = "gerak112-sockets@.service", "gerak112-sockets@8121.service"
    first = box.processes[name]
    box.run(unit, "8121")
    second, box.processes[name] = box.processes[name], first

    assert second.wait(timeout=90) != 0
    assert box.call("GET", "/healthz")[0] == 200
    assert ("Restart", "always") in unit_lines(unit)


def test_the_deployment_passes_its_own_doctor(box):
    lines = box.manage_all("doctor")

    assert not [line for line in lines if line.startswith("bad")]
    assert Path(box.folder / "static" / "staticfiles.json").exists()
