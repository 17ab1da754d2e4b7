"""The bench at work: which ports, which packages, when it is enough, and what is shown of it."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from fleet.commands.bench_keys import keys_of
from fleet.commands.bench_screen import Screen
from fleet.commands.shared import err
from fleet.laptop.firmware_tree import FirmwareError
from fleet.laptop.package import PackageError
from fleet.laptop.packages import Packages as Built
from fleet.provisioning import boot_drives, flashing
from fleet.provisioning.batch import Batch
from fleet.provisioning.book import Book
from fleet.provisioning.cable import Cable
from fleet.provisioning.fleet_link import Fleet, FleetSaysNo, sync
from fleet.provisioning.hands import Hands
from fleet.provisioning.means import Means
from fleet.provisioning.ports import Port, named, place_of, ports_now
from fleet.provisioning.probing import InstallError
from fleet.provisioning.results import Report, Result

UF2 = ".uf2"


class Packages:
    """Packages by board and roles, as the bench asks for them."""

    def __init__(self) -> None:
        self._built = Built()

    def files(self, board: str, roles: tuple[str, ...]) -> Mapping[str, bytes]:
        """The files of this board with these roles. Raises InstallError."""
        try:
            return self._built.files(board, roles)
        except (PackageError, FirmwareError) as problem:
            raise InstallError(str(problem)) from None


def at_work(
    means: Means,
    hands: Hands | None,
    paths: list[str],
    image: Path | None,
    count: int | None,
    language: str,
    link: Fleet | None,
) -> list[Result]:
    """Work at these ports, or at all that are plugged in, to the end. `hands`: a person who answers by keys."""
    ports = [named(path) for path in paths]

    def there() -> list[Port]:
        return [port for port in ports if place_of(port) is not None] if ports else ports_now()

    def finished(_: Result) -> None:
        screen.free = means.book.free(means.now_ms())
        send_quietly(means.book, link)

    def enough(batch: Batch) -> bool:
        if count is not None and batch.enrolled() >= count:
            return True
        return bool(ports) and len(batch.results) >= len(ports) and not batch.busy()

    screen = Screen(err, language, tuple if hands is None else hands.waiting)
    screen.free = means.book.free(means.now_ms())
    fill = None if image is None or image.suffix != UF2 else partial(boot_drives.copy_image, image)
    drives = list if ports else lambda: boot_drives.boot_drives(boot_drives.places())
    batch = Batch(means, there, drives=drives, fill=fill, changed=screen.show, finished=finished)
    send_quietly(means.book, link)
    with keys_of(hands), screen:
        try:
            return batch.run(enough)
        except KeyboardInterrupt:
            batch.end()
            return batch.last_results()


def send_quietly(book: Book, link: Fleet | None) -> None:
    """Send what waits, if the fleet can be reached; else it goes on waiting."""
    if link is not None:
        try:
            sync(book, link)
        except FleetSaysNo:
            pass


def put_on(image: Path, cable: Cable, report: Report) -> None:
    """MicroPython onto the chip at this cable, by esptool. Raises InstallError."""
    cable.close()
    flashing.flash(cable.path, image, lambda share: report("flashing", "", share))
