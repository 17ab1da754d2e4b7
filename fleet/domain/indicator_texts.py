"""The official indicators in words: what each is called, its formula, what a group of its dossiers is; by language."""

from fleet.domain.indicators import Group, Item
from fleet.domain.nine_criteria import Class, Criterion

LANGUAGES = ("vi", "en")

NAMES: dict[Item, dict[str, str]] = {
    Item.ON_TIME: {
        "vi": "Tỷ lệ hồ sơ giải quyết đúng hạn",
        "en": "Dossiers handled on time",
    },
    Item.MEAN_TIME: {
        "vi": "Thời gian giải quyết trung bình (ngày làm việc)",
        "en": "Mean time of handling (working days)",
    },
    Item.ONLINE: {
        "vi": "Tỷ lệ hồ sơ nộp trực tuyến",
        "en": "Dossiers handed in on line",
    },
    Item.RISK: {
        "vi": "Mức độ hài lòng theo tiến độ: mức cao nhất còn có thể đạt",
        "en": "Satisfaction by progress: the most that can still be reached",
    },
}

FORMULAS: dict[Item, dict[str, str]] = {
    Item.ON_TIME: {
        "vi": (
            "Số hồ sơ đúng hạn (đã xong hoặc đang xử lý còn trong hạn) ÷ số hồ sơ tiếp nhận hoặc xử lý trong kỳ × 100 "
            "%. Đúng hạn khi ngày kết thúc xử lý ≤ ngày hẹn trả, ngày hẹn trả được lùi theo số ngày làm việc chờ bổ "
            "sung; không có ngày hẹn trả thì theo thời hạn quy định của thủ tục; chưa kết thúc thì tính đến cuối kỳ. "
            "Yêu cầu bổ sung quá một lần là quá hạn."
        ),
        "en": (
            "Dossiers on time (done, or open and not due yet) ÷ dossiers received or handled in the period × 100 %. On "
            "time means: handled on or before the due day, which moves on by the working days of waiting for "
            "supplements; without a due day the legal time counts; what is open is judged as of the end of the period. "
            "More than one request for supplements makes it late."
        ),
    },
    Item.MEAN_TIME: {
        "vi": "Tổng số ngày làm việc giải quyết (trừ thời gian chờ bổ sung) ÷ số hồ sơ đã kết thúc trong kỳ.",
        "en": "Working days of handling (without waiting for supplements) ÷ dossiers that ended in the period.",
    },
    Item.ONLINE: {
        "vi": (
            "Số hồ sơ nộp trực tuyến ÷ số hồ sơ tiếp nhận trong kỳ × 100 %. Hồ sơ không ghi kênh được tính là nộp trực "
            "tiếp. Từ 50 % trở lên đạt điểm tối đa, dưới mức đó: tỷ lệ ÷ 50 % × điểm tối đa."
        ),
        "en": (
            "Dossiers handed in on line ÷ dossiers received in the period × 100 %. One without a channel counts as "
            "handed in at the counter. From 50 % on all points, below that: rate ÷ 50 % × all points."
        ),
    },
    Item.RISK: {
        "vi": (
            "100 % − (tỷ lệ hồ sơ quá hạn + tỷ lệ hồ sơ có phản ánh, kiến nghị hoặc không hài lòng). Từ 90 % trở lên "
            "đạt 6 điểm, dưới mức đó: tỷ lệ × 6 ÷ 90 %. Ở đây chỉ tính được tỷ lệ quá hạn; phản ánh và không hài lòng "
            "chỉ Cổng Dịch vụ công quốc gia ghi nhận, nên kết quả chính thức chỉ có thể bằng hoặc thấp hơn."
        ),
        "en": (
            "100 % − (share overdue + share with a complaint or dislike). From 90 % on 6 points, below that: share × 6 "
            "÷ 90 %. Only the share overdue is known here; complaints and dislikes are recorded by the national portal "
            "alone, so the official figure can only be the same or lower."
        ),
    },
}

GROUPS: dict[Group, dict[str, str]] = {
    Group.PUBLICITY: {"vi": "Công khai, minh bạch", "en": "Publicity and transparency"},
    Group.PROGRESS: {"vi": "Tiến độ giải quyết", "en": "Progress of handling"},
    Group.ONLINE_SERVICES: {"vi": "Cung cấp dịch vụ công trực tuyến", "en": "Services on line"},
    Group.PAYMENT: {"vi": "Thanh toán trực tuyến", "en": "Payment on line"},
    Group.SATISFACTION: {"vi": "Mức độ hài lòng", "en": "Satisfaction"},
    Group.DIGITISING: {"vi": "Số hóa hồ sơ", "en": "Digitising dossiers"},
}

PARTS: dict[str, dict[str, str]] = {
    "on_time": {"vi": "đã xong đúng hạn", "en": "done on time"},
    "open_in_time": {"vi": "đang xử lý, còn trong hạn", "en": "open, not due yet"},
    "late": {"vi": "đã xong quá hạn", "en": "done late"},
    "open_late": {"vi": "đang xử lý, đã quá hạn", "en": "open and overdue"},
    "late_by_supplements": {"vi": "quá hạn do yêu cầu bổ sung quá một lần", "en": "late by a second request"},
    "no_due_day": {"vi": "không có ngày hẹn trả (không tính)", "en": "without a due day (left out)"},
    "end_not_dated": {"vi": "đã xong, không rõ ngày (không tính)", "en": "done, nobody says when (left out)"},
    "ended": {"vi": "đã kết thúc trong kỳ", "en": "ended in the period"},
    "counter": {"vi": "nộp trực tiếp", "en": "at the counter"},
    "online": {"vi": "nộp trực tuyến", "en": "on line"},
    "post": {"vi": "qua bưu chính công ích", "en": "by post"},
    "other": {"vi": "kênh khác", "en": "otherwise"},
    "overdue": {"vi": "quá hạn", "en": "overdue"},
    "judged": {"vi": "được tính", "en": "judged"},
    "due_soon": {"vi": "sắp đến hạn", "en": "due soon"},
    "supplemented_once": {"vi": "đã yêu cầu bổ sung một lần", "en": "asked for more once"},
}

