"""A plan in words, in two languages: tables of names and values, and what breaks first."""

from collections.abc import Iterator

from fleet.domain import plan_figures as of
from fleet.domain.figures import count_of, number_of
from fleet.domain.plan import MEGA, YEARS, Part, Plan
from fleet.domain.plan_breaks import Breaks

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
BIT = 8

NAMES = {
    "offices": ("bộ phận một cửa", "offices"),
    "events_day": ("sự kiện của một ngày thường", "events of a usual day"),
    "events_s": ("sự kiện mỗi giây, phút đông nhất thứ Hai", "events a second, the fullest minute of a Monday"),
    "visits_s": ("lượt phục vụ mỗi giây, cũng phút đó", "visits a second, in the same minute"),
    "health_s": ("báo tình trạng mỗi giây", "health a second"),
    "pings_s": ("hỏi đường truyền mỗi giây, khi không ai bấm", "pings a second, while nobody presses"),
    "messages_s": ("thông điệp qua máy chủ MQTT mỗi giây", "messages through the broker a second"),
    "network": ("mạng, Mbit/s (không TLS)", "network, Mbit/s (without TLS)"),
    "back": ("thiết bị cùng quay lại", "devices that come back at once"),
    "welcome": ("đến khi tất cả được nhận, phút (tính theo bộ xử lý)", "until all are welcome, minutes of processor"),
    "broker_s": ("trong đó máy chủ MQTT bận, giây", "of it the broker, seconds"),
    "events_gb": ("sự kiện trong cơ sở dữ liệu, GB", "events in the database, GB"),
    "year_gb": ("lượt phục vụ và tổng hợp, GB mỗi năm", "visits and their sums, GB a year"),
    "ten_gb": (f"cơ sở dữ liệu sau {YEARS} năm, GB", f"the database after {YEARS} years, GB"),
    "archives_gb": ("lưu trữ sự kiện, GB mỗi năm", "archives of events, GB a year"),
    "backup": ("một bản sao lưu: GB, giờ", "a backup: GB, hours"),
    "log_mb_s": ("nhật ký PostgreSQL (WAL), MB/s", "the log of PostgreSQL (WAL), MB/s"),
    "flushes_s": ("lần ép ghi xuống đĩa mỗi giây, nhiều nhất", "flushes of the disk a second at most"),
    "cores": ("lõi xử lý (vCPU), có dự phòng", "cores (vCPU), with what shall stay free"),
    "memory": ("bộ nhớ, GB", "memory, GB"),
    "disk": (f"đĩa cho {YEARS} năm, GB", f"disk for {YEARS} years, GB"),
    "machines": ("số máy", "machines"),
}
HEADS = {
    "rhythm": (("Nhịp", "", ""), ("Rhythm", "", "")),
    "parts": (
        ("Tiến trình", "lõi bận", "số tiến trình", "bộ nhớ, GB"),
        ("Processes", "busy cores", "how many", "memory, GB"),
    ),
    "back": (("Sau khi mất điện", "", ""), ("After a power cut", "", "")),
    "room": (("Đĩa", "", ""), ("Disks", "", "")),
    "machines": (("Tổng cộng", "", ""), ("In all", "", "")),
    "breaks": (
        ("Hỏng trước", "từ bao nhiêu thiết bị", "mức tải ở kế hoạch này"),
        ("Breaks first", "from so many devices", "load in this plan"),
    ),
}
BREAKS = {
    "back": (
        "một tiến trình `send` đón lại mọi thiết bị trong mười phút",
        "one `send` welcomes all within ten minutes",
    ),
    "broker_core": ("một Mosquitto (một luồng)", "one Mosquitto (one thread)"),
    "receive_core": ("một `receive`; cần thêm một", "one `receive`; add another"),
    "link_core": ("một `link`; cần thêm một", "one `link`; add another"),
    "send_core": ("`send`, chỉ có một", "`send`, of which there is one"),
    "serve_core": ("một `serve`; cần thêm một", "one `serve`; add another"),
    "database_machine": ("một máy PostgreSQL có {cores} lõi", "one machine of PostgreSQL with {cores} cores"),
    "files": ("tệp mở của một máy chủ MQTT (65.536)", "open files of one broker (65,536)"),
    "flood": ("sự kiện mà một `receive` nhận kịp", "events that one `receive` can store at all"),
    "backup": ("một bản sao lưu trong một đêm (8 giờ)", "a backup within a night (8 hours)"),
    "days": (
        "`send` xem ngày làm việc của mọi nơi kết thúc thế nào trong mười phút",
        "`send` looks at how the days of all offices end within ten minutes",
    ),
    "broker_returns": (
        "một Mosquitto đón lại mọi kết nối trong mười phút",
        "one Mosquitto takes all back in ten minutes",
    ),
}


