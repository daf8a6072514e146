"""GPS noise is correlated and sized like a phone's; drives start, turn and arrive."""

import math
import random
import statistics

import pytest

from config.simulation.driving import Drive, Vehicle
from config.simulation.noise import OPEN_SKY, TOWN, GpsNoise
from config.simulation.places import PLACES, SUMMARIES, report
from config.simulation.roads import CROSSINGS, distance_m, offset_m, route, shifted


def errors_m(environment, *, phones, fixes, every_s):
    noises = [GpsNoise(environment, random.Random(seed)) for seed in range(phones)]
    return [[noise.error_m(n * every_s)[0] for n in range(fixes)] for noise in noises]


@pytest.mark.parametrize("environment", [OPEN_SKY, TOWN])
def test_the_error_has_the_size_of_its_environment(environment):
    tracks = errors_m(environment, phones=400, fixes=10, every_s=60.0)
    spread_m = statistics.pstdev(error for track in tracks for error in track)
    assert spread_m == pytest.approx(environment.sigma_m, rel=0.12)


def test_errors_a_few_seconds_apart_are_alike_and_half_an_hour_apart_are_not():
    near = [(a, b) for a, b in errors_m(TOWN, phones=800, fixes=2, every_s=5.0)]
    far = [(a, b) for a, b in errors_m(TOWN, phones=800, fixes=2, every_s=1800.0)]
    assert statistics.correlation(*zip(*near, strict=True)) > 0.8
    assert abs(statistics.correlation(*zip(*far, strict=True))) < 0.12


def test_the_reported_accuracy_is_about_fair_and_never_under_three_metres():
    noise = GpsNoise(OPEN_SKY, random.Random(1))
    reported_m = [noise.accuracy_m() for _ in range(2000)]
    fair_m = OPEN_SKY.sigma_m * 1.515
    assert min(reported_m) >= 3.0
    assert 0.6 * fair_m < statistics.median(reported_m) < fair_m


def test_doppler_speed_is_sometimes_absent_and_near_zero_when_parked():
    noise = GpsNoise(TOWN, random.Random(2))
    parked = [noise.speed_mps(0.0) for _ in range(1000)]
    driven = [speed for _ in range(1000) if (speed := noise.speed_mps(10.0)) is not None]
    assert 0.10 < parked.count(None) / 1000 < 0.20
    assert statistics.median(speed for speed in parked if speed is not None) == 0.0
    assert statistics.fmean(driven) == pytest.approx(10.0, abs=0.1)


def test_shifting_and_measuring_agree():
    start = CROSSINGS["balai kota"]
    east_m, north_m = offset_m(start, shifted(start, 300.0, -400.0))
    assert (round(east_m, 2), round(north_m, 2)) == (300.0, -400.0)
    assert distance_m(start, shifted(start, 300.0, -400.0)) == pytest.approx(500.0, abs=0.1)


@pytest.mark.parametrize("seed", range(8))
def test_every_route_begins_and_ends_where_it_should(seed):
    rng = random.Random(seed)
    start, end = CROSSINGS["payo"], rng.choice(PLACES).point
    line = route(start, end, rng)
    assert (line[0], line[-1]) == (start, end)
    assert max(distance_m(a, b) for a, b in zip(line, line[1:], strict=False)) < 1200.0


@pytest.mark.parametrize("seed", range(8))
def test_a_drive_waits_accelerates_and_arrives_without_a_jump(seed):
    rng = random.Random(seed)
    line = route(CROSSINGS["balai kota"], rng.choice(PLACES).point, rng)
    drive = Drive(line, starts_s=100.0, rng=rng)
    before, after = drive.at(99.0), drive.at(drive.arrives_s + 1.0)
    assert ((before.lat, before.lon), before.speed_mps) == (line[0], 0.0)
    assert ((after.lat, after.lon), after.speed_mps) == (line[-1], 0.0)
    seconds = range(100, math.ceil(drive.arrives_s) + 1)
    points = [(m.lat, m.lon) for m in map(drive.at, seconds)]
    steps_m = [distance_m(a, b) for a, b in zip(points, points[1:], strict=False)]
    assert max(steps_m) < 16.0
    assert steps_m[0] <= 2.1
    assert 4.0 < drive.length_m / (drive.arrives_s - 100.0) < 15.0


def test_a_vehicle_is_parked_before_and_after_a_drive_and_can_stop_on_the_way():
    vehicle = Vehicle(CROSSINGS["balai kota"], random.Random(3))
    assert vehicle.is_parked(50.0)
    drive = vehicle.drive_to(CROSSINGS["laing"], starts_s=60.0)
    assert not vehicle.is_parked(61.0)
    assert vehicle.is_parked(drive.arrives_s)
    halfway = vehicle.at(160.0)
    vehicle.stop(160.0)
    assert vehicle.at(500.0) == vehicle.at(160.0)
    assert (vehicle.at(160.0).lat, vehicle.at(160.0).lon) == (halfway.lat, halfway.lon)


def test_what_is_reported_fits_the_place_and_stays_near_it():
    rng = random.Random(4)
    for _ in range(200):
        told = report(rng, away_from=[], away_m=0.0)
        place = next(p for p in PLACES if p.address == told.place.address)
        assert told.type in place.types
        assert told.summary in SUMMARIES[told.type]
        assert distance_m(place.point, told.place.point) < 171.0
