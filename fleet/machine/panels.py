"""What the four dashboards show: the fleet at a glance, receiving and linking, devices, and pages and processes."""

from fleet.machine.dashboards import Dashboard, chart, number

OVERVIEW = Dashboard(
    "overview",
    "tổng quan",
    "overview",
    (
        number("Tiến trình đang trả lời", "Processes that answer", "none", ('up{job="motcua"}', "{{instance}}")),
        number(
            "Tiến trình làm được việc", "Processes that can do their work", "none", ("motcua_ready", "{{instance}}")
        ),
        number("Phiên bản", "Versions", "none", ("count by (version) (motcua_build_info)", "{{version}}")),
        number("Thiết bị", "Devices", "none", ("motcua:devices", "{{presence}}")),
        number("Cảnh báo đang mở", "Open alerts", "none", ("sum by (cause) (motcua:alerts_open)", "{{cause}}")),
        number("Thiết bị mất cùng lúc", "Devices lost at once", "none", ("max(motcua_fleet_lost_devices)", "")),
        chart("Sự kiện mỗi giây", "Events a second", "ops", ("sum(motcua:events:rate5m)", "")),
        chart("Chờ gắn lượt lâu nhất", "Longest wait to be linked", "s", ("max(motcua_link_lag_seconds)", "")),
        chart("Chờ ghi (99%)", "Wait to be stored (99%)", "s", ("motcua:receive_lag_seconds:p99_5m", "")),
        number("Tuổi bản sao lưu cuối", "Age of the last backup", "s", ("max(motcua_backup_age_seconds)", "")),
        number(
            "Chứng thư còn hiệu lực",
            "Certificates hold for",
            "s",
            ("min by (use) (motcua_certificate_expires_seconds)", "{{use}}"),
        ),
        chart("Đĩa còn trống", "Free on the disk", "percentunit", ("min by (of) (motcua_disk_free_ratio)", "{{of}}")),
        number("Thư", "Letters", "none", ("max by (state) (motcua_mails)", "{{state}}")),
        number(
            "Từ lần xóa dữ liệu hết hạn cuối",
            "Since what is over was forgotten",
            "s",
            ("min(time() - (motcua_purged_timestamp_seconds > 0))", ""),
        ),
        number(
            "Triển khai chưa xong",
            "Rollouts under way",
            "none",
            ("max by (kind, state) (motcua_rollouts)", "{{kind}} {{state}}"),
        ),
    ),
)

RECEIVING = Dashboard(
    "receiving",
    "nhận sự kiện và gắn lượt",
    "receiving and linking",
    (
        chart(
            "Bản tin mỗi giây",
            "Messages a second",
            "ops",
            ("sum by (topic) (rate(motcua_messages_total[5m]))", "{{topic}}"),
        ),
        chart("Sự kiện mỗi giây", "Events a second", "ops", ("motcua:events:rate5m", "{{kind}}")),
        chart(
            "Bản tin chờ ghi",
            "Messages that wait to be stored",
            "none",
            ("motcua_receive_waiting_messages", "{{instance}}"),
        ),
        chart("Chờ ghi (99%)", "Wait to be stored (99%)", "s", ("motcua:receive_lag_seconds:p99_5m", "")),
        chart(
            "Bản tin mỗi lần ghi",
            "Messages in one transaction",
            "none",
            (
                "rate(motcua_receive_batch_messages_sum[5m]) / rate(motcua_receive_batch_messages_count[5m])",
                "{{instance}}",
            ),
        ),
        chart(
            "Thời gian một lần ghi",
            "Time to store one batch",
            "s",
            (
                "rate(motcua_receive_store_seconds_sum[5m]) / rate(motcua_receive_store_seconds_count[5m])",
                "{{instance}}",
            ),
        ),
        chart(
            "Không ghi được, trùng, va chạm, không đọc được",
            "Not stored, repeated, collisions, unreadable",
            "none",
            ("sum(increase(motcua_receive_store_failed_total[5m]))", "failed"),
            ("sum(increase(motcua_events_repeated_total[5m]))", "repeated"),
            ("sum(increase(motcua_collisions_total[5m]))", "collisions"),
            ("sum by (part) (increase(motcua_unreadable_total[5m]))", "unreadable {{part}}"),
        ),
        chart(
            "Nối với broker", "Connected to the broker", "none", ("motcua_broker_connected", "{{worker}} {{instance}}")
        ),
        chart(
            "Mất broker", "Broker lost", "none", ("increase(motcua_broker_lost_total[5m])", "{{worker}} {{instance}}")
        ),
        chart(
            "Thời gian ghi bền (95%)",
            "Time of a commit (95%)",
            "s",
            ("motcua:database_commit_seconds:p95_10m", "{{instance}}"),
        ),
        chart(
            "Cơ sở dữ liệu từ chối",
            "What the database refused",
            "none",
            ("sum by (why) (increase(motcua_database_errors_total[5m]))", "{{why}}"),
        ),
        chart(
            "Gác lại vì quá tải",
            "Left aside, since too much came",
            "none",
            ("sum by (what) (increase(motcua_shed_total[5m]))", "{{what}}"),
        ),
        chart("Ngày chờ gắn lượt", "Days that wait to be linked", "none", ("max(motcua_link_waiting_days)", "")),
        chart("Chờ gắn lượt lâu nhất", "Longest wait to be linked", "s", ("max(motcua_link_lag_seconds)", "")),
        chart(
            "Gắn lượt",
            "Linking",
            "s",
            ("rate(motcua_link_seconds_sum[5m]) / rate(motcua_link_seconds_count[5m])", "{{instance}}"),
        ),
        chart(
            "Ngày đã gắn mỗi giây", "Days linked a second", "ops", ("sum(rate(motcua_linked_windows_total[5m]))", "")
        ),
    ),
)

