"""The texts of `motcua bench`, in Vietnamese and in English."""

from fleet.provisioning.advice import LANGUAGES
from fleet.provisioning.results import ASK, FAIL, PASS, Note, PartSaid

TEXTS = {
    "waiting": ("Cắm bo mạch vào máy. Còn {free} phiếu ghi danh.", "Plug boards in. {free} claims are left."),
    "summary": (
        "{good} thiết bị đã ghi danh, {bad} chưa xong",
        "{good} devices enrolled, {bad} not finished",
    ),
    "port": ("cổng", "port"),
    "device": ("thiết bị", "device"),
    "place": ("nơi đặt", "place"),
    "step": ("đang làm", "step"),
    "result": ("kết quả", "result"),
    "test": ("tự kiểm tra", "self-test"),
    "seconds": ("giây", "seconds"),
    "to_do": ("cần làm", "to do"),
    "open": ("cần người xem", "to be looked at"),
    "fail": ("hỏng", "broken"),
    "pass": ("đạt", "passed"),
    "skipped": ("bỏ qua", "skipped"),
    "ask": ("cần người xem", "to be looked at"),
    "tried": ("đã làm lại {count} lần: {why}", "begun again, {count} in all: {why}"),
    "answers": ("[C] có   [K] không   [L] lần nữa", "[Y] yes   [N] no   [R] repeat"),
    "more": ("còn {count} câu hỏi của bo mạch khác", "{count} questions of other boards wait"),
    "read_this": ("{device}: đưa đầu đọc vào mã {code}", "{device}: let the reader read {code}"),
    "": ("", ""),
}
PARTS = {
    "flash": ("bộ nhớ flash", "flash"),
    "memory": ("bộ nhớ RAM", "memory"),
    "chip": ("số của chip", "chip"),
    "wifi": ("Wi-Fi", "Wi-Fi"),
    "broker": ("máy chủ MQTT", "broker"),
    "printer": ("máy in", "printer"),
    "reader": ("đầu đọc", "reader"),
    "buttons": ("nút bấm", "buttons"),
    "lamps": ("đèn và còi", "lamps"),
    "screen": ("màn hiện số", "screen"),
    "voice": ("loa", "voice"),
    "clock": ("đồng hồ", "clock"),
}
QUESTIONS = {
    "lamps": ("từng đèn có sáng lần lượt (còi có kêu) không?", "was each lit (or heard), one after another?"),
    "screen": ("màn có hiện 8888 không?", "does it show 8888?"),
    "voice": ("loa có đọc không?", "was it heard?"),
    "printer": ("máy in có in ra mã này không?", "did the printer print this code?"),
}
DEEDS = {
    "buttons": ("bấm mỗi nút ba lần", "press each key three times"),
    "reader": ("đưa mã ra trước đầu đọc", "hold the code before the reader"),
}


def text(key: str, language: str, **values: object) -> str:
    """A text of the bench."""
    return TEXTS[key][LANGUAGES.index(language)].format(**values)


def part_in(part: str, language: str) -> str:
    """The name of a part; as the board says it, if it is none that we know."""
    return PARTS[part][LANGUAGES.index(language)] if part in PARTS else part


def question_in(part: str, found: str, language: str) -> str:
    """What a person is asked; in the board's own words, if the part is none that we know."""
    return QUESTIONS[part][LANGUAGES.index(language)] if part in QUESTIONS else found


def note_in(note: Note, language: str) -> str:
    """A note on a step, for whoever stands there."""
    if not isinstance(note, PartSaid):
        return note
    name = part_in(note.part, language)
    if note.result == ASK and note.part in DEEDS:
        return f"{name}: {DEEDS[note.part][LANGUAGES.index(language)]} ({note.code or note.found})"
    if note.result == ASK and note.part in QUESTIONS:
        return f"{name}: {question_in(note.part, note.found, language)}"
    if note.result in (PASS, FAIL, "skipped"):
        return f"{name}: {text(note.result, language)} ({note.found})"
    return name
