"""The columns that are read of a provincial system's export of dossiers; no name of a person is among them."""

from fleet.domain.columns import Columns

COLUMNS = {
    "code": ("Mã hồ sơ", "Mã số hồ sơ", "Mã hồ sơ TTHC", "Mã số hồ sơ TTHC", "Số hồ sơ"),
    "received_on": (
        "Ngày tiếp nhận",
        "Ngày nhận",
        "Ngày tiếp nhận hồ sơ",
        "Ngày nhận hồ sơ",
        "Thời gian tiếp nhận",
        "Thời điểm tiếp nhận",
    ),
    "due_on": (
        "Ngày hẹn trả",
        "Ngày hẹn trả kết quả",
        "Ngày hẹn trả KQ",
        "Ngày hẹn trả hồ sơ",
        "Hạn trả kết quả",
        "Hạn trả",
        "Thời gian hẹn trả",
    ),
    "procedure_code": ("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính", "Mã số TTHC", "Mã số thủ tục"),
    "procedure_name": ("Tên thủ tục", "Thủ tục hành chính", "Tên thủ tục hành chính", "Tên TTHC", "Thủ tục", "TTHC"),
    "field": ("Lĩnh vực", "Tên lĩnh vực"),
    "state": ("Trạng thái", "Tình trạng", "Trạng thái hồ sơ", "Tình trạng hồ sơ", "Trạng thái xử lý"),
    "finished_on": ("Ngày kết thúc xử lý", "Ngày hoàn thành", "Ngày có kết quả"),
    "returned_on": ("Ngày trả kết quả", "Ngày trả KQ", "Ngày trả"),
    "supplements": ("Số lần bổ sung", "Số lần yêu cầu bổ sung"),
    "channel": (
        "Kênh thực hiện",
        "Kênh tiếp nhận",
        "Hình thức tiếp nhận",
        "Hình thức nộp",
        "Hình thức nộp hồ sơ",
        "Phương thức tiếp nhận",
    ),
    "agency": ("Đơn vị xử lý", "Cơ quan giải quyết", "Đơn vị giải quyết", "Cơ quan xử lý", "Cơ quan thực hiện"),
}
REQUIRED = ("code", "received_on")
DOSSIERS = Columns(COLUMNS, REQUIRED)
