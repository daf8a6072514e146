"""Simulate crews, calls and a dispatcher against a server, and print what was measured."""

import asyncio
import logging
import os
import random
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from config.simulation import demo
from config.simulation.codes import NoCode, from_command, read_codes
from config.simulation.desk import Desk
from config.simulation.fleet import Member
from config.simulation.run import Plan, simulate
from config.simulation.wire import Refused, Unreachable, Wire, new_client

DISPATCHER = "dispatcher"


class Command(BaseCommand):
    """Speak the real wire to a server: phones, telephone exchange and desk. No database access."""

    help = "Simulate crews and a dispatcher against a server; exit 1 where anything went wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; without a token or codes a local server's own commands give them."""
        here = f"http://{settings.HOST}:{settings.PORT}"
        parser.add_argument("--url", default=here, help=f"the server (default {here})")
        token = os.environ.get("GERAK_SERVICE_TOKEN", "")
        parser.add_argument("--service-token", default=token, help="default: made by this server")
        secret = settings.GERAK_TELEPHONY_SECRET
        parser.add_argument("--telephony-secret", default=secret, help="default: this server's")
        parser.add_argument("--crew-codes", default="", help="FILE, or user=code,user=code")
        parser.add_argument("--units", type=int, default=6, help="how many take part (default 6)")
        parser.add_argument("--minutes", type=float, default=10.0, help="at most (default 10)")
        parser.add_argument("--speed", type=float, default=2.0, help="shortens waits (default 2)")
        parser.add_argument("--incidents", type=int, default=6, help="how many (default 6)")
        parser.add_argument("--seed", type=int, default=112, help="of all chance (default 112)")
        parser.add_argument(
            "--demo", action="store_true", help="go on until stopped, plan on stdin"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. Raises SystemExit 1 where a verdict was wrong or an assignment was lost."""
        logging.getLogger("httpx").setLevel(logging.WARNING)
        logging.getLogger("gerak112.simulation").setLevel(logging.WARNING)
        if options["demo"]:
            raise SystemExit(demo.main())
        try:
            code = asyncio.run(self._simulate(options))
        except (NoCode, Refused, Unreachable) as problem:
            raise CommandError(str(problem)) from problem
        if code:
            raise SystemExit(code)

    async def _simulate(self, options: dict[str, Any]) -> int:
        manage_py = settings.BASE_DIR / "manage.py"
        token = options["service_token"] or await asyncio.to_thread(
            from_command, manage_py, "service_token", DISPATCHER
        )
        plan = Plan(
            url=options["url"],
            service_token=token,
            members=await self._members(options, token, manage_py),
            telephony_secret=options["telephony_secret"],
            minutes=options["minutes"],
            incidents=options["incidents"],
            pace=options["speed"],
            seed=options["seed"],
        )
        return await simulate(plan, Console())

    async def _members(self, options: dict[str, Any], token: str, manage_py: Path) -> list[Member]:
        """Choose one crew member a unit, with a code given or made by the local command."""
        given = _given_codes(options["crew_codes"])
        async with new_client(options["url"]) as client:
            units = await Desk(Wire(client, token=token, rng=random.Random())).units()
        members: list[Member] = []
        for unit in units:
            names = [one["username"] for one in unit["crew"]]
            names = [name for name in names if name in given] if given else names[:1]
            if unit["status"] != "available" or not names or len(members) >= options["units"]:
                continue
            code = given.get(names[0], "")
            if not code:
                code = await asyncio.to_thread(from_command, manage_py, "enrol_code", names[0])
            members.append(Member(names[0], code, unit["id"]))
        return members


def _given_codes(text: str) -> dict[str, str]:
    """Read the codes out of a file, or out of the option itself."""
    if text and Path(text).is_file():
        text = Path(text).read_text(encoding="utf-8")
    return read_codes(text)
