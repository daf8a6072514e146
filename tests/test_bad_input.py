"""Malformed, oversized and foreign input at every door of the OpenAPI document: never a 500.

Schemathesis makes the requests from the document, good and bad ones, and asks a real server as the
caller that each door expects; every answer must be one that the document names.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from responders.wire_time import to_wire
from tests.server import Desk, Phone, Server

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
CHECKS = (not_a_server_error, response_schema_conformance, status_code_conformance)
pytestmark = pytest.mark.embedded
NOT_THE_WIRE = "schema|healthz|readyz|metrics|me/device"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A running server with one of everything, and a token for each kind of caller."""
    server = Server(tmp_path_factory.mktemp("bad-input"), GERAK_THROTTLE="1000000/min").start()
    desk = Desk(server, "admin")
    unit = desk.unit("Damkar 1")
    incident = desk.opens(lat=-0.800065, lon=100.64983)
    assignment = desk.sends(unit, incident)[1]
    server.rings("pbx-1", "ringing", to_wire(datetime.now(UTC)))
    crew = Phone(server, unit["crew"][0]["username"])
    alert = {"id": str(uuid4()), "kind": "backup", "at": to_wire(datetime.now(UTC))}
    crew.call("POST", "/api/v1/alerts", alert)
    yield {
        "server": server,
        "base_url": f"http://127.0.0.1:{server.port}",
        "assignment_id": assignment["id"],
        "incident_id": incident["id"],
        "call_id": "pbx-1",
        "alert_id": alert["id"],
        "crew": crew.token,
        "official": Phone(server, "lurah-13.72.01.1004").token,
        "desk": desk.token,
    }
    server.stop()


def caller_of(path):
    if "/desk/" in path:
        return "desk"
    return "official" if "/notices" in path else "crew"


@schema.exclude(path_regex=NOT_THE_WIRE).parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_door_breaks(case, world):
    for name in ("assignment_id", "incident_id", "call_id", "alert_id"):
        if name in case.path_parameters:
            case.path_parameters[name] = world[name]
    if "enrol" not in case.path:
        case.headers["Authorization"] = f"Bearer {world[caller_of(case.path)]}"

    answer = case.call(base_url=world["base_url"])

    case.validate_response(answer, checks=CHECKS)
    assert answer.status_code < 500, urlsplit(answer.request.url).path


def test_the_server_is_well_after_all_that(world):
    assert world["server"].call("GET", "/readyz")[0] == 200
    assert world["server"].call("GET", "/api/v1/me", token=world["crew"])[0] == 200
    assert "Traceback" not in world["server"].log()
