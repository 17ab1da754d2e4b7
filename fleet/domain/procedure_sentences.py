"""What is expected of a catalogue of procedures: each sentence in Vietnamese, then in English."""

PROCEDURE_EXPECTED = {
    "procedure_code": ("mã thủ tục hành chính như 1.012766", "a procedure's code such as 1.012766"),
    "code_in_row": ("mỗi mã một dòng; mã này đã có ở dòng {detail}", "each code once; it stands in row {detail}, too"),
    "level": ("một trong các mức độ: {detail}", "one of these levels: {detail}"),
    "working_days": (
        "số ngày làm việc như 10 hoặc 0,5, “04 giờ” hoặc “trong ngày” (ngày theo lịch phải đổi ra ngày làm việc)",
        "working days such as 10 or 0,5, “04 giờ” or “trong ngày” (count days of the calendar as working days)",
    ),
    "whole_group": (
        "đủ mã nhóm, ký hiệu và tên nhóm, hoặc để trống cả ba",
        "a group's id, letter and name, or none of the three",
    ),
    "prefix": ("ký hiệu gồm một hoặc hai chữ cái in hoa", "a letter, or two, of A-Z"),
    "same_group": (
        "ký hiệu và tên nhóm giống dòng {detail}, là dòng có cùng mã nhóm",
        "the letter and name of row {detail}, which has the same group",
    ),
    "prefix_once": (
        "ký hiệu chưa thuộc nhóm khác (nhóm “{detail}” đã dùng)",
        "a letter that no other group has (“{detail}” has it)",
    ),
}
