"""What is expected of a claim: each sentence in Vietnamese, then in English."""

CLAIM_EXPECTED = {
    "device_roles": ("một hoặc nhiều vai trò trong số: {detail}", "one or more roles of {detail}"),
    "roles_once": ("mỗi vai trò một lần", "each role once"),
    "known_office": (
        "mã của một bộ phận một cửa mà bạn phụ trách",
        "the id of an office at which you may enrol devices",
    ),
    "open_counter": ("một quầy đang mở của đơn vị: {detail}", "an open counter of the office: {detail}"),
    "no_counter": (
        "ô trống (thiết bị đặt tại sảnh): đơn vị chưa có quầy nào đang mở",
        "nothing (the lobby): the office has no open counter",
    ),
    "device_once": (
        "mã thiết bị chưa có trong tệp; mã này đã có ở dòng {detail}",
        "a device that is named once; it stands in row {detail}, too",
    ),
    "device_waits": (
        "thiết bị chưa có phiếu ghi danh; hãy thu hồi phiếu {detail} trước",
        "a device that no claim waits for; withdraw the claim {detail} first",
    ),
    "device_free": ("mã chưa có thiết bị nào dùng", "an id that no device has"),
    "board_id": (
        "mã phần cứng của bo mạch gồm 2 đến 32 chữ số thập lục phân",
        "a board's own id of 2 to 32 hexadecimal digits",
    ),
    "board_once": (
        "mã phần cứng chưa có trong tệp; mã này đã có ở dòng {detail}",
        "a board that is named once; it stands in row {detail}, too",
    ),
    "board_waits": (
        "bo mạch chưa có phiếu ghi danh; phiếu {detail} đang dành cho bo mạch này",
        "a board that no claim waits for; {detail} is for this board",
    ),
    "board_free": (
        "bo mạch chưa ghi danh; bo mạch này đang là thiết bị {detail}",
        "a board that is not enrolled; this one is the device {detail}",
    ),
    "claims_at_most": ("tối đa {detail} phiếu mỗi lần", "at most {detail} claims at once"),
    "claim_hours": ("số giờ hiệu lực từ {detail}", "hours of validity from {detail}"),
}
