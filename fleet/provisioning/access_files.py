"""The files from which Mosquitto learns who may connect, kept equal to what was put, and a reload after each change.

Each file is there whole or not at all. The devices' files know nobody else: whatever stands in them beside what was
put is taken out. Who lost a right is learned from the files themselves, so a restart of the fleet misses nobody.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path

from fleet.domain.access import AccessFailed, Credential
from fleet.flows.enrol import ACCESS_RULES
from fleet.private_files import private_folder, write_private

PASSWORDS, KEYS, RULES = "passwords", "psk", "access"


class AccessFiles:
    """Mosquitto's password file, pre-shared keys and access rules in one folder.

    `names`: which of them. `ahead`: lines of the fleet itself. `unread`: Mosquitto may run with what was there before.
    """

    def __init__(
        self,
        folder: Path,
        reload: Callable[[], None],
        cut: Callable[[str], None],
        *,
        ahead: str = "",
        names: tuple[str, ...] = (PASSWORDS, KEYS, RULES),
        unread: bool = True,
    ) -> None:
        self.folder = folder
        self.reload = reload
        self.cut_off = cut
        self.ahead = ahead
        self.names = names
        self.wanted: dict[str, Credential] = {}
        self.kept: Set[str] = frozenset()
        self.unread = unread
        self.lost: set[str] = set()

    @property
    def in_doubt(self) -> bool:
        """Whether a file is missing."""
        return not all((self.folder / name).exists() for name in self.names)

    def put(self, credentials: Iterable[Credential]) -> None:
        """These may connect from the next `apply` on."""
        self.wanted |= {one.device: one for one in credentials}

    def remove(self, device: str) -> None:
        """This one may not, from the next `apply` on."""
        self.wanted.pop(device, None)

    def listed(self) -> Set[str]:
        """Whom the files let in. Raises AccessFailed."""
        found: set[str] = set()
        for name in self.names:
            if name != RULES:
                found |= lines_of(self.text_now(name)).keys()
        return found - lines_of(self.ahead).keys()

    def keep(self, devices: Set[str]) -> None:
        """The lines of these stay."""
        self.kept = devices

    def apply(self) -> Sequence[str]:
        """Write what is new and let Mosquitto read it; who may not go on as it is. Raises AccessFailed."""
        try:
            private_folder(self.folder)
            for name, text in self.texts().items():
                self.write(name, text if name == RULES else text + self.kept_lines(name))
        except OSError as problem:
            raise self.failed(problem) from None
        if self.unread:
            self.reload()
        self.unread = False
        lost, self.lost = sorted(self.lost), set()
        return lost

    def cut(self, device: str) -> None:
        """End its session. Raises AccessFailed."""
        self.cut_off(device)

    def leave(self) -> None:
        """The files stay."""

    def texts(self) -> dict[str, str]:
        """Each file as it should be."""
        texts = {PASSWORDS: self.ahead + password_lines(self.wanted.values()), KEYS: key_lines(self.wanted.values())}
        return {name: {**texts, RULES: ACCESS_RULES}[name] for name in self.names}

    def kept_lines(self, name: str) -> str:
        """What stands in this file of those who stay though nobody put them there."""
        found = lines_of(self.text_now(name))
        return "".join(f"{one}:{found[one]}\n" for one in sorted((self.kept & found.keys()) - self.wanted.keys()))

    def text_now(self, name: str) -> str:
        """What stands in a file; nothing where there is none. Raises AccessFailed."""
        path = self.folder / name
        try:
            return path.read_text(errors="replace") if path.exists() else ""
        except OSError as problem:
            raise self.failed(problem) from None

    def failed(self, problem: OSError) -> AccessFailed:
        """Which file it was, and what the system said."""
        return AccessFailed(f"{problem.filename or self.folder}: {(problem.strerror or '').lower()}")

    def write(self, name: str, text: str) -> None:
        """Write the file unless it says so already; who lost what is remembered until Mosquitto has read it."""
        path = self.folder / name
        before = path.read_text(errors="replace") if path.exists() else None
        if before == text:
            return
        if name != RULES:
            now = lines_of(text)
            self.lost |= {device for device, secret in lines_of(before or "").items() if now.get(device) != secret}
        self.unread = True
        write_private(path, text)


def password_lines(credentials: Iterable[Credential]) -> str:
    """Mosquitto's password file of these devices."""
    return "".join(f"{one.device}:{one.hashed}\n" for one in sorted(credentials, key=name_of) if one.hashed)


def key_lines(credentials: Iterable[Credential]) -> str:
    """Mosquitto's file of pre-shared keys of those that have one."""
    return "".join(f"{one.device}:{one.psk}\n" for one in sorted(credentials, key=name_of) if one.psk)


def name_of(credential: Credential) -> str:
    """By what these are ordered."""
    return credential.device


def lines_of(text: str) -> dict[str, str]:
    """The secret behind each name."""
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
