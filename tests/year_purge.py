"""What `tests.year` asks of the check-ins: their bytes, and the purge's own query and walk."""

import time

from django.db import connection

from notifications.services import purge
from responders.models import CheckIn

OF_POSITIONS = tuple(kind for kind in purge.KINDS if kind.model is CheckIn)


def bytes_of(*tables):
    """Return what tables take on the disk, with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name",
            [list(tables)],
        )
        return int(cursor.fetchone()[0])


def night(now):
    """Empty what is past its time, as the night's chore does; return rows and seconds."""
    purge.KINDS = OF_POSITIONS
    began = time.perf_counter()
    lines = purge.purge_data(now=now)
    return sum(line.rows for line in lines), time.perf_counter() - began


def look(now):
    """Ask what the purge asks at first, of each kind of position: nothing, once a night is over."""
    return [list(purge._batches(kind, now)) for kind in OF_POSITIONS]


def drop_index():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX check_in_unpurged")
