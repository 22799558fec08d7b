"""Working time: Monday to Friday, 9 to 17 o'clock UTC, without holidays."""

from __future__ import annotations

import datetime

_OPENS, _CLOSES = datetime.timedelta(hours=9), datetime.timedelta(hours=17)
_A_DAY = _CLOSES - _OPENS
_WORKING_DAYS = 5
# Proleptic Gregorian: the first day of year 1 is a Monday.
_MONDAY = datetime.date(1, 1, 1)


def working_time(start: datetime.datetime, end: datetime.datetime) -> datetime.timedelta:
    """The working time between two moments, nothing if the second is not later.

    Raises:
        ValueError: a moment has no zone.
    """
    return max(_since_year_one(end) - _since_year_one(start), datetime.timedelta())


def _since_year_one(moment: datetime.datetime) -> datetime.timedelta:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    utc = moment.astimezone(datetime.UTC)
    weeks, weekday = divmod((utc.date() - _MONDAY).days, 7)
    days = weeks * _WORKING_DAYS + min(weekday, _WORKING_DAYS)
    return days * _A_DAY + (_worked_on(utc) if weekday < _WORKING_DAYS else datetime.timedelta())


def _worked_on(utc: datetime.datetime) -> datetime.timedelta:
    midnight = utc.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(max(utc - midnight, _OPENS), _CLOSES) - _OPENS
