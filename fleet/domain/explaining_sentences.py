"""What is said of a visit's links: each sentence in Vietnamese, then in English."""

from fleet.domain.satisfaction import LATE, OTHER_WAY, REPLACED

SENTENCES = {
    "ticket": ("Số {number} được lấy tại máy lấy số.", "Number {number} was taken at a ticket printer."),
    "appointment": (
        "Số {number} đã đặt lịch hẹn; người dân đã có mặt.",
        "Number {number} was booked, and its holder was there.",
    ),
    "no_ticket": (
        "Không thấy phiếu nào của số {number} trong ngày, nên không biết đã chờ bao lâu.",
        "No ticket of number {number} was seen that day, so nobody knows how long its holder waited.",
    ),
    "waited": (
        "Thời gian chờ tính từ lúc lấy số (hoặc từ giờ hẹn) đến lúc gọi: {minutes} phút {seconds} giây.",
        "The wait runs from the ticket (or the appointment's time) to the call: {minutes} min {seconds} s.",
    ),
    "waited_sent": (
        "Thời gian chờ tính từ lúc được chuyển đến ({at}) đến lúc gọi: {minutes} phút {seconds} giây.",
        "The wait runs from when its holder was sent on ({at}) to the call: {minutes} min {seconds} s.",
    ),
    "went_straight_on": (
        "Người dân đang ở quầy nên không phải chờ; không tính thời gian chờ cho lượt này.",
        "Its holder was at the counter and waited for nobody, so no wait is counted for this visit.",
    ),
    "about": (
        "Lượt này là của lĩnh vực {service}, dù số được lấy cho lĩnh vực khác.",
        "This visit was for {service}, although the number was taken for another service.",
    ),
    "went_on": (
        "{counter} tiếp tục với số {number}, làm lĩnh vực khác ngay tại quầy: một lượt phục vụ mới bắt đầu.",
        "{counter} went on with number {number}, with another service at the same counter: another visit began.",
    ),
    "went_on_to": (
        "{counter} làm xong phần này, tiếp tục với {to} tại chỗ: lượt này kết thúc; đánh giá thuộc về lượt cuối.",
        "{counter} was done with this and went on with {to}: this visit ended; a rating belongs to the last one.",
    ),
    "waited_before": (
        "Người dân đã được gọi trước đó và tạm gác, nên lần này không tính thời gian chờ.",
        "Its holder was called before and set aside, so no wait is counted this time.",
    ),
    "called": (
        "{counter} gọi số {number}: lượt phục vụ bắt đầu.",
        "{counter} called number {number}: the visit began.",
    ),
    "resumed": (
        "{counter} mời lại số {number} đã tạm gác: một lượt phục vụ mới bắt đầu.",
        "{counter} resumed number {number}, which was set aside: another visit began.",
    ),
    "began": (
        "{counter} quét hồ sơ khi chưa phục vụ ai: lượt phục vụ bắt đầu (nơi này không cần lấy số).",
        "{counter} scanned a dossier while serving nobody: the visit began (no number is needed here).",
    ),
    "recalled": ("{counter} gọi lại số {number}.", "{counter} called number {number} once more."),
    "scanned": (
        "Hồ sơ {code} được quét tại {counter} khi lượt này đang mở, nên thuộc về lượt này.",
        "Dossier {code} was scanned at {counter} while this visit was open, so it belongs to it.",
    ),
    "scanned_again": (
        "Hồ sơ {code} được quét thêm một lần; lượt này đã có hồ sơ đó.",
        "Dossier {code} was scanned once more; the visit had it already.",
    ),
    "undone": (
        "Bước vừa rồi của {counter} được hoàn tác: lượt này tiếp tục như trước đó.",
        "The last step of {counter} was taken back: the visit went on as before it.",
    ),
    "closed_for_now": (
        "{counter} đóng lượt này, nhưng bước đó về sau được hoàn tác.",
        "{counter} closed the visit, but that step was taken back later.",
    ),
    "finished": ("{counter} bấm kết thúc: đã phục vụ xong.", "{counter} pressed finish: served."),
    "finished_so": (
        "{counter} bấm kết thúc với kết quả “{outcome}”.",
        "{counter} pressed finish, with the outcome “{outcome}”.",
    ),
    "no_show": (
        "{counter} báo vắng mặt: người dân không đến quầy.",
        "{counter} reported a no-show: nobody came to the counter.",
    ),
    "sent_on": (
        "{counter} chuyển số {number} cho quầy khác cùng lĩnh vực: lượt ở quầy này kết thúc.",
        "{counter} sent number {number} on to another counter of its service: the visit here ended.",
    ),
    "sent_to": (
        "{counter} chuyển số {number} đến {to}: lượt ở quầy này kết thúc.",
        "{counter} sent number {number} on to {to}: the visit here ended.",
    ),
    "parked": (
        "{counter} tạm gác số {number}: lượt này kết thúc, người dân sẽ quay lại.",
        "{counter} set number {number} aside: this visit ended, and its holder will come back.",
    ),
    "unfinished": (
        "{counter} bắt đầu phục vụ người khác khi lượt này còn mở: lượt này được đóng là “không kết thúc”.",
        "{counter} began to serve somebody else while this visit was open: it was closed as “not closed”.",
    ),
    "clerk": (
        "Cán bộ {clerk} đã đăng nhập bằng thẻ tại quầy này khi gọi số.",
        "Clerk {clerk} was signed in at this counter by badge when it called.",
    ),
    "clerk_later": (
        "Khi gọi chưa ai đăng nhập; cán bộ {clerk} đăng nhập đầu tiên trong lúc phục vụ.",
        "Nobody was signed in at the call; clerk {clerk} was the first to sign in while the visit lasted.",
    ),
    "unrated": (
        "Không có lần bấm đánh giá nào thuộc về lượt này.",
        "No press on rating buttons belongs to this visit.",
    ),
}

OUTCOMES = ("no_show", "parked", "unfinished")
# How a visit ends that nobody finished, beside being sent on.

LINKED = {
    False: (
        "Một lần bấm đánh giá nêu đúng lượt này (nút được mở khi lượt kết thúc).",
        "A press on the rating buttons names this visit (they were armed when it was finished).",
    ),
    True: (
        "Một lần bấm không nêu lượt nào; một phút trước đó chỉ có lượt này vừa xong tại quầy, nên suy ra là của nó.",
        "A press named no visit; this was the only one that was finished there within a minute before, so it is its.",
    ),
}
LEFT_ASIDE = ("Không được tính.", "It does not count.")
JUDGED = {
    "": ("Lần bấm này được tính.", "It counts."),
    REPLACED: (
        "Không được tính: người bấm đã đổi ý ngay sau đó.",
        "It does not count: a later press replaced it.",
    ),
    LATE: (
        "Không được tính: bấm sau khi đã hết thời gian đổi ý.",
        "It does not count: it came after the time in which one may change one's mind.",
    ),
    OTHER_WAY: (
        "Không được tính: lượt này đã được đánh giá bằng cách khác trước đó.",
        "It does not count: the visit was rated in another way first.",
    ),
}
