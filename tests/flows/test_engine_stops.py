"""A part that hangs turns the watch red in words, and calm again: in the production shape.

Asked for, as the long form of the kills: GERAK_TEST_KILLS=1 python -m pytest -s FILE
"""

import signal
import time

import pytest

from tests.kept import asked_for, production

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(600)]


@asked_for
@pytest.mark.parametrize(
    ("stopped", "named"), [("server-b", "sockets"), ("worker", "worker"), ("redis", "layer")]
)
def test_a_part_that_hangs_is_red_within_fifteen_seconds_and_calm_five_after(
    tmp_path, stopped, named
):
    with production(tmp_path) as shape:
        for one in shape.kept:
            one.calm.set()
            one.start()
        part = next(one for one in shape.kept if one.name == stopped)
        until(lambda: not said(shape) and beats(shape) >= 7, 60)

        part.process.send_signal(signal.SIGSTOP)
        red_after = until(lambda: named in said(shape), 15)
        part.process.send_signal(signal.SIGCONT)
        calm_after = until(lambda: named not in said(shape), 5)

    print(f"\n{stopped} hangs: red after {red_after:.1f} s, calm after {calm_after:.1f} s")


def said(shape):
    """Return the codes of what is red, as the first server says it."""
    body = shape.servers[0].call("GET", "/readyz")[1]
    return [one["code"] for one in body["warnings"] if one["level"] == "red"]


def beats(shape):
    """Return how many engines beat: three a server, and the worker."""
    return shape.servers[0].call("GET", "/metrics")[1].count("gerak_engine_beat_age_seconds{")


def until(holds, seconds):
    """Wait until something holds; return for how long."""
    started = time.monotonic()
    while True:
        try:
            if holds():
                return time.monotonic() - started
        except OSError:
            pass
        assert time.monotonic() - started < seconds
        time.sleep(0.2)