def tables(found: Plan, first: list[Breaks], language: str) -> Iterator[Table]:
    """Each with its columns' heads."""
    rhythm, room, back, machines = found.rhythm, found.room, found.back, found.machines
    said = Said(language)
    yield said.pairs(
        "rhythm",
        ("offices", said.count(rhythm.offices)),
        ("events_day", said.count(rhythm.visits_a_day * of.EVENTS_A_VISIT)),
        ("events_s", said.few(rhythm.events_s)),
        ("visits_s", said.few(rhythm.visits_s)),
        ("health_s", said.few(rhythm.health_s)),
        ("pings_s", said.few(rhythm.pings_s)),
        ("messages_s", said.few(rhythm.messages_s)),
        ("network", said.few(rhythm.bytes_s * BIT / MEGA)),
    )
    yield said.table(
        "parts",
        [
            (f"`{one.name}`", said.few(one.cores), said.how_many(one), said.few(one.memory_mb / 1000))
            for one in found.parts
        ],
    )
    yield said.pairs(
        "back",
        ("back", said.count(back.devices)),
        ("welcome", said.few(back.welcome_s / 60)),
        ("broker_s", said.few(back.broker_s)),
    )
    yield said.pairs(
        "room",
        ("events_gb", said.few(room.events_gb)),
        ("year_gb", said.few(room.visits_gb_a_year)),
        ("ten_gb", said.few(room.after(YEARS))),
        ("archives_gb", said.few(room.archives_gb_a_year)),
        ("backup", f"{said.few(room.backup_gb)} / {said.few(room.backup_h)}"),
        ("log_mb_s", said.few(room.log_mb_s)),
        ("flushes_s", said.few(room.flushes_s)),
    )
    yield said.pairs(
        "machines",
        ("cores", said.few(machines.cores)),
        ("memory", said.few(machines.memory_gb)),
        ("disk", said.few(machines.disk_gb)),
        ("machines", said.count(machines.count)),
    )
    yield said.table(
        "breaks",
        [
            (said.word(BREAKS[one.what]).format(cores=found.asked.cores), said.count(one.devices), said.few(one.load))
            for one in first
        ],
    )


class Said:
    """Names and numbers in a language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def word(self, both: tuple[str, str]) -> str:
        """Of two languages."""
        return both[self.language == "en"]

    def count(self, number: float) -> str:
        """A whole number."""
        return count_of(round(number), self.language)

    def few(self, number: float) -> str:
        """Two digits that say something: what is computed from figures of a busy machine has no more."""
        return number_of(number, self.language, 0 if number >= 10 else 1 if number >= 1 else 2)

    def how_many(self, part: Part) -> str:
        """Processes of a kind; where there can be one, and one is not enough, that is said."""
        too_few = self.word((" (không đủ)", " (not enough)")) if part.at_most_one and part.cores > 1 else ""
        return self.count(part.count) + too_few

    def table(self, name: str, rows: list[tuple[str, ...]]) -> Table:
        """With the heads of this name."""
        title, *heads = HEADS[name][self.language == "en"]
        return title, tuple(heads), rows

    def pairs(self, name: str, *rows: tuple[str, str]) -> Table:
        """Names with a value each."""
        title = HEADS[name][self.language == "en"][0]
        return title, ("",), [(self.word(NAMES[key]), value) for key, value in rows]
