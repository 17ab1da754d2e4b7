"""What is said of a file of dossiers that can not be taken: each sentence in Vietnamese, then in English."""

SAVE_AS = (
    "Hãy mở tệp bằng Excel, chọn Tệp (File) → Lưu dưới dạng (Save As), kiểu “Excel Workbook (*.xlsx)” hoặc "
    "“CSV UTF-8 (*.csv)”, rồi nhập tệp mới.",
    "Open it in Excel, choose File → Save As, type “Excel Workbook (*.xlsx)” or “CSV UTF-8 (*.csv)”, and import "
    "the new file.",
)
EXPORT = (
    "Hãy xuất dữ liệu từ hệ thống dưới dạng Excel (.xlsx) hoặc CSV UTF-8.",
    "Export the data from its system as Excel (.xlsx) or CSV UTF-8.",
)
CONVERT = (
    "Hãy xuất lại dưới dạng Unicode, hoặc chuyển mã sang Unicode bằng UniKey rồi lưu kiểu “CSV UTF-8 (*.csv)”.",
    "Export it again in Unicode, or convert it to Unicode (with UniKey, for one) and save it as “CSV UTF-8 (*.csv)”.",
)
# What to do about a kind of file or an encoding. Excel itself shows TCVN3 right only in the fonts made for it.
ADVICE = {
    **dict.fromkeys(("xls", "html", "xml", "ods", "xlsb", "cp1258"), SAVE_AS),
    **dict.fromkeys(("pdf", "word", "archive", "picture", "binary"), EXPORT),
    "encrypted": (
        "Hãy mở tệp bằng Excel, bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), lưu lại rồi nhập.",
        "Open it in Excel, take the password away (File → Info → Protect Workbook), save it and import it again.",
    ),
    "tcvn3": CONVERT,
}

KINDS = {
    "pdf": ("tài liệu PDF", "a PDF document"),
    "xls": ("tệp Excel 97-2003 (.xls)", "an Excel 97-2003 file (.xls)"),
    "encrypted": ("tệp Excel được đặt mật khẩu", "an Excel file with a password"),
    "html": ("trang HTML mang tên bảng tính", "an HTML page under the name of a spreadsheet"),
    "xml": ("bảng tính XML 2003", "an XML Spreadsheet of 2003"),
    "word": ("tài liệu Word", "a Word document"),
    "ods": ("tệp OpenDocument", "an OpenDocument file"),
    "xlsb": ("tệp Excel nhị phân (.xlsb)", "a binary Excel file (.xlsb)"),
    "archive": ("tệp nén", "an archive"),
    "picture": ("tệp hình ảnh", "a picture"),
    "binary": ("dữ liệu nhị phân", "binary data"),
}

EXPECTED = {
    "count": ("một số từ 0 đến 99", "a number from 0 to 99"),
    "present": ("một giá trị", "a value"),
    "code": (
        "mã hồ sơ như 000.17.22.H56-210531-0001 hoặc H15.50.05.13-261008-0975",
        "a dossier code such as 000.17.22.H56-210531-0001 or H15.50.05.13-261008-0975",
    ),
    "code_organisation": (
        "mã cơ quan ở đầu, như 000.17.22.H56 hoặc H15.50.05.13",
        "an organisation at its beginning, such as 000.17.22.H56 or H15.50.05.13",
    ),
    "code_day": ("ngày có thật ở giữa, dạng NNTTnn (năm, tháng, ngày)", "a real day in its middle, as YYMMDD"),
    "code_past": ("ngày trong mã không ở tương lai", "a day in its middle that is not in the future"),
    "code_serial": (
        "số thứ tự ở cuối gồm ít nhất bốn chữ số hoặc chữ in hoa",
        "a serial of at least four digits or capitals at its end",
    ),
    "day": ("ngày có thật dạng ngày/tháng/năm, ví dụ 05/10/2026", "a real day as day/month/year, such as 05/10/2026"),
    "day_past": ("ngày không ở tương lai", "a day that is not in the future"),
    "due_after": ("ngày không trước ngày tiếp nhận {detail}", "a day not before the received day {detail}"),
    "text": ("không quá {detail} ký tự", "at most {detail} characters"),
    "formula": ("nội dung chữ, không phải công thức", "a text, not a formula"),
    "width": (
        "không quá {detail} ô như dòng tiêu đề (ô có chứa dấu phân cách phải đặt trong ngoặc kép)",
        "at most {detail} cells, as the headings have (a cell with a separator in it needs quotation marks)",
    ),
    "same": (
        "nội dung giống dòng {detail}, là dòng có cùng mã hồ sơ",
        "the same content as row {detail}, which has the same code",
    ),
}