CRITERIA: dict[Criterion, dict[str, str]] = {
    Criterion.TOTAL_TIME: {
        "vi": "Tổng thời gian giải quyết so với thời gian quy định",
        "en": "Whole time of handling, beside what is laid down",
    },
    Criterion.AGENCIES_TIME: {
        "vi": "Thời gian thực hiện của từng cơ quan, đơn vị tham gia",
        "en": "Time of each agency that takes part",
    },
    Criterion.CONTACTS: {
        "vi": "Số lần phải liên hệ nơi tiếp nhận để hoàn thiện hồ sơ",
        "en": "How often the office had to be contacted to complete the dossier",
    },
    Criterion.AGENCIES: {
        "vi": "Số cơ quan, đơn vị phải liên hệ để hoàn thiện hồ sơ",
        "en": "How many agencies had to be contacted to complete it",
    },
    Criterion.ORGANISATION: {
        "vi": "Tổ chức tiếp nhận, trả kết quả tại Bộ phận Một cửa",
        "en": "How the one-stop office receives and returns",
    },
    Criterion.PUBLICITY: {
        "vi": "Công khai thủ tục hành chính",
        "en": "Procedures are public",
    },
    Criterion.ATTITUDE: {
        "vi": "Thái độ của cán bộ, công chức, viên chức",
        "en": "Attitude of the staff",
    },
    Criterion.FEEDBACK: {
        "vi": "Tiếp thu, giải trình phản ánh, kiến nghị",
        "en": "Answers to complaints and proposals",
    },
    Criterion.ONLINE: {
        "vi": "Tiến độ và chất lượng dịch vụ công trực tuyến",
        "en": "Progress and quality of services on line",
    },
}

CLASSES: dict[Class, dict[str, str]] = {
    Class.EXCELLENT: {"vi": "Xuất sắc", "en": "Excellent"},
    Class.GOOD: {"vi": "Tốt", "en": "Good"},
    Class.FAIR: {"vi": "Khá", "en": "Fair"},
    Class.AVERAGE: {"vi": "Trung bình", "en": "Average"},
    Class.WEAK: {"vi": "Yếu", "en": "Weak"},
}

SAID: dict[str, dict[str, str]] = {
    "na": {"vi": "NA (không có hồ sơ để tính)", "en": "NA (no dossier to count)"},
    "as_of": {"vi": "tính đến {day}", "en": "as of {day}"},
    "portal": {
        "vi": "chỉ Cổng Dịch vụ công quốc gia biết",
        "en": "only the national portal knows",
    },
    "portal_rest": {
        "vi": "các chỉ số còn lại của nhóm chỉ Cổng Dịch vụ công quốc gia biết",
        "en": "the group's other items only the national portal knows",
    },
    "not_official": {
        "vi": (
            "Số liệu của motcua từ danh sách hồ sơ của tỉnh và thiết bị tại quầy; không phải kết quả chính thức của "
            "Cổng Dịch vụ công quốc gia và không phải chỉ số SIPAS."
        ),
        "en": (
            "Figures of motcua, from the province's list of dossiers and the devices at the counters; neither the "
            "official result of the national portal nor SIPAS."
        ),
    },
    "by_organisation": {"vi": "hồ sơ do {name} chịu trách nhiệm", "en": "dossiers that {name} is responsible for"},
    "by_scan": {
        "vi": "hồ sơ được quét tại quầy (chưa khai báo cơ quan của đơn vị)",
        "en": "dossiers scanned at its counters (its organisation is not known)",
    },
    "of_full": {"vi": "{share} điểm tối đa", "en": "{share} of all points"},
    "points": {"vi": "{points} / {most} điểm", "en": "{points} of {most} points"},
    "bound": {"vi": "không quá {value}", "en": "at most {value}"},
    "if_pressed": {
        "vi": "nếu tỷ lệ không hài lòng trên Cổng như ở nút bấm tại quầy ({share}, n = {n}): {value}",
        "en": "if as many dislike on the portal as at the counter's buttons ({share}, n = {n}): {value}",
    },
    "nine": {"vi": "Phiếu 9 tiêu chí (18 điểm)", "en": "Form of nine criteria (18 points)"},
    "filled": {"vi": "từ hồ sơ", "en": "from dossiers"},
    "asked": {"vi": "hỏi người dân, mỗi lượt một câu", "en": "asked, one a visit"},
    "too_few": {"vi": "chưa đủ 5 (không hiển thị)", "en": "fewer than 5 (not shown)"},
    "no_answers": {"vi": "chưa đủ 5 câu trả lời", "en": "fewer than 5 answers yet"},
    "between": {"vi": "{low} đến {high}, ", "en": "{low} to {high}, "},
    "partly": {
        "vi": "{known} / {possible} điểm của các tiêu chí đã biết; chưa xếp loại",
        "en": "{known} of {possible} points of the criteria that are known; no class",
    },
    "whole": {"vi": "{known} / 18 điểm: {grade}", "en": "{known} of 18 points: {grade}"},
}


def said(key: str, language: str, **values: object) -> str:
    """A sentence, with its values."""
    return SAID[key][language].format(**values)
