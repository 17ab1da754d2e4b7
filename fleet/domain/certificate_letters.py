"""That a certificate ends soon, or has ended: in words, for letters."""

from fleet.domain.certificates import Use

USES = {
    ("vi", Use.PAGES): "của các trang và API",
    ("vi", Use.BROKER): "mà broker đưa cho máy chủ",
    ("vi", Use.DEVICES): "mà broker đưa cho thiết bị",
    ("vi", Use.AUTHORITY): "CA mà thiết bị tin",
    ("en", Use.PAGES): "of the pages and the API",
    ("en", Use.BROKER): "that the broker shows to the fleet",
    ("en", Use.DEVICES): "that the broker shows to devices",
    ("en", Use.AUTHORITY): "of the authority that devices believe",
}
SUBJECTS = {
    ("vi", True): "motcua: chứng thư {use} đã hết hạn",
    ("vi", False): "motcua: chứng thư {use} còn {days} ngày",
    ("en", True): "motcua: the certificate {use} has ended",
    ("en", False): "motcua: the certificate {use} ends in {days} days",
}
ENDS = {
    ("vi", True): "Chứng thư {use} ({name}) đã hết hạn lúc {at}.",
    ("vi", False): "Chứng thư {use} ({name}) hết hạn lúc {at}, còn {days} ngày.",
    ("en", True): "The certificate {use} ({name}) ended at {at}.",
    ("en", False): "The certificate {use} ({name}) ends at {at}, in {days} days.",
}
WHAT_THEN = {
    ("vi", Use.PAGES): "Sau đó trình duyệt từ chối mở các trang.",
    ("vi", Use.BROKER): "Sau đó máy chủ không kết nối được tới broker: sự kiện nằm chờ ở thiết bị.",
    ("vi", Use.DEVICES): "Sau đó thiết bị không kết nối được: sự kiện nằm chờ ở thiết bị.",
    ("vi", Use.AUTHORITY): "Sau đó thiết bị không tin broker nữa và phải có người đến tận nơi.",
    ("en", Use.PAGES): "After that browsers refuse to open the pages.",
    ("en", Use.BROKER): "After that the fleet does not reach the broker: events wait in the devices.",
    ("en", Use.DEVICES): "After that devices do not connect: events wait in them.",
    ("en", Use.AUTHORITY): "After that devices believe the broker no more, and somebody must travel to each.",
}
TO_DO = {
    ("vi", False): "Gia hạn: motcua ca renew (docs/tls.vi.md), rồi đặt hai tệp mới vào chỗ cũ.",
    ("vi", True): "Chuyển thiết bị sang CA khác trước ngày đó: docs/tls.vi.md, mục “Chuyển sang CA khác”.",
    ("en", False): "Renew it: motcua ca renew (docs/tls.md), then put both new files where the old ones are.",
    ("en", True): "Give devices another authority before that: docs/tls.md, “Another authority”.",
}


def certificate_letter(use: Use, name: str, at: str, days: int, language: str) -> tuple[str, str]:
    """Subject and text; `at` is when it ends, in so many days (below zero: it has)."""
    has_ended, words = days < 0, {"use": USES[language, use], "name": name, "at": at, "days": days}
    subject = SUBJECTS[language, has_ended].format(**words)
    lines = (
        ENDS[language, has_ended].format(**words) + " " + WHAT_THEN[language, use],
        TO_DO[language, use is Use.AUTHORITY],
    )
    return subject, "\n\n".join(lines) + "\n"
