"""What a report says, in both languages. The layout of public documents (Nghị định 30/2020/NĐ-CP) has fixed words."""

TEXTS: dict[str, dict[str, str]] = {
    "nation": {"vi": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "en": "SOCIALIST REPUBLIC OF VIET NAM"},
    "motto": {"vi": "Độc lập - Tự do - Hạnh phúc", "en": "Independence - Freedom - Happiness"},
    "number": {"vi": "Số:          /BC-", "en": "No.:          /BC-"},
    "place_and_day": {
        "vi": "{place}, ngày      tháng      năm {year}",
        "en": "{place}, day      month      year {year}",
    },
    "kind": {"vi": "BÁO CÁO", "en": "REPORT"},
    "subject": {
        "vi": "Kết quả phục vụ tại Bộ phận Một cửa\n{period}",
        "en": "How residents were served at the one-stop office\n{period}",
    },
    "translation": {"vi": "", "en": "Reading copy in English; the Vietnamese text is the one to sign."},
    "opening": {
        "vi": (
            "{name} báo cáo kết quả phục vụ tổ chức, cá nhân tại Bộ phận Một cửa trong kỳ từ ngày {first} đến ngày "
            "{last} ({days} ngày làm việc) như sau:"
        ),
        "en": (
            "{name} reports how residents were served at the one-stop office from {first} to {last} "
            "({days} working days):"
        ),
    },
    "opening_day": {
        "vi": "{name} báo cáo kết quả phục vụ tổ chức, cá nhân tại Bộ phận Một cửa trong ngày {first} như sau:",
        "en": "{name} reports how residents were served at the one-stop office on {first}:",
    },
    "not_over": {
        "vi": "Kỳ báo cáo chưa kết thúc; số liệu tính đến ngày {day}.",
        "en": "The period is not over; figures are as of {day}.",
    },
    "part.visits": {"vi": "I. TÌNH HÌNH PHỤC VỤ", "en": "I. VISITS AND WAITING"},
    "visits": {
        "vi": "Trong kỳ có {visits} lượt được gọi phục vụ, bình quân {a_day} lượt mỗi ngày làm việc{before}.",
        "en": "{visits} visits were called, {a_day} a working day on average{before}.",
    },
    "visits_before": {"vi": " (kỳ trước {visits} lượt)", "en": " ({visits} in the period before)"},
    "no_visits": {
        "vi": "Trong kỳ không có lượt nào được gọi phục vụ.",
        "en": "Nobody was called in this period.",
    },
    "absent": {
        "vi": "Có {n} lượt vắng mặt khi được gọi.",
        "en": "{n} did not come when they were called.",
    },
    "waited": {
        "vi": "Một nửa số người chờ không quá {p50} phút, cứ 10 người thì 9 người chờ không quá {p90} phút{within}.",
        "en": "Half of them waited no longer than {p50} minutes, nine of ten no longer than {p90} minutes{within}.",
    },
    "waited_within": {
        "vi": "; {within} được gọi trong thời gian mục tiêu {target}",
        "en": "; {within} were called within the target {target}",
    },
    "target": {"vi": "({minutes} phút)", "en": "({minutes} minutes)"},
    "targets": {"vi": "của từng lĩnh vực", "en": "of their service"},
    "waited_few": {
        "vi": "Chỉ {n} lượt có thời gian chờ; dưới 5 lượt nên không nêu thời gian chờ.",
        "en": "Only {n} visits have a time of waiting; of fewer than five it is not told.",
    },
    "part.ratings": {
        "vi": "II. MỨC ĐỘ HÀI LÒNG GHI NHẬN TẠI QUẦY",
        "en": "II. SATISFACTION AT THE COUNTERS",
    },
    "ratings": {
        "vi": (
            "Có {rated}/{served} lượt đã kết thúc được đánh giá ({rate}). Trong {n} lượt đánh giá được công bố, "
            "{share} hài lòng (khoảng tin cậy 95 %: từ {low} đến {high}){before}."
        ),
        "en": (
            "{rated} of {served} finished visits were rated ({rate}). Of {n} ratings that are published, {share} were "
            "satisfied (95 % interval: {low} to {high}){before}."
        ),
    },
    "ratings_before": {"vi": "; kỳ trước {share} (n = {n})", "en": "; {share} in the period before (n = {n})"},
    "ratings_wide": {
        "vi": "Số lượt còn ít nên khoảng tin cậy rộng; chưa nên dùng để so sánh hay xếp hạng.",
        "en": "They are few, so the interval is wide: no ground for comparing or ranking.",
    },
    "ratings_few": {
        "vi": (
            "Có {rated}/{served} lượt đã kết thúc được đánh giá. Số lượt đánh giá dưới 5 nên không công bố kết quả, để "
            "không ai biết được từng người đã đánh giá thế nào."
        ),
        "en": (
            "{rated} of {served} finished visits were rated. Fewer than five ratings are not published, so that nobody "
            "learns how one person rated."
        ),
    },
    "part.official": {
        "vi": "III. CHỈ SỐ THEO QUYẾT ĐỊNH SỐ 766/QĐ-TTg",
        "en": "III. INDICATORS OF DECISION 766/QĐ-TTg",
    },
    "official": {
        "vi": "Số liệu tính trên {basis}. Các chỉ số khác của Bộ chỉ số chỉ Cổng Dịch vụ công quốc gia mới tính được.",
        "en": "Counted: {basis}. All other indicators of the set only the national portal can work out.",
    },
    "part.nine": {"vi": "IV. PHIẾU ĐÁNH GIÁ 9 TIÊU CHÍ", "en": "IV. FORM OF NINE CRITERIA"},
    "nine_whole": {
        "vi": "Tổng điểm {known}/18, xếp loại: {grade}.",
        "en": "{known} of 18 points, class: {grade}.",
    },
    "nine_partly": {
        "vi": "Đạt {known}/{possible} điểm của các tiêu chí đã có số liệu; chưa đủ 9 tiêu chí nên chưa xếp loại.",
        "en": "{known} of {possible} points of the criteria that are known; without all nine there is no class.",
    },
    "nine_none": {
        "vi": "Chưa tiêu chí nào có từ 5 hồ sơ hoặc câu trả lời trở lên nên chưa tính điểm.",
        "en": "No criterion is known from five dossiers or answers yet.",
    },
    "part.attention": {"vi": "V. HỒ SƠ CẦN LƯU Ý", "en": "V. DOSSIERS THAT NEED ATTENTION"},
    "attention": {
        "vi": "Đang xử lý, đã quá hạn: {open_late} hồ sơ. Quá hạn do yêu cầu bổ sung quá một lần: {supplements} hồ sơ.",
        "en": "Open and overdue: {open_late}. Late by a second request for supplements: {supplements}.",
    },
    "attention_now": {
        "vi": " Đến hạn trong ba ngày tới: {soon} hồ sơ. Đã yêu cầu bổ sung một lần (thêm lần nữa là quá hạn): {once}.",
        "en": " Due within three days: {soon}. Asked for more once, so that another time would make them late: {once}.",
    },
    "attention_unknown": {
        "vi": " Không đủ ngày tháng để xét: {unknown} hồ sơ.",
        "en": " Without the dates that it takes to judge them: {unknown}.",
    },
    "attention_list": {
        "vi": "Danh sách mã hồ sơ có trong bản bảng tính của báo cáo này.",
        "en": "Their codes stand in the workbook of this report.",
    },
    "receivers": {"vi": "Nơi nhận:", "en": "To:"},
    "receivers_list": {
        "vi": "- Như trên;\n- Lưu: VT.",
        "en": "- As above;\n- Filed.",
    },
    "receivers_above": {"vi": "- {above};\n- Lưu: VT.", "en": "- {above};\n- Filed."},
    "signer_committee": {"vi": "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH", "en": "FOR THE PEOPLE'S COMMITTEE\nCHAIRMAN"},
    "signer": {"vi": "THỦ TRƯỞNG ĐƠN VỊ", "en": "HEAD OF THE OFFICE"},
    "signature": {"vi": "(Ký, ghi rõ họ tên và đóng dấu)", "en": "(Signature, name and seal)"},
    "appendix": {"vi": "PHỤ LỤC", "en": "APPENDIX"},
    "appendix_title": {"vi": "Cách tính và nguồn số liệu", "en": "How the figures are worked out"},
    "source": {
        "vi": (
            "Số liệu do hệ thống motcua tổng hợp ngày {day} từ thiết bị tại quầy và danh sách hồ sơ của hệ thống cấp "
            "tỉnh. Đường dây nóng: {hotline}."
        ),
        "en": (
            "Worked out by motcua on {day} from the devices at the counters and the province's list of dossiers. "
            "Hotline: {hotline}."
        ),
    },
    "how.wait": {
        "vi": (
            "Thời gian chờ: từ lúc lấy số (hoặc giờ hẹn) đến lúc được gọi. P50 (trung vị) là thời gian mà một nửa số "
            "lượt không vượt quá, P90 là thời gian mà 9/10 số lượt không vượt quá; sai số không quá 1 %."
        ),
        "en": (
            "Waiting: from the number (or the hour of the appointment) to the call. Half of the visits waited no "
            "longer than the P50 (median), nine of ten no longer than the P90; right to 1 %."
        ),
    },
    "how.within": {
        "vi": "Đạt mục tiêu: số lượt chờ không quá thời gian mục tiêu của lĩnh vực ÷ số lượt có thời gian chờ.",
        "en": "In time: visits that waited no longer than the target of their service ÷ visits with a time of waiting.",
    },
    "how.satisfied": {
        "vi": (
            "Tỷ lệ hài lòng p = k ÷ n; k là số lượt ở hai mức cao nhất của thang. Khoảng tin cậy 95 % theo Wilson: "
            "(p + z²/2n ± z√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n), z = 1,96. Chỉ công bố theo nhóm đủ 5 lượt; lượt bấm bất "
            "thường bị loại có nêu lý do."
        ),
        "en": (
            "Satisfied p = k ÷ n; k pressed one of the two best levels. 95 % interval after Wilson: "
            "(p + z²/2n ± z√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n), z = 1.96. Published in whole groups of five; strange "
            "presses are left out, with their reason."
        ),
    },
    "how.nine": {
        "vi": (
            "Phiếu 9 tiêu chí: điểm = tổng điểm trung bình của các tiêu chí, mỗi tiêu chí 0-2 điểm. Xếp loại: từ 15 "
            "Xuất sắc; từ 12 đến dưới 15 Tốt; từ 9 đến dưới 12 Khá; từ 6 đến dưới 9 Trung bình; dưới 6 Yếu."
        ),
        "en": (
            "Form of nine: the sum of the means of its criteria, 0 to 2 points each. Classes: from 15 excellent; from "
            "12 to below 15 good; from 9 to below 12 fair; from 6 to below 9 average; below 6 weak."
        ),
    },
    "table.summary": {"vi": "Kết quả chung", "en": "Main figures"},
    "table.services": {"vi": "Theo lĩnh vực", "en": "By service"},
    "table.hour": {"vi": "Theo giờ", "en": "By hour"},
    "table.day": {"vi": "Theo ngày", "en": "By day"},
    "table.week": {"vi": "Theo tuần", "en": "By week"},
    "table.month": {"vi": "Theo tháng", "en": "By month"},
    "table.ratings": {"vi": "Kết quả đánh giá theo mức", "en": "Ratings by level"},
    "table.indicators": {"vi": "Chỉ số theo Quyết định 766/QĐ-TTg", "en": "Indicators of Decision 766/QĐ-TTg"},
    "table.fields": {"vi": "Hồ sơ đúng hạn theo lĩnh vực", "en": "On time, by field"},
    "table.criteria": {"vi": "Phiếu đánh giá 9 tiêu chí", "en": "Form of nine criteria"},
    "heads.summary": {"vi": "Nội dung | Kỳ này | Kỳ trước", "en": "Figure | This period | Period before"},
    "heads.services": {
        "vi": "Lĩnh vực | Lượt | Vắng | Chờ P50 (phút) | Chờ P90 (phút) | Đạt mục tiêu | Phục vụ P50 (phút)",
        "en": "Service | Visits | Absent | Wait P50 (min) | Wait P90 (min) | In time | Served P50 (min)",
    },
    "head.hour": {"vi": "Giờ", "en": "Hour"},
    "head.day": {"vi": "Ngày", "en": "Day"},
    "head.week": {"vi": "Tuần", "en": "Week"},
    "head.month": {"vi": "Tháng", "en": "Month"},
    "heads.ratings": {"vi": "Mức | Số lượt | Tỷ lệ", "en": "Level | Ratings | Share"},
    "heads.indicators": {
        "vi": "Số | Chỉ số | Kết quả | Điểm | Số hồ sơ",
        "en": "No. | Indicator | Result | Points | Dossiers",
    },
    "heads.fields": {
        "vi": "Lĩnh vực | Đúng hạn | Quá hạn | Không xét | Tỷ lệ đúng hạn",
        "en": "Field | On time | Late | Left out | Share on time",
    },
    "heads.criteria": {
        "vi": "Số | Tiêu chí | Điểm (0-2) | Từ | Đến | n | Nguồn",
        "en": "No. | Criterion | Points (0-2) | Low | High | n | From",
    },
    "row.visits": {"vi": "Số lượt được gọi", "en": "Visits called"},
    "row.no_shows": {"vi": "Số lượt vắng khi gọi", "en": "Did not come"},
    "row.wait_p50": {"vi": "Thời gian chờ, P50 (phút)", "en": "Wait, P50 (minutes)"},
    "row.wait_p90": {"vi": "Thời gian chờ, P90 (phút)", "en": "Wait, P90 (minutes)"},
    "row.within": {"vi": "Được gọi trong thời gian mục tiêu", "en": "Called within the target"},
    "row.service_p50": {"vi": "Thời gian phục vụ, P50 (phút)", "en": "Time of service, P50 (minutes)"},
    "row.rated": {"vi": "Tỷ lệ lượt được đánh giá", "en": "Visits rated"},
    "row.published": {"vi": "Số lượt đánh giá được công bố (n)", "en": "Ratings published (n)"},
    "row.satisfied": {"vi": "Tỷ lệ hài lòng", "en": "Satisfied"},
    "row.satisfied_low": {"vi": "Khoảng tin cậy 95 %, cận dưới", "en": "95 % interval, low"},
    "row.satisfied_high": {"vi": "Khoảng tin cậy 95 %, cận trên", "en": "95 % interval, high"},
    "note.few": {
        "vi": "Dấu –: dưới 5 lượt, không nêu để không nhận ra từng người.",
        "en": "–: fewer than five, not told, so that nobody is recognised.",
    },
    "note.five": {"vi": "Chỉ công bố theo nhóm đủ 5 lượt.", "en": "Published in whole groups of five."},
    "note.sipas": {
        "vi": "Kết quả từ nút bấm tại quầy, không phải chỉ số SIPAS.",
        "en": "From the buttons at the counters; this is not SIPAS.",
    },
    "note.official": {
        "vi": "Không phải kết quả chính thức của Cổng Dịch vụ công quốc gia.",
        "en": "Not the official result of the national portal.",
    },
    "note.bound": {
        "vi": "5.4: mức cao nhất còn có thể đạt; phản ánh và không hài lòng chỉ Cổng Dịch vụ công quốc gia ghi nhận.",
        "en": "5.4: the most that can still be reached; only the national portal knows complaints and dislikes.",
    },
    "of_full": {"vi": "điểm tối đa", "en": "of all points"},
    "scan": {"vi": "Không lấy số", "en": "Without a number"},
    "no_field": {"vi": "Không ghi lĩnh vực", "en": "Field not told"},
    "from_dossiers": {"vi": "hồ sơ", "en": "dossiers"},
    "from_answers": {"vi": "hỏi người dân", "en": "residents asked"},
    "too_few": {"vi": "dưới 5", "en": "below 5"},
    "nothing": {"vi": "chưa có", "en": "none yet"},
    "level.3.1": {"vi": "Không hài lòng", "en": "Not satisfied"},
    "level.3.2": {"vi": "Hài lòng", "en": "Satisfied"},
    "level.3.3": {"vi": "Rất hài lòng", "en": "Very satisfied"},
    "level.4.1": {"vi": "Rất không hài lòng", "en": "Very dissatisfied"},
    "level.4.2": {"vi": "Không hài lòng", "en": "Not satisfied"},
    "level.4.3": {"vi": "Hài lòng", "en": "Satisfied"},
    "level.4.4": {"vi": "Rất hài lòng", "en": "Very satisfied"},
    "level.5.1": {"vi": "Rất không hài lòng", "en": "Very dissatisfied"},
    "level.5.2": {"vi": "Không hài lòng", "en": "Not satisfied"},
    "level.5.3": {"vi": "Bình thường", "en": "Neither"},
    "level.5.4": {"vi": "Hài lòng", "en": "Satisfied"},
    "level.5.5": {"vi": "Rất hài lòng", "en": "Very satisfied"},
    "chart.times": {"vi": "Số lượt được gọi {by}", "en": "Visits called {by}"},
    "chart.by.hour": {"vi": "theo giờ", "en": "by hour"},
    "chart.by.day": {"vi": "theo ngày", "en": "by day"},
    "chart.by.week": {"vi": "theo tuần", "en": "by week"},
    "chart.by.month": {"vi": "theo tháng", "en": "by month"},
    "chart.waits": {
        "vi": "Thời gian chờ theo lĩnh vực (phút): vạch đậm P50, hết thanh P90",
        "en": "Waiting by service (minutes): the mark is the P50, the end of the bar the P90",
    },
    "chart.ratings": {"vi": "Tỷ lệ đánh giá theo mức (n = {n})", "en": "Ratings by level (n = {n})"},
    "target_line": {"vi": "mục tiêu", "en": "target"},
    "sheet.dossiers": {"vi": "Hồ sơ", "en": "Dossiers"},
    "sheet.how": {"vi": "Cách tính", "en": "How"},
    "heads.dossiers": {"vi": "Chỉ số | Nhóm | Mã hồ sơ", "en": "Indicator | Cell | Dossier"},
}


def say(key: str, language: str, **values: object) -> str:
    """A text with its values."""
    return TEXTS[key][language].format(**values)
