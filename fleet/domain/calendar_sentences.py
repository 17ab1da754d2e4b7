"""What is expected of a file of calendars: each sentence in Vietnamese, then in English."""

CALENDAR_EXPECTED = {
    "unit_or_all": (
        "mã đơn vị trong cây tổ chức, hoặc * cho mọi nơi",
        "the id of a unit of the tree, or * for everywhere",
    ),
    "day_kind": ("một trong các loại ngày: {detail}", "one of these kinds of day: {detail}"),
    "weekdays": (
        "các thứ trong tuần như T2-T6 hoặc T7, CN (viết kèm chữ T để bảng tính không đổi thành ngày tháng)",
        "weekdays such as T2-T6 or T7, CN (with the T, or a spreadsheet makes a date of them)",
    ),
    "one_weekday": ("một thứ trong tuần, như T2", "one weekday, such as T2"),
    "session": ("một trong các buổi: {detail}", "one of these sessions: {detail}"),
    "hour": ("giờ như 07:30, đến 24:00", "an hour such as 07:30, up to 24:00"),
    "hour_after": ("giờ sau {detail}", "an hour after {detail}"),
    "hours_once": (
        "giờ không chồng lấn với dòng {detail} của cùng đơn vị",
        "hours that do not overlap those of row {detail} of the same unit",
    ),
    "not_before": ("ngày không trước {detail}", "a day not before {detail}"),
    "needed_for": ("một giá trị, vì loại ngày là “{detail}”", "a value, since the kind of day is “{detail}”"),
    "nothing_for": ("ô trống, vì loại ngày là “{detail}”", "nothing, since the kind of day is “{detail}”"),
}
