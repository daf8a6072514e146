"""The short form of `python -m tests.fuzz`: what each reader takes, cut, doubled and spoilt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS


@st.composite
def spoilt(draw, seeds):
    """Return a seed of which a piece was replaced, doubled or cut off."""
    text = draw(st.sampled_from(seeds)).encode()
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    instead = draw(
        st.binary(max_size=6)
        | st.sampled_from(
            [b"", text[start:end] * 2, b"1e999", b"9" * 400, b"[" * 2_000, b"null", b"\\ud800"]
        )
    )
    return text[:start] + instead + text[end:]


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_returns_a_value_or_its_own_refusal(name):
    read = TARGETS[name]
    for seed in SEEDS[name]:
        read(seed.encode())

    @settings(max_examples=40)
    @given(spoilt(SEEDS[name]))
    def try_all(data):
        read(data)

    try_all()


def test_every_reader_has_something_to_begin_with():
    assert list(SEEDS) == list(TARGETS)