PROBLEMS = {
    "unopened": ("Không mở được tệp: {reason}.", "The file can not be opened: {reason}."),
    "empty": ("Tệp không có nội dung.", "The file is empty."),
    "too_big": (
        "Tệp lớn hơn {most} MiB; hãy xuất theo từng khoảng thời gian ngắn hơn.",
        "The file is larger than {most} MiB; export shorter periods.",
    ),
    "too_many_rows": (
        "Bảng có hơn {most} dòng; hãy xuất theo từng khoảng thời gian ngắn hơn.",
        "The table has more than {most} rows; export shorter periods.",
    ),
    "too_many_lines": ("Bảng có hơn {most} dòng.", "The table has more than {most} rows."),
    "swollen": (
        "Tệp Excel khi giải nén lớn hơn {most} MiB nên không được mở.",
        "Unpacked, the Excel file is larger than {most} MiB; it is not opened.",
    ),
    "damaged": (
        "Tệp Excel bị hỏng, không đọc được. Hãy xuất lại tệp.",
        "The Excel file is damaged and can not be read. Export it again.",
    ),
    "kind": (
        "Đây là {kind}, không phải bảng tính CSV hoặc XLSX. {advice}",
        "This is {kind}, not a CSV or XLSX spreadsheet. {advice}",
    ),
    "encoding": (
        "Tệp dùng bảng mã {encoding}, không phải Unicode. {advice} Hoặc thêm --encoding {option} vào lệnh nhập.",
        "The file is written in {encoding}, not in Unicode. {advice} Or add --encoding {option} to the command.",
    ),
    "unknown_encoding": (
        "Tệp không phải UTF-8, và không tìm thấy tiêu đề cột theo bảng mã cp1258 hay TCVN3. "
        "Hãy xuất lại dưới dạng Excel (.xlsx) hoặc CSV UTF-8.",
        "The file is not UTF-8, and no known heading is found in cp1258 or TCVN3 either. "
        "Export it again as Excel (.xlsx) or CSV UTF-8.",
    ),
    "not_in_encoding": (
        "Tệp không đọc được theo bảng mã {encoding} đã chọn. Hãy bỏ --encoding để motcua tự nhận ra.",
        "The file can not be read in the chosen encoding {encoding}. Leave --encoding away, and motcua finds out.",
    ),
    "no_such_encoding": (
        "Không có bảng mã “{encoding}”; chọn một trong: {known}.",
        "There is no encoding “{encoding}”; choose one of {known}.",
    ),
    "lost_letters": (
        "Chữ tiếng Việt trong tệp đã thành dấu hỏi (“M? h? so”) và không khôi phục được. Hãy xuất lại, chọn kiểu "
        "“Excel Workbook (*.xlsx)” hoặc “CSV UTF-8 (*.csv)”.",
        "Vietnamese letters in the file have become question marks (“M? h? so”) and can not be brought back. Export it "
        "again as “Excel Workbook (*.xlsx)” or “CSV UTF-8 (*.csv)”.",
    ),
    "quotes": (
        "Dấu ngoặc kép ở dòng {row} thừa hoặc không được đóng lại.",
        "A quotation mark in row {row} is never closed, or one too many.",
    ),
    "no_heading": (
        "Không thấy dòng tiêu đề trong {most} dòng đầu. Cần các cột: {expected}.",
        "There is no row of headings among the first {most} rows. Expected the columns {expected}.",
    ),
    "missing": (
        "Thiếu cột {missing}. Các cột có trong tệp: {found}. Cần các cột: {expected}.",
        "Missing the column {missing}. Columns of the file: {found}. Expected: {expected}.",
    ),
}
