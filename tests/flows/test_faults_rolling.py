"""Each process of the documented deployment restarted under load, behind nginx: nothing is lost.

Asked for: `make faults`, or GERAK_TEST_KILLS=1 python -m pytest -s FILE
"""

import time
from types import SimpleNamespace

import pytest

from tests.deployment import DeployedPhone
from tests.flows.test_deployment import box  # noqa: F401  (the fixture)
from tests.flows.test_faults_production import UNITS, Load, judge
from tests.kept import asked_for
from tests.server import Desk

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(600), asked_for]

SOCKETS = "gerak112-sockets@.service"
ROUNDS = 3


class Box:
    """The deployment as a city under load sees it: one door that is never down."""

    def __init__(self, door):
        never_down = SimpleNamespace(name="server", down=[])
        self.shape = SimpleNamespace(servers=[door], kept=[never_down])
        self.desk = Desk(door)
        self.units = [self.desk.unit(name) for name in UNITS]
        self.phones = [DeployedPhone(door, unit["crew"][0]["username"]) for unit in self.units]

    def memory_mib(self):
        return 0.0


def test_restarts_behind_nginx_lose_nothing(box):  # noqa: F811
    load = Load(Box(box))
    time.sleep(3)
    for _ in range(ROUNDS):
        for instance in ("8121", "8122"):
            box.stop_one(f"gerak112-sockets@{instance}.service")
            box.run(SOCKETS, instance)
            box.wait_for(instance)
            time.sleep(3)
        box.processes["gerak112-web.service"].send_signal(1)  # ExecReload
        time.sleep(3)
    load.end()
    judge(f"{ROUNDS} rolling restarts behind nginx", load)
