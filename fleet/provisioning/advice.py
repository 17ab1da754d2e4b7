"""What a technician does when a board is stuck: a sentence for each kind of trouble, in Vietnamese and in English."""

from fleet.provisioning.book import BookError
from fleet.provisioning.conversation import DeviceRefused, NoAnswer
from fleet.provisioning.ports import PortBusy, PortGone, PortStalled
from fleet.provisioning.probing import InstallError
from fleet.provisioning.raw_repl import NoMicroPython

STEPS = {
    "again": ("đang làm lại", "beginning again"),
    "looking": ("đang xem bo mạch", "looking at the board"),
    "flashing": ("đang nạp MicroPython", "putting MicroPython on"),
    "installing": ("đang cài phần mềm", "installing the firmware"),
    "starting": ("đang khởi động", "starting"),
    "offering": ("đang trao danh tính", "offering its identity"),
    "testing": ("đang tự kiểm tra", "testing itself"),
    "labelling": ("đang in nhãn", "printing its label"),
    "keeping": ("đang lưu danh tính", "keeping its identity"),
    "connecting": ("đang kết nối hệ thống", "connecting to the fleet"),
    "enrolled": ("đã ghi danh", "enrolled"),
    "already": ("đã ghi danh từ trước", "enrolled before"),
    "failed": ("chưa xong", "not finished"),
    "unplugged": ("đã rút cáp", "unplugged"),
}
ADVICE = {
    "no_micropython": (
        "bo mạch chưa có MicroPython: chạy lại với --image TỆP (xem docs/bench.md)",
        "no MicroPython on the board: run again with --image FILE (see docs/bench.md)",
    ),
    "busy": ("đóng chương trình khác đang dùng cổng này", "close the other program that uses this port"),
    "gone": ("cắm lại cáp; bàn cài đặt sẽ làm tiếp", "plug the cable in again; the bench goes on where it was"),
    "stalled": ("rút cáp, chờ ba giây rồi cắm lại", "unplug it, wait three seconds, plug it in again"),
    "silent": (
        "nhấn nút RESET trên bo mạch hoặc cắm lại cáp",
        "press RESET on the board, or unplug it and plug it in again",
    ),
    "refused": ("xem câu báo lỗi; sửa phiếu ghi danh hoặc mạng Wi-Fi", "mend what is named: the claim, or the Wi-Fi"),
    "book": ("lấy thêm phiếu ghi danh rồi chạy lại", "get more claims, then run again"),
    "network": (
        "kiểm tra tên và mật khẩu Wi-Fi, địa chỉ máy chủ MQTT; bo mạch vẫn đang thử",
        "look at the Wi-Fi's name and password and the broker's address; the board goes on trying",
    ),
    "stranger": (
        "bo mạch đã thuộc về một thiết bị: thay thế hoặc thu hồi thiết bị đó trước",
        "the board is a device already: replace or revoke that device first",
    ),
    "test": ("sửa bộ phận được nêu tên rồi cắm lại", "mend the part that is named, then plug it in again"),
    "unknown_board": ("dùng một loại bo mạch có trong docs/boards.md", "use one of the boards of docs/boards.md"),
    "install": ("cắm lại cáp; nếu lặp lại, xoá bộ nhớ flash", "plug it in again; if it happens again, erase its flash"),
}
LANGUAGES = ("vi", "en")


def step_in(step: str, language: str) -> str:
    """The name of a step."""
    return STEPS[step][LANGUAGES.index(language)]


def advice_in(word: str, language: str) -> str:
    """What to do; nothing where there is nothing to do."""
    return ADVICE[word][LANGUAGES.index(language)] if word else ""


def advice_for(problem: Exception) -> str:
    """The word of ADVICE for this error."""
    for kind, word in (
        (NoMicroPython, "no_micropython"),
        (PortBusy, "busy"),
        (PortGone, "gone"),
        (PortStalled, "stalled"),
        (BookError, "book"),
        (DeviceRefused, "refused"),
        (InstallError, "install"),
        (NoAnswer, "silent"),
    ):
        if isinstance(problem, kind):
            return word
    return "silent"
