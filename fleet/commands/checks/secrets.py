"""Do the files of secrets hold something, and may nobody read them who is none of us?"""

import stat
from pathlib import Path

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good, not_asked, warn

FILES = (
    *("database_file", "keys_url_file", "broker_password_file", "mail_password_file", "oidc_client_secret_file"),
    *("listen_tls_key", "release_key"),
)
OTHERS, GROUP = 0o007, 0o070
NONE = not_asked("secrets", "không bí mật nào nằm trong tệp", "no secret lies in a file")
GOOD = good("secrets", "{count} tệp, chỉ motcua đọc được", "{count} files, for motcua alone")
OPEN = bad(
    "secrets",
    (
        "{file} ({setting}): quyền {mode}, ai cũng đọc được",
        "quyền 400",
        "`chmod 400 {file}`, rồi đổi bí mật ấy nếu máy có người khác.",
    ),
    (
        "{file} ({setting}): mode {mode}, everybody may read it",
        "mode 400",
        "`chmod 400 {file}`, and change that secret if others use this machine.",
    ),
)
SHARED = warn(
    "secrets",
    ("{file} ({setting}): quyền {mode}, cả nhóm đọc được", "quyền 400", "`chmod 400 {file}`."),
    ("{file} ({setting}): mode {mode}, its group may read it", "mode 400", "`chmod 400 {file}`."),
)
UNREADABLE = bad(
    "secrets",
    (
        "{file} ({setting}): không đọc được: {why}",
        "một tệp đọc được",
        "Đặt tệp vào chỗ đó, cho người dùng của motcua đọc.",
    ),
    (
        "{file} ({setting}): cannot be read: {why}",
        "a file that can be",
        "Put it there, for the user of motcua to read.",
    ),
)
EMPTY = bad(
    "secrets",
    ("{file} ({setting}): trống", "một bí mật", "Ghi bí mật vào tệp đó."),
    ("{file} ({setting}): is empty", "a secret", "Write the secret into it."),
)


def secrets(subject: Subject) -> list[Finding]:
    """Each file that the settings name."""
    files = {name: Path(file) for name in FILES if (file := getattr(subject.settings, name)) is not None}
    found = [finding for name, file in files.items() for finding in looked_at(f"MOTCUA_{name.upper()}", file)]
    return found or [GOOD.of(count=len(files)) if files else NONE.of()]


def looked_at(setting: str, file: Path) -> list[Finding]:
    """One file."""
    words = {"setting": setting, "file": file}
    try:
        mode, content = stat.S_IMODE(file.stat().st_mode), file.read_bytes()
    except OSError as problem:
        return [UNREADABLE.of(why=(problem.strerror or "").lower(), **words)]
    if mode & OTHERS:
        return [OPEN.of(mode=f"{mode:o}", **words)]
    if mode & GROUP:
        return [SHARED.of(mode=f"{mode:o}", **words)]
    return [] if content.strip() else [EMPTY.of(**words)]
