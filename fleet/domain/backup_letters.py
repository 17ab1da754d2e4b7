"""That the last good backup is old, or that there never was one: when people are written so, and in which words."""

DAY_MS = 86_400_000
OLD_MS = 36 * 3_600_000
# One a night may be late or fail once; the alert for Prometheus begins at the same age.
AGAIN_MS = 7 * DAY_MS
SUBJECTS = {
    "vi": "motcua: chưa có bản sao lưu mới",
    "en": "motcua: no new backup",
}
TEXTS = {
    (
        "vi",
        True,
    ): "Bản sao lưu tốt gần nhất được tạo lúc {at}, cách đây {days} ngày. Những gì xảy ra từ đó sẽ mất nếu ổ đĩa hỏng.",
    ("vi", False): "Hệ thống được dùng từ {at} và chưa từng được sao lưu. Mọi thứ sẽ mất nếu ổ đĩa hỏng.",
    ("en", True): "The last good backup was made at {at}, {days} days ago. What happened since is lost if the disk is.",
    ("en", False): "The system has been in use since {at} and was never backed up. Everything is lost if the disk is.",
}
TO_DO = {
    "vi": "Xem tác vụ hằng đêm gọi motcua backup, và ổ đĩa mà nó ghi vào: docs/guides/server.vi.md.",
    "en": "Look at what calls motcua backup each night, and at the disk that it writes to: docs/guides/server.md.",
}


def stage(since_ms: int, now_ms: int) -> int | None:
    """The how many-th letter it is time for, counted from the moment that nothing newer was saved; None: for none."""
    over_ms = now_ms - since_ms - OLD_MS
    return None if over_ms < 0 else over_ms // AGAIN_MS


def backup_letter(was_made: bool, at: str, days: int, language: str) -> tuple[str, str]:
    """Subject and text; `at` is when the last one was made or, where none was, from when on something can be lost."""
    text = TEXTS[language, was_made].format(at=at, days=days)
    return SUBJECTS[language], f"{text}\n\n{TO_DO[language]}\n"
