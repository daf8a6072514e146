"""Find out whether this server may be sent work: database, channel layer, lateness."""

import asyncio
import uuid
from datetime import datetime

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, connection

from notifications.engine_watch import engine_problems, oldest_waits
from notifications.layer_channel import own_channel

LATE_S = 10.0  # CONTRACT, Health
CANARY_S = 2.0

Problem = dict[str, str]


def problems_of(now: datetime) -> list[Problem]:
    """Return what is wrong, each with a code and a sentence; nothing where all is well."""
    found = [_rows_problem(now), layer_problem_now()]
    return [problem for problem in found if problem]


def layer_problem_now() -> Problem | None:
    """Return what is wrong with the channel layer; nothing where a canary comes through."""
    return async_to_sync(_layer_problem)()


def lateness_s(now: datetime) -> float:
    """Return for how many seconds the oldest due row has waited; 0 where none is due."""
    return max(oldest_waits(now).values())


def warnings_of(now: datetime) -> list[Problem]:
    """Return what stands still elsewhere: work may be sent here all the same."""
    try:
        found = engine_problems(now)
    except DatabaseError:
        return []
    return [
        {"code": problem.code, "level": problem.level, "message": problem.message}
        for problem in found
        if problem.code != "late"
    ]


def _rows_problem(now: datetime) -> Problem | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        late_s = lateness_s(now)
    except DatabaseError as error:
        return {"code": "database", "message": f"The database does not answer: {error}"}
    if late_s > LATE_S:
        return {
            "code": "late",
            "message": f"The oldest due row has waited {late_s:.0f} s; {LATE_S:.0f} s are allowed.",
        }
    return None


async def _layer_problem() -> Problem | None:
    """Send a canary through the channel layer and wait for it."""
    layer = get_channel_layer()
    if layer is None:
        return {"code": "channel_layer", "message": "There is no channel layer."}
    song = uuid.uuid4().hex
    try:
        async with asyncio.timeout(CANARY_S), own_channel(layer, within_s=CANARY_S) as channel:
            await layer.send(channel, {"type": "canary", "song": song})
            heard = await layer.receive(channel)
    except Exception as error:  # whatever a layer's driver raises, it means the same here
        reason = str(error) or type(error).__name__
        return {"code": "channel_layer", "message": f"The channel layer does not carry: {reason}"}
    if heard.get("song") != song:
        return {"code": "channel_layer", "message": "The channel layer carries something else."}
    return None


def layer_name() -> str:
    """Return the class of the channel layer, without its path."""
    return settings.CHANNEL_LAYERS["default"]["BACKEND"].rsplit(".", 1)[-1]
