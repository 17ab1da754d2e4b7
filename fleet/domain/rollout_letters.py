"""A rollout that stopped by itself, and what somebody decided then: in words, for letters and programs."""

from collections.abc import Mapping

from fleet.domain.letters import SUBJECT_AT_MOST
from fleet.domain.rollout_harm import Harm, Why

LANGUAGES = ("vi", "en")
KINDS = {
    "vi": {"template": "mẫu cấu hình {subject}, phiên bản {version}", "release": "bản phát hành {version}"},
    "en": {"template": "template {subject}, version {version}", "release": "release {version}"},
}
OTHER = "{kind} {subject}, {version}"
WHY = {
    ("vi", Harm.FAILURES): "{k} trong {n} thiết bị đã trả lời{kind} không nhận được, chắc chắn nhiều hơn mức cho phép"
    " là {limit:.0%}",
    ("vi", Harm.FIRST): "{k} trong {n} thiết bị đầu tiên{kind} không nhận được",
    ("vi", Harm.TOO_FEW): "chỉ {k} trong {n} thiết bị của đợt{kind} nhận được, cần ít nhất {limit:.0%}",
    (
        "vi",
        Harm.CRASHES,
    ): "thiết bị đã nhận{kind} gặp sự cố phải khởi động lại trong {k} trên {n} giờ hoạt động; trước đó"
    " và ở thiết bị chưa nhận là {old_k} trên {old_n} giờ",
    (
        "vi",
        Harm.FAULTS,
    ): "thiết bị đã nhận{kind} báo {k} lỗi trong {n} giờ hoạt động; trước đó và ở thiết bị chưa nhận"
    " là {old_k} lỗi trong {old_n} giờ",
    ("en", Harm.FAILURES): "{k} of {n} that answered{kind} failed, certainly more than the {limit:.0%} allowed",
    ("en", Harm.FIRST): "{k} of the first {n}{kind} failed",
    ("en", Harm.TOO_FEW): "only {k} of {n} of the wave{kind} have it, expected at least {limit:.0%}",
    ("en", Harm.CRASHES): "with it devices{kind} crashed in {k} of {n} hours, before and without it {old_k} of {old_n}",
    (
        "en",
        Harm.FAULTS,
    ): "with it devices{kind} told of faults: {k} of {n} hours, before and without it {old_k} of {old_n}",
}
KIND = {"vi": " (loại: {its})", "en": " (of the kind {its})"}
ROLES = {
    "vi": {
        "printer": "in số",
        "rating": "nút đánh giá",
        "reader": "đọc mã",
        "keypad": "bàn phím quầy",
        "display": "bảng gọi số",
    },
    "en": {},
}
DECIDED = {
    ("vi", "resume"): "cho tiếp tục",
    ("vi", "retry"): "cho thử lại những thiết bị không nhận được",
    ("vi", "abort"): "đã hủy",
    ("en", "resume"): "lets it go on",
    ("en", "retry"): "lets those that failed try again",
    ("en", "abort"): "has aborted it",
}
STOPPED = {
    "vi": (
        "motcua: đợt triển khai tự dừng – {what}",
        "Đợt triển khai {what} đã tự dừng lúc {at}:\n{why}.\n\nKhông giao thêm cho thiết bị nào cho đến khi có người"
        " quyết định. Mở trang “Triển khai theo đợt” để xem và chọn thử lại, tiếp tục hoặc hủy.\n",
    ),
    "en": (
        "motcua: a rollout has stopped – {what}",
        "The rollout of {what} stopped by itself at {at}:\n{why}.\n\nNo other device is given it until somebody"
        " decides. The page “Rollouts” shows which failed; try again there, resume or abort.\n",
    ),
}
SETTLED = {
    "vi": ("motcua: đã xử lý đợt triển khai tự dừng – {what}", "{by} {decided}: đợt triển khai {what}, lúc {at}.\n"),
    "en": ("motcua: somebody saw to the rollout – {what}", "The rollout of {what}: {by} {decided}, at {at}.\n"),
}


def what_it_is(kind: str, subject: str, version: int, language: str) -> str:
    """What is rolled out."""
    return KINDS[language].get(kind, OTHER).format(kind=kind, subject=subject, version=version)


def why_said(why: Why, language: str) -> str:
    """Why it stopped, without a full stop."""
    return WHY[language, why.harm].format(**vars(why), kind=kind_said(why, language))


def kind_said(why: Why, language: str) -> str:
    """Of which kind of device alone that is said; of all together nothing."""
    its = [ROLES[language].get(role, role) for role in why.roles] + [one_line(why.board)[:32]] * bool(why.board)
    return KIND[language].format(its=", ".join(its)) if its else ""


def stopped_letter(why: Why, what: str, at: str, language: str) -> tuple[str, str]:
    """The subject and the text of the letter that it stopped."""
    subject, text = STOPPED[language]
    return one_line(subject.format(what=what)), text.format(what=what, why=why_said(why, language), at=at)


def settled_letter(decided: str, by: str, what: str, at: str, language: str) -> tuple[str, str]:
    """The subject and the text of the letter that somebody has decided."""
    subject, text = SETTLED[language]
    return one_line(subject.format(what=what)), text.format(what=what, decided=DECIDED[language, decided], by=by, at=at)


def as_data(why: Why) -> Mapping[str, object]:
    """Why it stopped, as programs are told of it."""
    return {
        "harm": why.harm.value,
        "k": why.k,
        "n": why.n,
        "old_k": why.old_k,
        "old_n": why.old_n,
        "board": why.board,
        "roles": list(why.roles),
    }


def one_line(subject: str) -> str:
    """What may stand in the head of a letter."""
    return "".join(letter if letter.isprintable() else " " for letter in subject)[:SUBJECT_AT_MOST]
