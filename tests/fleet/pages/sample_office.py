"""An office in the middle of a morning, and its devices, for tests and for looking at pages."""

from dataclasses import replace

from fleet.domain.alerts import Cause
from fleet.domain.alerts_now import AlertNow
from fleet.domain.day_trend import DayTrend, PastWaits, trend_of, usual_of
from fleet.domain.devices_now import DeviceNow, UnreadableNow
from fleet.domain.office_now import CounterNow, OfficeNow, RatingsNow, ServiceNow, VisitNow
from fleet.domain.openings import Opening

MINUTE = 60_000


def busy_office(office: str, now_ms: int) -> OfficeNow:
    """Someone waits too long for land matters; a device of a counter is lost."""
    return OfficeNow(
        id=office,
        name="Trung tâm Phục vụ hành chính công phường Tân An",
        hotline="0292 3811 022",
        day="2026-11-23",
        now_ms=now_ms,
        pace=20.0,
        services=(
            ServiceNow("civil", "Hộ tịch, chứng thực", "A", 6, 1, now_ms - 9 * MINUTE, 41, 402.0, 900, told=(15, 30)),
            ServiceNow("land", "Đất đai, môi trường", "B", 9, 0, now_ms - 31 * MINUTE - 14_000, 17, 1333.0, 1200),
            ServiceNow("business", "Đăng ký kinh doanh", "C", 2, 0, now_ms - 12 * MINUTE, 12, 610.0, 900),
            ServiceNow("social", "Lao động, người có công, bảo trợ xã hội", "D", 1, 1, now_ms - 40_000, 9, 244.0, 900),
            ServiceNow("results", "Trả kết quả", "T", 0, 0, None, 22, 95.0, 300, told=(0, 5)),
        ),
        counters=(
            CounterNow(
                "q1",
                "Quầy 1",
                "serving",
                "A042",
                "Hộ tịch, chứng thực",
                now_ms - 4 * MINUTE,
                14,
                0,
                True,
                "CB-07",
                ("civil",),
            ),
            CounterNow(
                "q2",
                "Quầy 2",
                "serving",
                "A043",
                "Hộ tịch, chứng thực",
                now_ms - 70_000,
                12,
                0,
                True,
                "CB-12",
                ("civil",),
            ),
            CounterNow(
                "q3",
                "Quầy 3",
                "serving",
                "B018",
                "Đất đai, môi trường",
                now_ms - 22 * MINUTE,
                9,
                1,
                True,
                "C-104",
                ("land",),
            ),
            CounterNow(
                "q4", "Quầy 4", "paused", None, None, now_ms - 12 * MINUTE, 8, 0, calls=("business",), helps=("land",)
            ),
            CounterNow(
                "q5", "Quầy 5", "free", None, None, now_ms - 30_000, 22, 0, calls=("results", "business", "social")
            ),
            CounterNow("q6", "Quầy 6", "closed", None, None, None, 0, 0, calls=("land",)),
        ),
        alerts=(
            AlertNow(
                id=1,
                office=office,
                day="2026-11-23",
                cause=Cause.SILENT,
                subject="q5",
                where="Quầy 5",
                figures={"limit_s": 600, "waiting": 3},
                opened_ms=now_ms - 20 * MINUTE,
                acknowledged_ms=now_ms - 15 * MINUTE,
                acknowledged_by="Nguyễn Thị Lan",
            ),
            AlertNow(
                id=2,
                office=office,
                day="2026-11-23",
                cause=Cause.WAIT,
                subject="land",
                where="Đất đai, môi trường",
                figures={"limit_s": 1200, "waiting": 9},
                opened_ms=now_ms - 11 * MINUTE,
            ),
            AlertNow(
                id=3,
                office=office,
                day="2026-11-23",
                cause=Cause.RATINGS,
                subject="",
                where="",
                figures={"bad": 8, "n": 20, "usual_percent": 6},
                opened_ms=None,
            ),
        ),
        visits=(
            VisitNow(
                "A043", "Hộ tịch, chứng thực", "Quầy 2", now_ms - 70_000, None, 411.0, None, None, (), False, False
            ),
            VisitNow(
                "T022",
                "Trả kết quả",
                "Quầy 5",
                now_ms - 4 * MINUTE,
                now_ms - 30_000,
                62.0,
                210.0,
                "done",
                ("H15.50.05.13-261008-0975",),
                True,
                False,
            ),
            VisitNow(
                "C012",
                "Đăng ký kinh doanh",
                "Quầy 4",
                now_ms - 25 * MINUTE,
                now_ms - 12 * MINUTE,
                533.0,
                780.0,
                "done",
                ("000.17.22.H56-210531-0001", "H15.50.05.13-261123-0012"),
                False,
                False,
            ),
            VisitNow(
                "B017",
                "Đất đai, môi trường",
                "Quầy 3",
                now_ms - 41 * MINUTE,
                now_ms - 23 * MINUTE,
                1500.0,
                1080.0,
                "transfer",
                ("H15.50.05.13-261121-0044",),
                False,
                True,
            ),
            VisitNow(
                "A041",
                "Hộ tịch, chứng thực",
                "Quầy 1",
                now_ms - 20 * MINUTE,
                now_ms - 16 * MINUTE,
                377.0,
                None,
                "no_show",
                (),
                False,
                False,
            ),
        ),
        ratings=RatingsNow(45, 0.867, 0.738, 0.937, (1, 2, 3, 14, 25), 5, 65, 47, (("long_wait", 3), ("own_code", 2))),
        unlinked=3,
        unreadable=1,
        devices_online=14,
        devices_lost=1,
        sign_in_required=True,
        openings=(Opening("land", "q6", 43.5, 27.2),),
        trend=sample_trend(),
    )


