"""What is expected of a file of units: each sentence in Vietnamese, then in English."""

ORG_EXPECTED = {
    "kind": ("một trong các loại: {detail}", "one of these kinds: {detail}"),
    "unit_id": (
        "mã gồm 1 đến 32 chữ thường không dấu, chữ số và dấu gạch ngang",
        "an id of 1 to 32 characters of a-z, 0-9 and -",
    ),
    "id_once": (
        "mã chưa có với cùng ngày bắt đầu; mã này đã có ở dòng {detail}",
        "an id that begins once on a day; it stands in row {detail}, too",
    ),
    "same_kind": (
        "loại “{detail}”, như mã này đã có",
        "the kind “{detail}”, as this id has it already",
    ),
    "not_overlapping": (
        "hiệu lực không chồng lấn với dòng {detail}",
        "a validity that does not overlap that of row {detail}",
    ),
    "ends_after": (
        "ngày sau ngày bắt đầu hiệu lực {detail}",
        "a day after the first day of validity {detail}",
    ),
    "known_unit": (
        "mã của một đơn vị có trong tệp hoặc đã có trong hệ thống",
        "the id of a unit in this file or one that is known",
    ),
    "parent_kind": (
        "đơn vị cấp trên thuộc loại: {detail}",
        "a unit above it of one of these kinds: {detail}",
    ),
    "valid_parent": (
        "đơn vị có hiệu lực trong suốt thời gian của dòng này (không có hiệu lực vào ngày {detail})",
        "a unit that is valid all the time of this row (it is not on {detail})",
    ),
    "since_ever": (
        "đơn vị có hiệu lực từ trước đến nay, như dòng này (ô “{detail}” để trống)",
        "a unit that is valid since ever, as this row is (its “{detail}” is empty)",
    ),
    "same_office": (
        "điểm tiếp nhận “{detail}” như trước: quầy chuyển nơi khác cần mã mới",
        "the office “{detail}” as before: a counter that moves elsewhere needs a new id",
    ),
    "no_circle": (
        "đơn vị không nằm dưới chính nó ({detail})",
        "a unit that does not stand below itself ({detail})",
    ),
    "heirs": (
        "các mã đơn vị cách nhau bằng dấu chấm phẩy, có thể kèm tỷ lệ lớn hơn 0: xa-a=60%; xa-b=40%",
        "ids of units between semicolons, perhaps with a share above 0: xa-a=60%; xa-b=40%",
    ),
    "heir_once": ("mỗi đơn vị kế thừa một lần", "each successor once"),
    "shares_whole": ("tổng tỷ lệ bằng 100%", "shares that make 100% together"),
    "shares_left": (
        "tổng tỷ lệ đã biết nhỏ hơn 100%, vì còn đơn vị kế thừa chưa rõ tỷ lệ",
        "known shares of less than 100% together, since a successor without a share is left",
    ),
    "ended_heirs": (
        "ngày hết hiệu lực ở dòng có đơn vị kế thừa",
        "a last day in a row that has successors",
    ),
    "last_heirs": (
        "đơn vị kế thừa chỉ ở dòng cuối cùng của mã này (dòng {detail} đến sau)",
        "successors only in the last row of this id (row {detail} comes later)",
    ),
    "heir_kind": (
        "đơn vị kế thừa cùng loại “{detail}” (huyện, trung tâm, chi nhánh và điểm tiếp nhận kế thừa được lẫn nhau)",
        "a successor of the kind “{detail}” (districts, centres, branches and offices may follow one another)",
    ),
    "heir_begins": (
        "đơn vị kế thừa bắt đầu từ ngày {detail} trở đi, khi đơn vị này hết hiệu lực",
        "a successor that begins on {detail} or later, when this unit ends",
    ),
    "identifier": (
        "mã định danh điện tử như H29.27.05 hoặc 000.05.27.H29",
        "an identifier such as H29.27.05 or 000.05.27.H29",
    ),
    "code_once": (
        "mã định danh chưa thuộc cơ quan khác cùng thời gian (dòng {detail})",
        "an identifier that no other organisation has at the same time (row {detail})",
    ),
    "no_codes": ("ô trống: chỉ cơ quan có mã định danh", "nothing: only organisations have identifiers"),
    "no_owner": (
        "ô trống: cột này dành cho nơi tiếp nhận",
        "nothing: that column is for places",
    ),
    "organisation": (
        "mã của một cơ quan, không phải {detail}",
        "the id of an organisation (cơ quan), not a {detail}",
    ),
    "hotline": (
        "đường dây nóng của điểm tiếp nhận hoặc của đơn vị cấp trên",
        "a hotline of the office or of a unit above it",
    ),
    "not_removed": (
        "có trong tệp: thiết bị hoặc lượt phục vụ gắn với đơn vị này; hãy ghi ngày hết hiệu lực thay vì bỏ dòng",
        "it in the file: devices or visits belong to it; say when it ended instead of leaving it out",
    ),
}
