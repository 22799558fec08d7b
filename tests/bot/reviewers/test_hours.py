"""Working time is Monday to Friday, 9 to 17 o'clock UTC."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reviewers.hours import working_time

ZONES = [datetime.UTC, datetime.timezone(datetime.timedelta(hours=-7))]
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
MOMENTS = st.builds(
    lambda minutes, zone: (BEGIN + datetime.timedelta(minutes=minutes)).astimezone(zone),
    st.integers(0, 6_000_000),
    st.sampled_from(ZONES),
)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        pytest.param("2026-11-18T09:00Z", "2026-11-18T17:00Z", 8, id="a working day has eight hours"),
        pytest.param("2026-11-18T10:15Z", "2026-11-18T10:45Z", 0.5, id="half an hour within a day"),
        pytest.param("2026-11-18T00:00Z", "2026-11-18T09:00Z", 0, id="the early morning does not count"),
        pytest.param("2026-11-18T17:00Z", "2026-11-18T23:59Z", 0, id="neither does the evening"),
        pytest.param("2026-11-18T16:00Z", "2026-11-19T10:00Z", 2, id="a night is left out"),
        pytest.param("2026-11-20T16:00Z", "2026-11-23T10:00Z", 2, id="a weekend is left out"),
        pytest.param("2026-11-21T03:00Z", "2026-11-22T23:00Z", 0, id="a weekend alone is no time"),
        pytest.param("2026-11-21T12:00Z", "2026-11-23T09:30Z", 0.5, id="what starts on Saturday, on Monday"),
        pytest.param("2026-11-16T09:00Z", "2026-11-30T09:00Z", 80, id="two weeks have ten days"),
        pytest.param("2026-11-18T11:00+02:00", "2026-11-18T11:00Z", 2, id="zones are heeded"),
        pytest.param("2026-11-18T11:00Z", "2026-11-18T10:00Z", 0, id="time does not run backwards"),
        pytest.param("2026-12-31T16:00Z", "2027-01-01T10:00Z", 2, id="holidays are working days"),
    ],
)
def test_working_time(start: str, end: str, hours: float) -> None:
    between = working_time(datetime.datetime.fromisoformat(start), datetime.datetime.fromisoformat(end))
    assert between == datetime.timedelta(hours=hours)


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        working_time(datetime.datetime(2026, 11, 18, 9), datetime.datetime.now(datetime.UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(0, 40))
def test_it_is_what_counting_quarters_of_hours_gives(start: datetime.datetime, quarters: int) -> None:
    quarter = datetime.timedelta(minutes=15)
    start = start.replace(minute=0, second=0, microsecond=0)
    counted = datetime.timedelta()
    for step in range(quarters * 20):
        moment = (start + step * quarter).astimezone(datetime.UTC)
        counted += quarter if moment.weekday() < 5 and 9 <= moment.hour < 17 else datetime.timedelta()
    assert working_time(start, start + quarters * 20 * quarter) == counted


@given(MOMENTS, MOMENTS, MOMENTS)
def test_parts_add_up(one: datetime.datetime, two: datetime.datetime, three: datetime.datetime) -> None:
    first, middle, last = sorted((one, two, three))
    assert working_time(first, middle) + working_time(middle, last) == working_time(first, last)
