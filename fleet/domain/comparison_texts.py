"""A comparison in words: what each measure and group is called; by language."""

from fleet.domain.comparing import Measure
from fleet.domain.many_comparisons import Group
from fleet.domain.org_tree import Kind

LANGUAGES = ("vi", "en")

MEASURES: dict[Measure, dict[str, str]] = {
    Measure.WITHIN: {"vi": "Được gọi trong thời gian mục tiêu", "en": "Called within the target"},
    Measure.SATISFIED: {"vi": "Hài lòng (bấm nút tại quầy, không phải SIPAS)", "en": "Satisfied (buttons, not SIPAS)"},
    Measure.RATED: {"vi": "Lượt được đánh giá", "en": "Visits that were rated"},
    Measure.ON_TIME: {"vi": "Hồ sơ đúng hạn", "en": "Dossiers on time"},
}
GROUPS: dict[Group, dict[str, str]] = {
    Group.WORSE: {"vi": "rõ ràng kém hơn", "en": "clearly worse"},
    Group.ALIKE: {"vi": "như mọi nơi", "en": "like all others"},
    Group.BETTER: {"vi": "rõ ràng tốt hơn", "en": "clearly better"},
    Group.FEW: {"vi": "còn ít, chưa xét", "en": "too few to judge"},
}
KINDS: dict[Kind, dict[str, str]] = {
    Kind.OFFICE: {"vi": "bộ phận một cửa", "en": "offices"},
    Kind.BRANCH: {"vi": "chi nhánh", "en": "branches"},
    Kind.CENTRE: {"vi": "trung tâm", "en": "centres"},
    Kind.DISTRICT: {"vi": "huyện", "en": "districts"},
}
SAID: dict[str, dict[str, str]] = {
    "until": {"vi": "tính đến hết ngày {until}", "en": "up to the end of {until}"},
    "places": {"vi": "{n} {kind}", "en": "{n} {kind}"},
    "then": {"vi": "như khi đó", "en": "as they were"},
    "common": {"vi": "{measure}: {share} chung, {n} trường hợp", "en": "{measure}: {share} of all, {n} in all"},
    "few": {"vi": "{measure}: chưa có số liệu có thể công bố", "en": "{measure}: nothing yet that may be told"},
    "target": {
        "vi": "mục tiêu chung: {minutes} phút, như ở đa số nơi",
        "en": "one target for all: {minutes} minutes, as at most of them",
    },
    "spread": {
        "vi": "các nơi vốn chênh nhau khoảng ±{spread} điểm phần trăm, ngoài ngẫu nhiên",
        "en": "places differ by some ±{spread} points beyond chance",
    },
    "row": {
        "vi": "{name}: {plain} ({low} đến {high}), n {n}{standardised}{small}{outside}",
        "en": "{name}: {plain} ({low} to {high}), n {n}{standardised}{small}{outside}",
    },
    "standardised": {
        "vi": "; theo cơ cấu chung {share} ({low} đến {high}; khớp {covers} cơ cấu)",
        "en": "; with the common mix {share} ({low} to {high}; covers {covers} of it)",
    },
    "uncovered": {
        "vi": "; không quy về cơ cấu chung được (chỉ khớp {covers})",
        "en": "; not standardised (covers only {covers} of the common mix)",
    },
    "small": {
        "vi": "; ước lượng co về chung {share} ({low} đến {high})",
        "en": "; drawn towards all: {share} ({low} to {high})",
    },
    "outside": {"vi": "; khác hẳn mức chênh thường thấy", "en": "; outside of how places usually differ"},
    "wait": {
        "vi": "{name}: một nửa chờ không quá {p50}, 9/10 không quá {p90}; theo cơ cấu chung {s50} và {s90}; n {n}",
        "en": "{name}: half waited up to {p50}, nine of ten up to {p90}; with the common mix {s50} and {s90}; n {n}",
    },
    "waits": {"vi": "Thời gian chờ (phút, khoảng 95 %)", "en": "Waits (minutes, intervals of 95 %)"},
    "withheld": {"vi": "không công bố vì quá ít: {names}", "en": "not told, since they have too few: {names}"},
    "left_out": {
        "vi": "không xếp được vào nơi nào (chia về nhiều nơi hoặc không thuộc cấp này): {names}",
        "en": "in none of these places (divided among several, or of another level): {names}",
    },
    "scale": {
        "vi": "thang {levels} mức; {others} đánh giá trên thang khác không gộp vào",
        "en": "scale of {levels} levels; {others} ratings on other scales are left aside",
    },
    "by_scan": {
        "vi": "hồ sơ đã quét tại quầy (cơ quan có nhiều nơi tiếp nhận): {names}",
        "en": "dossiers scanned at the counters (no organisation of their own): {names}",
    },
    "order": {
        "vi": "Trong mỗi nhóm xếp theo tên: hơn kém giữa hai nơi cùng nhóm không nói lên điều gì.",
        "en": "Within a group places stand by name: which of them is better, these figures do not say.",
    },
}


def said(key: str, language: str, **values: object) -> str:
    """A sentence with its values."""
    return SAID[key][language].format(**values)