DEVICES = Dashboard(
    "devices",
    "thiết bị",
    "devices",
    (
        chart("Thiết bị theo kết nối", "Devices by connection", "none", ("motcua:devices", "{{presence}}")),
        chart("Sự kiện còn ở thiết bị", "Events still in devices", "none", ("max(motcua_device_outbox_events)", "")),
        chart("Mất cùng lúc", "Lost at once", "none", ("max(motcua_fleet_lost_devices)", "")),
        chart(
            "Yêu cầu của thiết bị",
            "Wishes of devices",
            "ops",
            ("sum by (want, answer) (rate(motcua_wants_total[5m]))", "{{want}} {{answer}}"),
        ),
        chart("Cảnh báo đang mở", "Open alerts", "none", ("motcua:alerts_open", "{{cause}} {{state}}")),
        chart(
            "Broker chưa biết danh sách",
            "The broker's list is behind",
            "none",
            ("max(motcua_broker_access_behind)", ""),
        ),
        chart("Triển khai", "Rollouts", "none", ("max by (kind, state) (motcua_rollouts)", "{{kind}} {{state}}")),
        chart(
            "Bản phát hành đã giao",
            "Releases assigned",
            "none",
            ("sum(increase(motcua_releases_assigned_total[5m]))", ""),
        ),
        chart("Phần mềm gửi đi", "Firmware sent", "Bps", ("sum(rate(motcua_supplied_bytes_total[5m]))", "")),
        chart("Mảnh chờ gửi", "Pieces that wait", "none", ("sum(motcua_supply_waiting_wishes)", "")),
        chart(
            "Mảnh bị từ chối",
            "Pieces refused",
            "none",
            ("sum by (reason) (increase(motcua_supply_refused_total[5m]))", "{{reason}}"),
        ),
        chart("Mảnh gửi mỗi giây", "Pieces a second", "ops", ("sum(rate(motcua_supplied_pieces_total[5m]))", "")),
    ),
)

PAGES = Dashboard(
    "pages",
    "trang và tiến trình",
    "pages and processes",
    (
        chart("Yêu cầu mỗi giây", "Requests a second", "reqps", ("motcua:requests:rate5m", "{{door}} {{status}}")),
        chart(
            "Phần yêu cầu lỗi",
            "Share of requests that failed",
            "percentunit",
            ("motcua:requests_failed:ratio10m", "{{door}}"),
        ),
        chart("Thời gian trả lời (95%)", "Time to answer (95%)", "s", ("motcua:request_seconds:p95_10m", "{{door}}")),
        chart(
            "Bộ xử lý",
            "Processor",
            "percentunit",
            ('rate(process_cpu_seconds_total{job="motcua"}[5m])', "{{instance}}"),
        ),
        chart("Bộ nhớ", "Memory", "bytes", ('process_resident_memory_bytes{job="motcua"}', "{{instance}}")),
        chart("Tệp đang mở", "Files open", "percentunit", ("process_open_fds / process_max_fds", "{{instance}}")),
        chart(
            "Vòng việc bị lỗi",
            "Rounds of workers that failed",
            "none",
            ("sum by (worker) (increase(motcua_worker_rounds_failed_total[10m]))", "{{worker}}"),
        ),
        chart(
            "Vòng việc mỗi giây",
            "Rounds of workers a second",
            "ops",
            ("sum by (worker) (rate(motcua_worker_rounds_total[5m]))", "{{worker}}"),
        ),
        chart(
            "Đã xóa vì hết hạn",
            "Forgotten because it was over",
            "none",
            ("sum by (kept) (increase(motcua_forgotten_total[1h]))", "{{kept}}"),
        ),
    ),
)

DASHBOARDS = (OVERVIEW, RECEIVING, DEVICES, PAGES)
