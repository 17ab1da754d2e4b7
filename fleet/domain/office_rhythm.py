"""When people come to a one-stop office: in each session ever more until its peak, then ever fewer; most on Mondays.

The model of docs/recordings.md, for made days and for a crowd of devices alike.
"""

HOUR_MIN, DAY_MIN, WEEK_MIN = 60, 24 * 60, 7 * 24 * 60
SESSIONS = ((7.5, 11.5, 0.65), (13.5, 17.0, 0.35))
# From, to (hours), and the share of the day's people.
PEAK_MIN = 45
# After a session's begin.
OF_WEEKDAY = (1.25, 1.05, 0.95, 0.9, 0.85)
# Of the usual number of people, Monday to Friday.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BadMoment(ValueError):
    """A moment of a week that is none; the text says why."""


def moment_of(text: str) -> float:
    """Minutes since Monday 00:00 of a moment written as `mon-07:30`. Raises BadMoment."""
    day, _, clock = text.partition("-")
    hour, _, minute = clock.partition(":")
    digits = len(hour) == len(minute) == 2 and (hour + minute).isdecimal()
    if day not in WEEKDAYS or not digits or int(hour) > 23 or int(minute) > 59:
        raise BadMoment(f"expected a moment of a week such as mon-07:30, found {text!r}")
    return WEEKDAYS.index(day) * DAY_MIN + int(hour) * HOUR_MIN + int(minute)


def told(moment_min: float) -> str:
    """A moment as people write it."""
    day, of_day = divmod(int(moment_min) % WEEK_MIN, DAY_MIN)
    return f"{WEEKDAYS[day]}-{of_day // HOUR_MIN:02d}:{of_day % HOUR_MIN:02d}"


def share_a_minute(moment_min: float) -> float:
    """The share of a usual day's people who come in this minute of the week."""
    day, of_day = divmod(moment_min % WEEK_MIN, DAY_MIN)
    if day >= len(OF_WEEKDAY):
        return 0.0
    return OF_WEEKDAY[int(day)] * sum(of_session(of_day, *session) for session in SESSIONS)


def of_session(of_day_min: float, begins_h: float, to_h: float, share: float) -> float:
    """What a session gives to this minute of the day: a triangle whose top is its peak."""
    length_min, since_min = (to_h - begins_h) * HOUR_MIN, of_day_min - begins_h * HOUR_MIN
    if not 0 <= since_min < length_min:
        return 0.0
    height = since_min / PEAK_MIN if since_min < PEAK_MIN else (length_min - since_min) / (length_min - PEAK_MIN)
    return 2 * share / length_min * height


MOST_A_MINUTE = max(share_a_minute(begins_h * HOUR_MIN + PEAK_MIN) for begins_h, _, _ in SESSIONS)
# On a Monday morning.
