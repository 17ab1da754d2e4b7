"""What can be wrong with a request: the status, and what is said of it in Vietnamese, then in English.

Each is (status, (title, detail) in Vietnamese, (title, detail) in English). docs/api.md lists all of them.
"""

from fleet.domain.claim_sentences import CLAIM_EXPECTED
from fleet.domain.org_sentences import ORG_EXPECTED

LANGUAGES = ("vi", "en")

Said = tuple[str, str]

PROBLEMS: dict[str, tuple[int, Said, Said]] = {
    "not-json": (
        400,
        ("Không phải JSON", "Phần thân của yêu cầu phải là JSON, mã hóa UTF-8."),
        ("Not JSON", "The body of the request must be JSON in UTF-8."),
    ),
    "no-token": (
        401,
        ("Thiếu mã truy cập", "Yêu cầu phải có tiêu đề “Authorization: Bearer <mã truy cập>”."),
        ("No access token", "The request must have a header “Authorization: Bearer <token>”."),
    ),
    "bad-token": (
        401,
        ("Mã truy cập không có hiệu lực", "Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi."),
        ("The access token does not hold", "The access token is unknown, has expired or was revoked."),
    ),
    "no-scope": (
        403,
        ("Không có quyền", "Mã truy cập này không có quyền “{scope}”."),
        ("Not allowed", "This access token does not have the scope “{scope}”."),
    ),
    "whole-province": (
        403,
        ("Không có quyền", "Mã truy cập này chỉ dùng cho một đơn vị; yêu cầu này liên quan đến toàn tỉnh."),
        ("Not allowed", "This access token holds at one office only; the request concerns the whole province."),
    ),
    "no-such-path": (
        404,
        ("Không tìm thấy", "Không có gì ở địa chỉ này."),
        ("Not found", "There is nothing at this address."),
    ),
    "no-such-office": (
        404,
        ("Không tìm thấy đơn vị", "Không có đơn vị mang mã này, hoặc mã truy cập không dùng cho đơn vị đó."),
        ("No such office", "There is no office of this id, or the access token does not hold there."),
    ),
    "no-such-unit": (
        404,
        ("Không tìm thấy đơn vị", "Không có đơn vị mang mã này, hoặc mã truy cập không dùng cho đơn vị đó."),
        ("No such unit", "There is no unit of this id, or the access token holds at none of its offices."),
    ),
    "no-such-schedule": (
        404,
        (
            "Không tìm thấy lịch gửi",
            "Không có lịch gửi báo cáo mang số này, hoặc mã truy cập không dùng cho đơn vị đó.",
        ),
        ("No such schedule", "No report is sent under this number, or the access token does not hold there."),
    ),
    "no-such-waiting-ticket": (
        404,
        ("Không có số này", "Hôm nay không có ai đang chờ với số này."),
        ("No such number", "Nobody waits with this number today."),
    ),
    "no-such-counter": (
        404,
        ("Không tìm thấy quầy", "Không có quầy mang mã này, hoặc mã truy cập không dùng cho quầy đó."),
        ("No such counter", "There is no counter of this id, or the access token does not hold there."),
    ),
    "no-such-device": (
        404,
        ("Không tìm thấy thiết bị", "Không có thiết bị mang mã này, hoặc mã truy cập không dùng cho thiết bị đó."),
        ("No such device", "There is no device of this id, or the access token does not hold there."),
    ),
    "no-such-command": (
        404,
        ("Không tìm thấy lệnh", "Thiết bị không có lệnh mang mã này."),
        ("No such order", "The device has no order of this id."),
    ),
    "no-such-template": (
        404,
        ("Không tìm thấy mẫu cấu hình", "Không có mẫu cấu hình ở đó, hoặc mã truy cập không dùng cho nơi đó."),
        ("No such template", "There can be no such template, or the access token does not hold there."),
    ),
    "template-changed": (
        409,
        ("Mẫu cấu hình đã khác", "Mẫu cấu hình không còn ở phiên bản đã xem; hãy đọc lại rồi gửi."),
        ("The template is another", "The template is not in the version that was looked at; read it again, then send."),
    ),
    "no-such-claim": (
        404,
        (
            "Không tìm thấy phiếu ghi danh",
            "Không có phiếu ghi danh mang mã này, hoặc mã truy cập không dùng cho đơn vị đó.",
        ),
        ("No such claim", "There is no claim of this id, or the access token does not hold at its office."),
    ),
    "no-such-alert": (
        404,
        ("Không tìm thấy cảnh báo", "Đơn vị không có cảnh báo mang số này."),
        ("No such alert", "The office has no alert of this number."),
    ),
    "no-such-dossier": (
        404,
        ("Không tìm thấy hồ sơ", "Chưa có hồ sơ mang mã này."),
        ("No such dossier", "No dossier of this code is known."),
    ),
    "no-past-days": (
        404,
        ("Chưa có ngày nào để thử", "Chưa có ngày nào trước ngày đó mà đủ năm người đến bộ phận này."),
        ("No day to try it on", "There is no day before that one on which at least five people came to the office."),
    ),
    "stale": (
        412,
        ("Hồ sơ đã khác", "Hồ sơ không còn như If-Match hoặc If-None-Match nêu; hãy đọc lại rồi gửi."),
        ("The dossier is another", "The dossier is not as If-Match or If-None-Match say; read it again, then send."),
    ),
    "no-such-method": (
        405,
        ("Phương thức không dùng được", "Địa chỉ này không nhận phương thức {method}."),
        ("Method not allowed", "This address does not take the method {method}."),
    ),
    "counter-serving": (
        409,
        ("Quầy đang phục vụ", "Quầy đang phục vụ một người; hãy kết thúc lượt này trước."),
        ("The counter serves somebody", "The counter serves somebody; finish that visit first."),
    ),
    "counter-not-serving": (
        409,
        ("Quầy không phục vụ ai", "Quầy hiện không phục vụ ai; hãy gọi số trước."),
        ("The counter serves nobody", "Nobody is at the counter now; call a number first."),
    ),
    "counter-paused": (
        409,
        ("Quầy đang nghỉ", "Quầy đang tạm nghỉ; hãy mở lại quầy trước."),
        ("The counter pauses", "The counter pauses; resume it first."),
    ),
    "nothing-to-undo": (
        409,
        ("Không có thao tác để hoàn tác", "Quầy không có thao tác nào trong 10 phút qua có thể hoàn tác."),
        ("Nothing to take back", "No step of this counter within the last ten minutes can be taken back."),
    ),
    "counter-not-paused": (
        409,
        ("Quầy không nghỉ", "Quầy không tạm nghỉ; để gọi lại một người chờ, hãy gửi lĩnh vực và số."),
        ("The counter does not pause", "The counter does not pause; to bring somebody back send service and number."),
    ),
    "device-away": (
        409,
        ("Thiết bị đang vắng", "Thiết bị không kết nối, nên không nhận lệnh được."),
        ("The device is away", "The device is not connected, so it can be asked for nothing."),
    ),
    "device-busy": (
        409,
        ("Thiết bị đang bận", "Thiết bị chưa trả lời các lệnh trước; hãy thử lại sau vài giây."),
        ("The device is busy", "The device has not answered its last orders yet; try again in a few seconds."),
    ),
    "no-such-rollout": (
        404,
        ("Không tìm thấy lần triển khai", "Không có lần triển khai mang mã này, hoặc mã truy cập không dùng cho nó."),
        ("No such rollout", "There is no rollout of this id, or it does not concern the access token."),
    ),
    "no-such-rollout-version": (
        404,
        (
            "Không tìm thấy phiên bản",
            "Mẫu này không có phiên bản đó, phiên bản đã cũ, hoặc mã truy cập không dùng cho mẫu.",
        ),
        ("No such version", "The template has no such version, it is an old one, or it does not concern the token."),
    ),
    "rollout-state": (
        409,
        ("Lúc này không làm được", "Việc này không hợp với trạng thái hiện tại của lần triển khai."),
        ("Not now", "This can not be done to the rollout in the state it is in."),
    ),
    "rollout-under-way": (
        409,
        ("Đang triển khai", "Một lần triển khai của mẫu này chưa kết thúc; hãy hủy lần đó trước."),
        ("A rollout is under way", "A rollout of this template is not over; abort it first."),
    ),
    "rollout-nobody": (
        409,
        ("Không có thiết bị nào", "Không có thiết bị nào thay đổi với phiên bản này."),
        ("No device is meant", "There is no device for which this version is new."),
    ),
    "order-nobody": (
        409,
        ("Không có thiết bị nào", "Không có thiết bị nào hợp với tất cả điều kiện đã chọn."),
        ("No device is meant", "No device is all of what was chosen."),
    ),
    "order-too-many": (
        409,
        ("Quá nhiều thiết bị", "Một lệnh gửi được tới nhiều nhất {most} thiết bị; hãy chọn hẹp hơn."),
        ("Too many devices", "One order goes to {most} devices at most; choose fewer."),
    ),
    "no-such-order": (
        404,
        ("Không có lệnh này", "Không có lệnh gửi nhiều thiết bị nào mang mã này."),
        ("No such order", "There is no order to many devices of this id."),
    ),
    "device-revoked": (
        409,
        ("Thiết bị đã bị thu hồi", "Thiết bị không còn được kết nối."),
        ("The device is revoked", "The device may no longer connect."),
    ),
    "device-waits": (
        409,
        ("Thiết bị chờ ghi danh", "Chưa có bo mạch nào đến với phiếu ghi danh của thiết bị này."),
        ("The device waits for its board", "No board has come with the claim of this device yet."),
    ),
    "device-other-roles": (
        409,
        ("Thiết bị không thay được", "Thiết bị thay thế phải là thiết bị khác và có cùng vai trò."),
        ("The device can not take its place", "It must be another device, with the same roles."),
    ),
    "device-nowhere": (
        409,
        ("Thiết bị không đặt ở đâu", "Thiết bị đang ở trong kho nên không có vị trí để thay."),
        ("The device stands nowhere", "The device is in store, so it has no place that another could take."),
    ),
    "device-no-key": (
        409,
        ("Thiết bị không có khóa", "Thiết bị dùng mật khẩu riêng, không có khóa để thay."),
        ("The device has no key", "The device has a password of its own, and no key that could be changed."),
    ),
    "claim-used": (
        409,
        ("Phiếu đã dùng", "Một bo mạch đã ghi danh bằng phiếu này; hãy thu hồi thiết bị nếu cần."),
        ("The claim was used", "A board was enrolled with this claim; revoke the device if need be."),
    ),
    "no-devices-network": (
        409,
        ("Chưa biết địa chỉ broker", "Máy chủ chưa được cấu hình MOTCUA_DEVICES_HOST nên không lập phiếu được."),
        ("The devices' network is not known", "MOTCUA_DEVICES_HOST is not set, so no claim can be made."),
    ),
    "device-no-printer": (
        409,
        ("Thiết bị không có máy in", "Chỉ máy in phiếu làm được việc này."),
        ("The device has no printer", "Only a ticket printer can do this."),
    ),
    "nobody-signed-in": (
        409,
        ("Chưa có cán bộ tại quầy", "Đơn vị yêu cầu cán bộ quét thẻ tại quầy trước khi gọi số."),
        (
            "Nobody is signed in",
            "At this office a clerk signs in with a badge before anybody is called there.",
        ),
    ),
    "not-parked": (
        409,
        ("Số này không chờ quay lại", "Số này hôm nay không có trong danh sách chờ quay lại."),
        ("The number is not parked", "This number is not among those that were set aside today."),
    ),
    "number-not-waiting": (
        409,
        ("Số này không chờ", "Số này hôm nay không trong hàng chờ, hoặc một quầy vừa được giao gọi số này."),
        ("The number does not wait", "This number is not in the line today, or a counter was just given it."),
    ),
    "alert-over": (
        409,
        ("Cảnh báo đã hết", "Cảnh báo đã kết thúc; không còn gì để nhận."),
        ("The alert is over", "The alert has closed; nobody need see to it any more."),
    ),
    "no-such-service": (
        422,
        ("Không có lĩnh vực này", "Đơn vị không có lĩnh vực mang mã này."),
        ("No such service", "The office has no service of this id."),
    ),
    "counter-not-for-service": (
        422,
        ("Quầy không nhận lĩnh vực này", "Quầy được chọn không phục vụ lĩnh vực của số này."),
        ("Not a service of that counter", "The counter that was chosen does not call for the service of this number."),
    ),
    "no-such-counter-there": (
        422,
        ("Không có quầy này", "Đơn vị không có quầy mang mã này."),
        ("No such counter there", "The office has no counter of this id."),
    ),
    "not-proved": (
        422,
        ("Chữ ký không đúng", "Biên bản tự kiểm tra không do bo mạch của phiếu ghi danh này ký."),
        ("Not proved", "The record of the self-test was not signed by the board of this claim."),
    ),
    "too-large": (
        413,
        ("Yêu cầu quá lớn", "Phần thân của yêu cầu được tối đa {most} byte."),
        ("The request is too large", "The body of a request has at most {most} bytes."),
    ),
    "unfit": (
        422,
        ("Yêu cầu không đúng dạng", "Một hoặc nhiều giá trị không đúng; xem “errors”."),
        ("The request is not as expected", "One or more values do not fit; see “errors”."),
    ),
    "key-reused": (
        422,
        ("Khóa đã dùng cho yêu cầu khác", "Idempotency-Key này đã được gửi cùng một yêu cầu khác trong 24 giờ qua."),
        ("The key was used before", "This Idempotency-Key was sent with another request within the last 24 hours."),
    ),
    "too-many": (
        429,
        ("Quá nhiều yêu cầu", "Mã truy cập này được gửi {most} yêu cầu mỗi phút; hãy thử lại sau {after} giây."),
        ("Too many requests", "This access token may send {most} requests a minute; try again in {after} seconds."),
    ),
    "busy": (
        503,
        ("Máy chủ đang bận tính", "Đang có nhiều phương án được tính cùng lúc; hãy thử lại sau {after} giây."),
        ("The server is busy", "Several plans are being tried at the same time; try again in {after} seconds."),
    ),
    "mishap": (
        500,
        ("Lỗi của máy chủ", "Máy chủ gặp lỗi; nhật ký của máy chủ ghi lại nguyên nhân."),
        ("An error of the server", "The server met an error; its log tells the cause."),
    ),
    "refused": (
        400,
        ("Yêu cầu bị từ chối", "Máy chủ không hiểu yêu cầu này."),
        ("The request was refused", "The server does not understand this request."),
    ),
}

