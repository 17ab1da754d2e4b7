"""The pages of the technician's guide, in the order of the work."""

from docs.technician_words import Step, Words

STEPS = (
    Step(
        ("01-devices",),
        Words(
            "Mở trang Thiết bị",
            (
                "Đăng nhập bằng tài khoản kỹ thuật viên của đơn vị.",
                "Chọn *Thiết bị* ở đầu trang, rồi *Ghi danh thiết bị*.",
            ),
            "đơn vị mới chưa có thiết bị nào",
            (
                ("không có mục *Thiết bị*", "tài khoản không phải của kỹ thuật viên: hỏi quản trị viên"),
                ("không có quầy để chọn ở bước sau", "quản trị viên mở quầy trong *Thiết lập* trước"),
            ),
        ),
        Words(
            "Open the page of devices",
            ("Sign in as the office's technician.", "Choose *Thiết bị* above, then *Ghi danh thiết bị*."),
            "a new office, which has no device yet",
            (
                ("there is no *Thiết bị*", "the account is no technician's: ask the administrator"),
                ("no counter can be chosen in the next step", "the administrator opens counters in the settings first"),
            ),
        ),
    ),
    Step(
        ("02-table",),
        Words(
            "Lập danh sách thiết bị",
            (
                "Bấm *Tải tệp mẫu*, điền mỗi dòng một thiết bị: vai trò, mã đơn vị, mã quầy (để trống nếu đặt ở sảnh).",
                "Chọn tệp, bấm *Kiểm tra tệp*. Chưa có phiếu nào được lập.",
                "Xem lại danh sách, bấm *Lập các phiếu này*.",
            ),
            "đúng số thiết bị cần lắp, mỗi thiết bị một dòng với vai trò và nơi đặt",
            (
                ("*Chưa lập được phiếu*", "mỗi dòng lỗi nêu số dòng, tên cột, có gì và cần gì: sửa tệp rồi tải lại"),
                ("chỉ một thiết bị", "không cần tệp: chọn nơi đặt và vai trò ngay trên trang"),
            ),
        ),
        Words(
            "List the devices",
            (
                "Take the example file, and fill in a row for each device: role, office, counter (none: the lobby).",
                "Choose the file and press *Kiểm tra tệp*. Nothing is made yet.",
                "Look at the list, press *Lập các phiếu này*.",
            ),
            "as many devices as are to be put up, each with its role and place",
            (
                ("nothing could be made", "each line says row, column, what was found and expected: mend the file"),
                ("a single device", "needs no file: choose place and role on the page"),
            ),
        ),
    ),
    Step(
        ("03-claims",),
        Words(
            "Tải tệp phiếu ghi danh",
            (
                "Bấm *Tải tệp phiếu* và cất tệp vào máy tính dùng để cài đặt.",
                "Nếu máy in nhãn riêng: in trang này. Mã QR chỉ chứa số phiếu, không có bí mật.",
            ),
            "mỗi phiếu một mã; tệp chỉ hiện **một lần**",
            (
                ("đã đóng trang mà chưa tải", "thu hồi các phiếu đang chờ ở cuối trang *Ghi danh thiết bị*, lập lại"),
                ("tệp rơi vào tay người khác", "cũng vậy; phiếu đã dùng thì không còn giá trị"),
            ),
        ),
        Words(
            "Take the file of claims",
            (
                "Press *Tải tệp phiếu* and keep the file on the computer of the bench.",
                "With a printer for labels: print this page. Its codes hold the claims' numbers, no secret.",
            ),
            "a code for each claim; the file is shown **once**",
            (
                ("the page was closed before", "withdraw the waiting claims on *Ghi danh thiết bị*, make others"),
                ("somebody else has the file", "the same; a claim that was used is worth nothing"),
            ),
        ),
    ),
    Step(
        ("04-bench",),
        Words(
            "Mở bàn cài đặt",
            (
                "Ghi Wi-Fi của nơi đặt vào `wifi.txt`: dòng đầu là tên, dòng sau là mật khẩu.",
                "Chạy `motcua bench` với hai tệp ấy. Máy tính này không cần mạng; các thiết bị thì cần đến được máy chủ"
                " MQTT.",
            ),
            "số phiếu còn lại, và lời mời cắm bo mạch",
            (("phiếu hết hạn", "lập phiếu mới ở bước 2"), ("không tìm thấy lệnh", "`pip install motcua` trước")),
        ),
        Words(
            "Open the bench",
            (
                "Write the Wi-Fi of the place into `wifi.txt`: its name, and its password on the second line.",
                "Start `motcua bench` with both files. This computer needs no network; the devices must reach the"
                " broker.",
            ),
            "how many claims are left, and the request to plug boards in",
            (("a claim has expired", "make others, step 2"), ("there is no such command", "`pip install motcua`")),
        ),
    ),
    Step(
        ("05-boards",),
        Words(
            "Cắm bo mạch",
            (
                "Nối phần cứng của vai trò trước (máy in, nút bấm …): [sơ đồ nối dây](../boards.md).",
                "Cắm cáp USB **có dây dữ liệu**, bao nhiêu cổng thì bấy nhiêu bo mạch. Không bấm phím nào.",
            ),
            "mỗi bo mạch một dòng: phiếu nào, đặt ở đâu, đang làm gì",
            (
                ("không có dòng nào hiện ra", "đổi cáp: nhiều cáp chỉ để sạc"),
                ("*không có quyền*", "`sudo usermod -aG dialout $USER`, rồi đăng nhập lại"),
                ("*bo mạch chưa có MicroPython*", "chạy lại với `--image`: [bàn cài đặt](../bench.vi.md)"),
            ),
        ),
        Words(
            "Plug the boards in",
            (
                "Connect the parts of the role first (printer, keys …): [wiring](../boards.md).",
                "Plug in USB cables **that carry data**, as many as there are ports. Press nothing.",
            ),
            "a line for each board: which claim, where it will stand, what is going on",
            (
                ("no line appears", "take another cable: many only charge"),
                ("no right to open the port", "`sudo usermod -aG dialout $USER`, then sign in again"),
                ("no MicroPython on the board", "run again with `--image`: [the bench](../bench.md)"),
            ),
        ),
    ),
    Step(
        ("06-slip",),
        Words(
            "Để bo mạch tự kiểm tra",
            (
                "Chờ. Bo mạch thử flash, bộ nhớ, Wi-Fi, đường đến máy chủ và từng bộ phận; máy in in một phiếu thử.",
                "Nếu chạy với `--hands`: bấm mỗi nút ba lần, đưa phiếu thử vào đầu đọc, trả lời dưới bảng bằng một"
                " phím.",
            ),
            "*đạt*, *cần người xem* (không ai bấm, không ai nhìn) hoặc *hỏng* kèm bộ phận",
            (
                ("*hỏng: wifi*", "sai tên, mật khẩu, hoặc sóng dưới -80 dBm: đặt gần điểm phát hơn"),
                ("*hỏng: broker*", "địa chỉ, cổng hoặc chứng chỉ của máy chủ MQTT"),
                ("*hỏng: printer*", "giấy, nắp, nguồn và hai dây của máy in; rồi rút và cắm lại bo mạch"),
            ),
        ),
        Words(
            "Let the board test itself",
            (
                "Wait. It tests flash, memory, Wi-Fi, the way to the broker and each part; a printer prints a slip.",
                "With `--hands`: press each key three times, show the slip to the reader, answer below the table by one"
                " key.",
            ),
            "passed, to be looked at (nobody pressed or looked), or broken, with the part",
            (
                ("broken: wifi", "name, password, or a level under -80 dBm: put it nearer to the access point"),
                ("broken: broker", "address, port or certificate of the broker"),
                ("broken: printer", "its paper, lid, power and two wires; then plug the board in again"),
            ),
        ),
    ),
    Step(
        ("07-pulled",),
        Words(
            "Rút nhầm cáp, mất điện",
            ("Cắm bo mạch lại. Không cần làm gì khác.",),
            "dòng của bo mạch nói *chưa xong* và việc cần làm; cắm lại thì làm tiếp, với chính phiếu ấy",
            (
                ("vẫn *chưa xong*", "cột *cần làm* nêu việc cụ thể"),
                ("*bo mạch đã thuộc về một thiết bị*", "thay thế hoặc thu hồi thiết bị ấy trước: bước 12"),
            ),
        ),
        Words(
            "The cable came out, the power went",
            ("Plug the board in again. That is all.",),
            "its line says that it is not finished, and what to do; plugged in, it goes on with the same claim",
            (
                ("still not finished", "the last column says what to do"),
                ("the board is a device already", "replace or revoke that one first: step 12"),
            ),
        ),
    ),
    Step(
        ("08-done",),
        Words(
            "Xem kết quả",
            ("Chờ đến khi mọi dòng là *đã ghi danh*, rồi rút cáp.",),
            "hệ thống đã nhận từng thiết bị; phiếu đã hết giá trị, thiết bị có khóa riêng không ai đọc được",
            (("*kiểm tra tên và mật khẩu Wi-Fi …*", "bo mạch vẫn đang thử; sửa mạng, không cần cắm lại"),),
        ),
        Words(
            "Look at the result",
            ("Wait until each line says *đã ghi danh* (enrolled), then unplug.",),
            "the fleet has welcomed each device; its claim is burnt, and it has a key that nobody can read",
            (("look at the Wi-Fi …", "the board goes on trying; mend the network, no need for the cable"),),
        ),
    ),
    Step(
        ("09-label",),
        Words(
            "Dán nhãn",
            (
                "Thiết bị có máy in tự in nhãn của mình; thiết bị khác dùng trang ở bước 3.",
                "Dán nhãn vào mặt sau, để mã QR nhìn thấy được.",
            ),
            "mã thiết bị, nơi đặt, vai trò và số phiếu; không có bí mật nào trên nhãn",
        ),
        Words(
            "Put the label on",
            (
                "A device with a printer prints its own; for others there is the page of step 3.",
                "Put it on the back, its code to be seen.",
            ),
            "device, place, roles and the claim's number; nothing on it is a secret",
        ),
    ),
    Step(
        ("10-devices", "11-device"),
        Words(
            "Lắp tại quầy và bấm thử",
            ("Cấp nguồn tại nơi đặt.", "Bấm một nút; mở trang của thiết bị trên điện thoại."),
            "*Đang nối*, và lượt bấm vừa rồi đã đến hệ thống (*chờ gửi*: 0)",
            (
                ("*Mất kết nối*", "nguồn, rồi Wi-Fi tại đúng chỗ ấy; sự kiện vẫn nằm trong thiết bị"),
                ("*chờ gửi* tăng mãi", "máy chủ không nhận: báo quản trị viên"),
            ),
        ),
        Words(
            "Put it up at the counter, and try it",
            ("Give it power where it stands.", "Press a key; open the device's page on your telephone."),
            "it is connected, and the press has come to the fleet (0 wait to be sent)",
            (
                ("connection lost", "power, then the Wi-Fi at this very place; events stay in the device"),
                ("more and more wait to be sent", "the fleet does not take them: tell the administrator"),
            ),
        ),
    ),
    Step(
        ("12-evidence",),
        Words(
            "In hồ sơ thiết bị",
            ("Trên trang thiết bị, chọn *Hồ sơ thiết bị (để in)*; in hoặc lưu PDF để bàn giao.",),
            "phiếu nào, bo mạch nào, ai lập, khóa, tự kiểm tra, phần mềm, cấu hình và các sự cố",
        ),
        Words(
            "Print the device's record",
            ("On the device's page choose *Hồ sơ thiết bị (để in)*; print it, or save it as PDF for the hand-over.",),
            "which claim and board, who made it, keys, self-test, firmware, configuration and troubles",
        ),
    ),
    Step(
        ("13-replace",),
        Words(
            "Về sau: chuyển chỗ, thay, đổi khóa, thu hồi",
            (
                "Trên trang thiết bị, mục *Chỗ đứng, khóa và vòng đời*, bấm việc cần làm.",
                "Đọc phần *Khi xác nhận*, chọn chỗ mới hoặc thiết bị thay thế, ghi lý do.",
                "Xác nhận. Thiết bị hỏng: ghi danh bo mạch mới trước (bước 2 đến 9), rồi *Thay bằng thiết bị khác*.",
            ),
            "những gì sẽ xảy ra với chỗ đứng, dải số, khóa và lịch sử, trước khi xác nhận",
            (
                ("thiết bị bị mất cắp", "*Thu hồi quyền kết nối* ngay: trong 5 giây nó bị ngắt khỏi máy chủ"),
                ("nghi lộ khóa", "*Đổi khóa*: từ xa, không mất sự kiện nào"),
            ),
        ),
        Words(
            "Later: move, replace, another key, revoke",
            (
                "On the device's page, at *Chỗ đứng, khóa và vòng đời*, press what is to be done.",
                "Read what follows from it, choose the new place or the other device, say why.",
                "Confirm. A device is broken: enrol another board first (steps 2 to 9), then replace.",
            ),
            "what becomes of place, numbers, key and history, before you confirm",
            (
                ("a device was stolen", "revoke it at once: within 5 s it is cut off the broker"),
                ("a key may be known to others", "give it another one: from afar, no event is lost"),
            ),
        ),
    ),
    Step(
        ("14-browser", "15-browser-done"),
        Words(
            "Chỉ một bo mạch: ghi danh ngay trong trình duyệt",
            (
                "Thay cho bước 2 đến 9. Dùng Chrome hoặc Edge trên máy tính; không phải cài gì.",
                "Mở *Thiết bị → Ghi danh bằng trình duyệt*, chọn nơi đặt và vai trò, bấm *Kết nối bo mạch*, chọn cổng.",
                "Làm theo câu hỏi trên trang: bấm nút, nhìn đèn, đưa mã cho đầu đọc.",
            ),
            "từng bước một; xong thì trang nêu mã thiết bị và dẫn đến trang của nó",
            (
                ("trình duyệt không có Web Serial", "Firefox và Safari không có: dùng Chrome, Edge hoặc bàn cài đặt"),
                ("rút nhầm cáp", "cắm lại: trang tự làm tiếp"),
            ),
        ),
        Words(
            "A single board: enrolled in the browser",
            (
                "Instead of steps 2 to 9. Take Chrome or Edge on a computer; nothing is installed.",
                "Open *Thiết bị → Ghi danh bằng trình duyệt*, choose place and roles, press *Kết nối bo mạch*, and"
                " choose the port.",
                "Do what the page asks: press keys, look at lamps, show the code to the reader.",
            ),
            "step after step; at the end the device's name, and the way to its page",
            (
                ("the browser has no Web Serial", "Firefox and Safari have none: take Chrome, Edge or the bench"),
                ("the cable came out", "plug it in again: the page goes on by itself"),
            ),
        ),
    ),
)
