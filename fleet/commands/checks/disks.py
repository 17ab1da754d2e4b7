"""Is there room, of bytes and of files, where the data lies, and may we write there?"""

import os
from pathlib import Path

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good, warn
from fleet.settings import Settings
from fleet.store.addresses import BadAddress, in_memory, is_postgresql, read_address
from fleet.workers.fitness import free_of

FULL, FILLING = 0.1, 0.2
# What MotcuaDiskFull calls full (alerts.yml), and some weeks before that.
GOOD = good("disk", "{where}: còn trống {room}, {files} số tệp", "{where}: {room} free, {files} of its files")
FULL_ROOM = bad(
    "disk",
    ("{where}: chỉ còn {room}", "ít nhất 10%", "Dọn bớt tệp hoặc mở rộng đĩa: khi đầy thì không lưu được gì."),
    ("{where}: only {room} free", "10% at least", "Make room or give it more: nothing is stored while it is full."),
)
FULL_FILES = bad(
    "disk",
    (
        "{where}: chỉ còn {files} số tệp (inode)",
        "ít nhất 10%",
        "Xóa bớt tệp nhỏ, hoặc tạo lại hệ thống tệp nhiều inode hơn.",
    ),
    ("{where}: only {files} of its files (inodes) free", "10% at least", "Remove small files, or give it more inodes."),
)
FILLING_UP = warn(
    "disk",
    (
        "{where}: còn {room}, {files} số tệp",
        "hơn 20%",
        "Mở rộng đĩa trước khi còn 10%, hoặc giảm các MOTCUA_KEEP_…_DAYS.",
    ),
    (
        "{where}: {room} free, {files} of its files",
        "more than 20%",
        "Give it more before it is 10%, or keep less: MOTCUA_KEEP_…_DAYS.",
    ),
)
UNWRITABLE = bad(
    "disk",
    ("{where}: không ghi được: {why}", "một thư mục ghi được", "Chạy bằng người dùng sở hữu nó, hoặc `chown` lại."),
    ("{where}: cannot be written: {why}", "a folder to write to", "Run this as the user who owns it, or `chown` it."),
)
STRANGER = warn(
    "disk",
    (
        "{where} thuộc về {owner}, lệnh này chạy bằng {us}",
        "cùng một người dùng",
        "Chạy `runuser -u {owner} -- motcua doctor`: tệp do người khác tạo ra sẽ chặn các tiến trình.",
    ),
    (
        "{where} belongs to {owner}, this runs as {us}",
        "the same user",
        "Type `runuser -u {owner} -- motcua doctor`: files that another one makes stand in the processes' way.",
    ),
)


def disks(subject: Subject) -> list[Finding]:
    """Each folder of ours."""
    folders = [where for where in folders_of(subject.settings, subject.backups) if where.exists()]
    return [finding for where in folders for finding in (room_in(where), *rights_to(where)) if finding]


def folders_of(settings: Settings, backups: Path | None) -> list[Path]:
    """Where something grows: the data, the database if it is a file, and its backups; each once."""
    found = [settings.data]
    try:
        address = read_address(settings.database_url)
        found += [] if is_postgresql(address) or in_memory(address) else [Path(str(address.database)).parent]
    except BadAddress:
        pass  # another check says so
    found += [] if backups is None else [backups]
    return list({folder.resolve(): folder for folder in found})


def room_in(where: Path) -> Finding:
    """How much is free there."""
    room, files = free_of(where)
    words = {"where": where, "room": f"{room:.0%}", "files": f"{files:.0%}"}
    if room < FULL:
        return FULL_ROOM.of(**words)
    if files < FULL:
        return FULL_FILES.of(**words)
    return (FILLING_UP if min(room, files) < FILLING else GOOD).of(**words)


def rights_to(where: Path) -> list[Finding]:
    """Whether we may write there, as the processes do."""
    owner, us = where.stat().st_uid, os.geteuid()
    if owner != us:
        return [STRANGER.of(where=where, owner=name_of(owner), us=name_of(us))]
    if not os.access(where, os.W_OK | os.X_OK):
        return [UNWRITABLE.of(where=where, why="permission denied")]
    return []


def name_of(uid: int) -> str:
    """What a user is called here."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
