"""The demo's process: simulated crews that know of the server what a phone knows, and no more.

It gets an address, a service token and enrolment codes on its standard input; of our environment
it keeps nothing that leads to the database.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connections

from incidents.services.service_tokens import issue_service_token
from responders.models import Agency, CrewShift, User
from responders.services.enrolment import issue_code

logger = logging.getLogger(__name__)

MARK = "demo"
STARTS_MAX = 3
RESTART_WAIT_S = 5.0
END_S = 3.0
DEMO_STAFF = "dispatcher"
KEPT_FROM_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TERM", "VIRTUAL_ENV")


def mark_as_demo() -> None:
    """Remember that this data folder began as a demo: the crews come back at every start."""
    (settings.DATA_DIR / MARK).touch(mode=0o600)


def is_demo_wanted() -> bool:
    """Say whether simulated crews drive here: begun as a demo, and not switched off."""
    return bool(settings.DEMO) and (settings.DATA_DIR / MARK).exists()


class Demo:
    """Run the simulation as a child, started again a few times if it fails."""

    def __init__(self, *, url: str) -> None:
        self._url = url
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Start it, without waiting for anything."""
        self._thread.start()

    def stop(self) -> None:
        """End the child; by force after a few seconds."""
        self._stopping.set()
        child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()

    def _run(self) -> None:
        for _ in range(STARTS_MAX):
            try:
                status = self._run_once()
            except Exception:
                logger.exception("the demo did not start")
                status = 1
            if self._stopping.is_set() or status == 0:
                return
            logger.warning("the demo ended with status %s", status)
            if self._stopping.wait(RESTART_WAIT_S):
                return
        logger.error("the demo failed %d times and stays off; the server goes on", STARTS_MAX)

    def _run_once(self) -> int:
        """Start the child, hand it its papers, and wait. Its input stays open: its end is ours."""
        try:
            papers = papers_for_demo(self._url, now=datetime.now(UTC))
        finally:
            connections.close_all()
        with subprocess.Popen(
            [sys.executable, "-m", "config.simulation.demo"],  # noqa: S603
            stdin=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env=demo_environment(os.environ),
            start_new_session=True,
        ) as child:
            self._child = child
            if self._stopping.is_set():
                child.terminate()
            assert child.stdin is not None
            child.stdin.write(json.dumps(papers).encode() + b"\n")
            child.stdin.flush()
            return child.wait()


def demo_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the child may see: nothing that leads to the database or to a secret."""
    return {name: environment[name] for name in KEPT_FROM_ENVIRONMENT if name in environment}


def papers_for_demo(url: str, *, now: datetime) -> dict[str, Any]:
    """Make a service token and a code for every crew member of the city's units."""
    dispatcher = User.objects.get(username=DEMO_STAFF)
    shifts = (
        CrewShift.objects.filter(
            ends_at=None, unit__active=True, unit__agency__kind=Agency.Kind.CITY
        )
        .select_related("user", "unit")
        .order_by("unit_id", "user_id")
    )
    return {
        "url": url,
        "service_token": issue_service_token(user=dispatcher, name="demo", now=now),
        "telephony_secret": settings.GERAK_TELEPHONY_SECRET,
        "crew": [
            {
                "username": shift.user.username,
                "code": issue_code(user=shift.user, actor=None, now=now),
                "unit_id": shift.unit_id,
                "call_sign": shift.unit.call_sign,
            }
            for shift in shifts
        ],
    }
