"""What the technician's cable says of the Wi-Fi."""

from firmware.wifi import WifiError, wifi_of


def refused(data):
    try:
        wifi_of(data, "tp-1")
    except WifiError as err:
        return str(err)
    raise AssertionError("taken")


def test_a_wifi_with_and_without_a_password():
    wifi = wifi_of({"ssid": "Bộ phận một cửa", "wifi_password": "chín ký tự trở lên"}, "tp-1")
    assert (wifi.ssid, wifi.password, wifi.user) == ("Bộ phận một cửa", "chín ký tự trở lên", "tp-1")
    assert wifi_of({"ssid": "open"}, "tp-1").password is None


def test_what_no_radio_takes_is_refused():
    for ssid in ("", "x" * 33, "ộ" * 11, 7, None):
        assert "expected an ssid of 1 to 32 bytes" in refused({"ssid": ssid})


def test_a_password_is_never_said():
    for password in ("seven77", "y" * 64, 12345678):
        said = refused({"ssid": "office", "wifi_password": password})
        assert "8 to 63 letters" in said and str(password) not in said
