"""The simulated office: one ward's one-stop office with four services, three counters and a printer and a
call display in the lobby.

All of it is fictional but for the name of the ward; pages mark it "mô phỏng".
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """What a queue is for. `minutes` is how long one resident takes, `share` how many of all ask for it."""

    id: str
    prefix: str
    name: str
    name_en: str
    button: int
    minutes: float
    share: float


@dataclass(frozen=True)
class Device:
    """A board and what it is there for; `counter` is None in the lobby."""

    id: str
    name: str
    roles: tuple[str, ...]
    counter: str | None = None


@dataclass(frozen=True)
class Counter:
    """A counter, the services that it calls, and its two boards."""

    id: str
    name: str
    name_en: str
    services: tuple[str, ...]
    desk: Device
    buttons: Device


@dataclass(frozen=True)
class Office:
    """A whole office as plain data."""

    id: str
    name: str
    name_en: str
    hotline: str
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    printer: Device
    screen: Device

    @property
    def devices(self) -> tuple[Device, ...]:
        """Every board, the printer first; the call display, whose module is asked three seconds long, last."""
        at_counters = (device for counter in self.counters for device in (counter.desk, counter.buttons))
        return (self.printer, *at_counters, self.screen)

    def service(self, service_id: str) -> Service:
        """The service of that id; KeyError if there is none."""
        return {service.id: service for service in self.services}[service_id]


def counter(number: int, *services: str) -> Counter:
    """Counter `number` with one board for keypad and reader and one for the rating buttons."""
    counter_id = f"quay-{number}"
    desk = Device(f"quay-{number}", f"Bàn phím và đầu đọc Quầy {number}", ("keypad", "reader"), counter_id)
    buttons = Device(f"nut-{number}", f"Nút đánh giá Quầy {number}", ("rating",), counter_id)
    return Counter(counter_id, f"Quầy {number}", f"Counter {number}", services, desk, buttons)


OFFICE = Office(
    id="ben-nghe",
    name="Bộ phận Một cửa phường Bến Nghé",
    name_en="Bến Nghé ward one-stop office",
    hotline="028 1022",
    services=(
        Service("ho-tich", "A", "Hộ tịch – Chứng thực", "Civil status and certification", 1, 7.0, 0.44),
        Service("dat-dai", "B", "Đất đai – Xây dựng", "Land and construction", 2, 14.0, 0.18),
        Service("lao-dong", "C", "Lao động – Người có công", "Labour and people of merit", 3, 10.0, 0.14),
        Service("tra-ket-qua", "D", "Trả kết quả", "Results", 4, 4.0, 0.24),
    ),
    counters=(
        counter(1, "ho-tich", "tra-ket-qua"),
        counter(2, "dat-dai", "lao-dong"),
        counter(3, "ho-tich", "lao-dong", "tra-ket-qua"),
    ),
    printer=Device("may-in-1", "Máy lấy số sảnh", ("printer",)),
    screen=Device("bang-1", "Bảng gọi số sảnh", ("display",)),
)
