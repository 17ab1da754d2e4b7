"""The words of a plan in two languages, Vietnamese first: what is counted, heads of its tables, and what breaks."""

from fleet.domain.planned import YEARS

Both = tuple[str, str]

NAMES = {
    "offices": ("bộ phận một cửa", "offices"),
    "events_day": ("sự kiện của một ngày thường", "events of a usual day"),
    "events_s": ("sự kiện mỗi giây, phút đông nhất thứ Hai", "events a second, the fullest minute of a Monday"),
    "visits_s": ("lượt phục vụ mỗi giây, cũng phút đó", "visits a second, in the same minute"),
    "health_s": ("báo tình trạng mỗi giây", "health a second"),
    "pings_s": ("hỏi đường truyền mỗi giây, khi không ai bấm", "pings a second, while nobody presses"),
    "messages_s": ("thông điệp qua máy chủ MQTT mỗi giây", "messages through the broker a second"),
    "network": ("mạng, Mbit/s (không TLS)", "network, Mbit/s (without TLS)"),
    "back": ("thiết bị cùng quay lại", "devices that come back at once"),
    "welcome": ("đến khi tất cả được nhận, phút (tính theo bộ xử lý)", "until all are welcome, minutes of processor"),
    "broker_s": ("trong đó máy chủ MQTT bận, giây", "of it the broker, seconds"),
    "events_gb": ("sự kiện trong cơ sở dữ liệu, GB", "events in the database, GB"),
    "year_gb": ("lượt phục vụ và tổng hợp, GB mỗi năm", "visits and their sums, GB a year"),
    "ten_gb": (f"cơ sở dữ liệu sau {YEARS} năm, GB", f"the database after {YEARS} years, GB"),
    "archives_gb": ("lưu trữ sự kiện, GB mỗi năm", "archives of events, GB a year"),
    "backup": (f"một bản sao lưu sau {YEARS} năm: GB, giờ", f"a backup after {YEARS} years: GB, hours"),
    "log_mb_s": ("nhật ký PostgreSQL (WAL), MB/s", "the log of PostgreSQL (WAL), MB/s"),
    "flushes_s": ("lần ép ghi xuống đĩa mỗi giây, nhiều nhất", "flushes of the disk a second at most"),
    "cores": ("lõi xử lý (vCPU), có dự phòng", "cores (vCPU), with what shall stay free"),
    "memory": ("bộ nhớ, GB", "memory, GB"),
    "disk": (f"đĩa cho {YEARS} năm, GB", f"disk for {YEARS} years, GB"),
    "machines": ("số máy", "machines"),
}
HEADS = {
    "rhythm": (("Nhịp", "", ""), ("Rhythm", "", "")),
    "parts": (
        ("Tiến trình", "lõi bận", "số tiến trình", "bộ nhớ, GB"),
        ("Processes", "busy cores", "how many", "memory, GB"),
    ),
    "back": (("Sau khi mất điện", "", ""), ("After a power cut", "", "")),
    "room": (("Đĩa", "", ""), ("Disks", "", "")),
    "machines": (("Tổng cộng", "", ""), ("In all", "", "")),
    "breaks": (
        ("Hỏng trước", "từ bao nhiêu thiết bị", "mức tải ở kế hoạch này"),
        ("Breaks first", "from so many devices", "load in this plan"),
    ),
}
BREAKS = {
    "back": (
        "một tiến trình `send` đón lại mọi thiết bị trong mười phút",
        "one `send` welcomes all within ten minutes",
    ),
    "broker_core": ("một Mosquitto (một luồng)", "one Mosquitto (one thread)"),
    "receive_core": ("một `receive`; cần thêm một", "one `receive`; add another"),
    "link_core": ("một `link`; cần thêm một", "one `link`; add another"),
    "send_core": ("`send`, chỉ có một", "`send`, of which there is one"),
    "serve_core": ("một `serve`; cần thêm một", "one `serve`; add another"),
    "database_machine": ("một máy PostgreSQL có {cores} lõi", "one machine of PostgreSQL with {cores} cores"),
    "files": ("tệp mở của một máy chủ MQTT (65.536)", "open files of one broker (65,536)"),
    "flood": ("sự kiện mà một `receive` nhận kịp", "events that one `receive` can store at all"),
    "backup": ("một bản sao lưu trong một đêm (8 giờ)", "a backup within a night (8 hours)"),
    "days": (
        "`send` xem ngày làm việc của mọi nơi kết thúc thế nào trong mười phút",
        "`send` looks at how the days of all offices end within ten minutes",
    ),
    "broker_returns": (
        "một Mosquitto đón lại mọi kết nối trong mười phút",
        "one Mosquitto takes all back in ten minutes",
    ),
}