def sample_trend() -> DayTrend:
    """A Monday until 9:50, with more people than on the seven before."""
    days = [PastWaits(f"2026-10-{n:02}", made_waits(480 + n, 7 + n % 4)) for n in range(1, 8)]
    today = [one for one in made_waits(478, 12) if one[1] < 590]
    return trend_of(usual_of(days), today, [559.0 + 2 * n for n in range(15)] + [570.0, 580.0, 588.0], 590.0, 1)


def made_waits(first_min: int, people: int) -> tuple[tuple[float, float], ...]:
    """So many in each quarter of an hour, who wait longest in the middle of the morning and of the afternoon."""
    starts = [first_min + 15 * quarter + n for quarter in (*range(14), *range(22, 34)) for n in range(people)]
    return tuple((start, start + people * (1 + 2.2 * (1 - abs((start - 480) % 360 / 180 - 0.55)))) for start in starts)


def quiet_office(office: str, now_ms: int) -> OfficeNow:
    """Early in the day: nobody waits, three have rated."""
    busy = busy_office(office, now_ms)
    return replace(
        busy,
        pace=None,
        services=tuple(
            replace(one, waiting=0, waiting_priority=0, oldest_ms=None, median_wait_s=None) for one in busy.services
        ),
        visits=(),
        alerts=(),
        ratings=RatingsNow(0, None, None, None, None, 5, 9, 3),
        unlinked=0,
        unreadable=0,
        devices_lost=0,
    )


def sample_devices(now_ms: int) -> list[DeviceNow]:
    """Devices of two offices; one says strange things of itself."""
    here, there = "tan-an", "cai-khe"
    return [
        DeviceNow(
            "tp-1",
            ("printer",),
            here,
            "Tân An · sảnh",
            "online",
            now_ms - 8_000,
            "0.1.0",
            "rp2-pico-w",
            12,
            "power",
            0,
            71_680,
        ),
        DeviceNow(
            "kp-1",
            ("keypad", "rating"),
            here,
            "Tân An · Quầy 1",
            "online",
            now_ms - 31_000,
            "0.1.0",
            "esp32-s3",
            3,
            "watchdog",
            2,
            120_000,
        ),
        DeviceNow(
            "kp-3",
            ("keypad", "rating"),
            here,
            "Tân An · Quầy 3",
            "lost",
            now_ms - 22 * MINUTE,
            "0.1.0",
            "esp32-s3",
            9,
            "power",
            41,
            118_200,
        ),
        DeviceNow(
            "br-2",
            ("reader",),
            there,
            "Cái Khế · Quầy 2",
            "sleeping",
            now_ms - 3 * MINUTE,
            "0.1.0",
            "esp32-c3",
            5,
            "deepsleep",
            0,
            64_000,
        ),
        DeviceNow("rb-9", (), None, "", "never", None, "", "", None, "", None, None),
        DeviceNow(
            "rb-0",
            ("rating",),
            here,
            "Tân An · kho",
            "lost",
            now_ms - 900 * MINUTE,
            "0.0.9",
            "esp32-c3",
            77,
            "power",
            0,
            60_100,
            revoked=True,
        ),
    ]


def sample_unreadable(now_ms: int) -> list[UnreadableNow]:
    """Two messages that were none."""
    return [
        UnreadableNow(
            now_ms - 2 * MINUTE,
            "kp-3",
            "tan-an",
            "mc/1/kp-3/up/events",
            "batch.epoch: expected a number, found 'x'",
            212,
        ),
        UnreadableNow(now_ms - 90 * MINUTE, None, None, "mc/1/ghost/up/hello", "not JSON: unexpected end at 17", 17),
    ]
