"""Can the fleet assign releases: is its key there, ours alone, and one that the root names which devices believe?"""

from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, bad, good, not_asked
from fleet.flows import check_up
from fleet.release_folder import Bad, trust_of
from fleet.store.database import Store

NONE = not_asked("releases", "không đặt MOTCUA_RELEASE_KEY", "no MOTCUA_RELEASE_KEY is set")
GOOD = good("releases", "khóa được gốc phát hành công nhận", "the key is one that the root names")
KEY = bad(
    "releases",
    (
        "{why}",
        "khóa mà gốc phát hành hiện hành nêu tên",
        "Sửa MOTCUA_RELEASE_KEY, hoặc công bố gốc: docs/releases.vi.md.",
    ),
    ("{why}", "a key that the root names", "Mend MOTCUA_RELEASE_KEY, or publish the root: docs/releases.md."),
)
ROOT = bad(
    "releases",
    (
        "MOTCUA_RELEASE_ROOT: {why}",
        "gốc phát hành đầu tiên, 1.root.json",
        "Chép 1.root.json từ nơi cất giữ (docs/releases.vi.md).",
    ),
    (
        "MOTCUA_RELEASE_ROOT: {why}",
        "the first root, 1.root.json",
        "Copy 1.root.json from where it is kept (docs/releases.md).",
    ),
)


@with_store("releases")
def releases(subject: Subject, store: Store) -> list[Finding]:
    """The key, and the root that boards are given at the cable."""
    settings = subject.settings
    if settings.release_key is None and settings.release_root is None:
        return [NONE.of()]
    found = []
    if settings.release_root is not None:
        try:
            trust_of(settings.release_root)
        except Bad as problem:
            found.append(ROOT.of(why=problem))
    if settings.release_key is not None and (why := check_up.release_trouble(store, settings.release_key)):
        found.append(KEY.of(why=why))
    return found or [GOOD.of()]
