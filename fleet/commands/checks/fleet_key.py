"""Is the fleet key the one that the keys of devices lie under, and ours alone?"""

import stat

from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, bad, good
from fleet.flows import check_up
from fleet.store.database import Store

OTHERS = 0o077
GOOD = good("fleet-key", "mở được khóa của thiết bị", "opens the keys of devices")
UNUSED = good("fleet-key", "chưa thiết bị nào có khóa", "no device has a key yet")
WRONG = bad(
    "fleet-key",
    (
        "{path} không mở được khóa của thiết bị: {why}",
        "khóa đã niêm phong chúng",
        "Đem tệp khóa về từ nơi cất giữ; không có nó thì phải ghi danh lại mọi thiết bị.",
    ),
    (
        "{path} does not open the keys of devices: {why}",
        "the key that sealed them",
        "Bring that file back from where it is kept; without it every device must be enrolled anew.",
    ),
)
OPEN = bad(
    "fleet-key",
    ("{path}: quyền {mode}, người khác đọc được", "quyền 600", "`chmod 600 {path}`."),
    ("{path}: mode {mode}, others may read it", "mode 600", "`chmod 600 {path}`."),
)


@with_store("fleet-key")
def fleet_key(subject: Subject, store: Store) -> list[Finding]:
    """Open a key with it, and look who may read it."""
    path = subject.settings.fleet_key_path
    sealed, why = check_up.sealed_keys(store)
    if why:
        return [WRONG.of(path=path, why=why.partition("found ")[2].partition(";")[0])]
    if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & OTHERS:
        return [OPEN.of(path=path, mode=f"{mode:o}")]
    return [(GOOD if sealed else UNUSED).of()]