# What was expected of a value, by the checker's own name for it; the value itself is never said again.
EXPECTED: dict[str, Said] = {
    "missing": ("phải có", "must be there"),
    "extra_forbidden": (
        "không được nhận: chỉ nhận các trường đã công bố",
        "is not taken: only the published fields are",
    ),
    "string_type": ("phải là chuỗi", "must be a text"),
    "string_too_short": ("quá ngắn: cần ít nhất {min_length} ký tự", "is too short: at least {min_length} characters"),
    "string_too_long": ("quá dài: được tối đa {max_length} ký tự", "is too long: at most {max_length} characters"),
    "string_pattern_mismatch": ("không đúng dạng {pattern}", "does not have the form {pattern}"),
    "int_type": ("phải là số nguyên", "must be a whole number"),
    "int_parsing": ("phải là số nguyên", "must be a whole number"),
    "int_from_float": ("phải là số nguyên", "must be a whole number"),
    "int_parsing_size": ("là số quá lớn", "is too large a number"),
    "bool_type": ("phải là true hoặc false", "must be true or false"),
    "bool_parsing": ("phải là true hoặc false", "must be true or false"),
    "list_type": ("phải là một danh sách", "must be a list"),
    "model_attributes_type": ("phải là một đối tượng JSON", "must be a JSON object"),
    "model_type": ("phải là một đối tượng JSON", "must be a JSON object"),
    "dict_type": ("phải là một đối tượng JSON", "must be a JSON object"),
    "too_long": ("có quá nhiều mục: được tối đa {max_length}", "has too many items: at most {max_length}"),
    "too_short": ("có quá ít mục: cần ít nhất {min_length}", "has too few items: at least {min_length}"),
    "greater_than_equal": ("phải từ {ge} trở lên", "must be {ge} or more"),
    "less_than_equal": ("được tối đa {le}", "must be {le} or less"),
    "enum": ("phải là một trong: {expected}", "must be one of: {expected}"),
    "literal_error": ("phải là một trong: {expected}", "must be one of: {expected}"),
    "date_type": ("phải là một ngày, ví dụ 2026-11-09", "must be a day such as 2026-11-09"),
    "date_parsing": ("phải là một ngày, ví dụ 2026-11-09", "must be a day such as 2026-11-09"),
    "date_from_datetime_parsing": ("phải là một ngày, ví dụ 2026-11-09", "must be a day such as 2026-11-09"),
    "network_nothing": ("phải nêu Wi-Fi, địa chỉ, cổng hoặc TLS", "must name a Wi-Fi, a host, a port or TLS"),
    "network_ssid": ("phải là tên Wi-Fi dài 1 đến 32 byte", "must be the name of a Wi-Fi of 1 to 32 bytes"),
    "network_wifi_password": (
        "phải dài 8 đến 63 ký tự không dấu, kèm tên Wi-Fi",
        "must have 8 to 63 ASCII letters, beside the name of a Wi-Fi",
    ),
    "network_host": ("phải là tên máy chủ hoặc địa chỉ IP", "must be the name or the address of a host"),
    "network_port": ("phải là cổng từ 1 đến 65535", "must be a port from 1 to 65535"),
    "network_tls": ("phải là none, cert hoặc psk", "must be none, cert or psk"),
    "network_ca": (
        "phải là chứng thư dạng PEM, tối đa 2 KiB, chỉ đi cùng tls cert",
        "must be a certificate as PEM of at most 2 KiB, with tls cert alone",
    ),
    "dossier_code": (
        "phải là mã hồ sơ như H15.50.05.13-261008-0975",
        "must be a code such as H15.50.05.13-261008-0975",
    ),
    "dossier_code_organisation": (
        "phải bắt đầu bằng mã đơn vị như 000.17.22.H56 hoặc H15.50.05.13",
        "must begin with an organisation such as 000.17.22.H56 or H15.50.05.13",
    ),
    "dossier_code_day": ("phải có ngày dạng YYMMDD", "must have a day as YYMMDD"),
    "dossier_code_past": ("có ngày ở tương lai", "has a day that is in the future"),
    "dossier_code_serial": (
        "phải kết thúc bằng ít nhất bốn chữ số hoặc chữ hoa",
        "must end with at least four digits or capitals",
    ),
    "dossier_day_past": ("không được là ngày ở tương lai", "must not be a day in the future"),
    "dossier_due_after": ("không được trước ngày tiếp nhận", "must not lie before the day of receipt"),
    "dossier_formula": ("không được bắt đầu bằng =, + hoặc @", "must not begin with =, + or @"),
    "dossier_text": ("quá dài: được tối đa 1000 ký tự", "is too long: at most 1000 characters"),
    "selftest_record": (
        "phải là biên bản tự kiểm tra của bo mạch, nguyên văn; {field} không đúng",
        "must be the record of a board's self-test, as it was sent; {field} is wrong",
    ),
    "config_name": (
        "phải là một trường cấu hình mà thiết bị của mẫu này có; danh sách ở docs/configuration.md",
        "must be a field that devices of this template have; docs/configuration.md lists them",
    ),
    "config_number": ("phải là số nguyên từ {least} đến {most}", "must be a whole number from {least} to {most}"),
    "config_value": (
        "phải là giá trị mà trường này nhận được, như ở docs/configuration.md",
        "must be a value that this field takes, as docs/configuration.md says",
    ),
    "template": (
        "phải là một phiên bản đã có, hoặc ghi chú trên một dòng",
        "must be a version that there is, or a note of one line",
    ),
    "cursor": ("phải là con trỏ lấy từ câu trả lời trước", "must be a cursor of an earlier answer"),
    "moment": (
        "phải là thời điểm có múi giờ, ví dụ 2026-11-09T09:00:00+07:00",
        "must be a moment with its time zone such as 2026-11-09T09:00:00+07:00",
    ),
    "mail_address": (
        "phải là địa chỉ thư điện tử, ví dụ van-phong@example.vn",
        "must be addresses such as van-phong@example.vn",
    ),
    "named_period": (
        "phải là ngày, tuần, tháng, quý hoặc năm, ví dụ 2026-10-08, 2026-W41, 2026-10, 2026-Q4, 2026",
        "must be a day, week, month, quarter or year such as 2026-10-08, 2026-W41, 2026-10, 2026-Q4, 2026",
    ),
    "begun_period": ("phải là kỳ đã bắt đầu", "must be a period that has begun"),
    "long_period": (
        "phải là tháng, quý hoặc năm, ví dụ 2026-10, 2026-Q4, 2026",
        "must be a month, quarter or year such as 2026-10, 2026-Q4, 2026",
    ),
    "rows": (
        "phải chọn khoảng thời gian không quá {most} dòng, hoặc chia thô hơn",
        "must be a period of at most {most} rows, or in larger steps",
    ),
    "period": (
        "không được trước ngày đầu, và cách tối đa {most} ngày",
        "must not lie before the first day, and at most {most} days after it",
    ),
    "alert_quiet": (
        "phải là các khoảng giờ khác nhau, ví dụ 18:00-06:30, và chừa lúc được báo tin",
        "must be stretches such as 18:00-06:30 that leave some time in which alerts are told",
    ),
    "alert_mail": ("phải là địa chỉ thư điện tử", "must be addresses of e-mail"),
    "clock_after": ("phải sau giờ bắt đầu", "must lie after the beginning"),
    "open_day": ("phải là ngày bộ phận mở cửa", "must be a day on which the office is open"),
    "waves": (
        "phải là các đợt tăng dần, kết thúc bằng 100%, ví dụ 1, 10%, 100%",
        "must be waves that rise, the last one 100%, such as 1, 10%, 100%",
    ),
    "hours": ("phải là hai giờ, ví dụ 11:30-13:30", "must be two times, such as 11:30-13:30"),
    "key": ("phải có 1 đến 255 ký tự ASCII hiển thị được", "must have 1 to 255 visible ASCII characters"),
}
EXPECTED |= {
    f"claim_{name}": (f"phải là {vi}", f"must be {en}")
    for name, (vi, en) in {**CLAIM_EXPECTED, "unit_id": ORG_EXPECTED["unit_id"]}.items()
}
OTHERWISE: Said = ("không đúng dạng cần có", "does not have the form that is needed")
