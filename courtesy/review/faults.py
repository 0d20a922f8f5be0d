"""What is wrong with a request, in both languages: Pydantic tells it in English only."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from courtesy.messages import Text
from courtesy.report.plain import visible

_MANY: Final = 5  # faults that are told; who sends more has sent something else altogether
_LONGEST: Final = 60  # characters of a name that somebody else made up

# By Pydantic's names for them; what stands in braces is of the limit that was broken.
_SAID: Final[dict[str, tuple[str, str]]] = {
    "missing": ("缺少", "is missing"),
    "extra_forbidden": ("没有这一项", "is not known"),
    "string_too_short": ("至少要 {min_length} 个字符", "needs at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字符", "may have {max_length} characters at most"),
    "string_type": ("应为文字", "must be a text"),
    "string_unicode": ("含有不成字的编码", "holds half a character"),
    "string_pattern_mismatch": ("写法不对", "is not written as it should be"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_parsing_size": ("数太大", "is too large a number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "float_type": ("应为数", "must be a number"),
    "float_parsing": ("应为数", "must be a number"),
    "finite_number": ("应为有限的数", "must be a finite number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "date_type": ("应为日期，如 2026-11-01", "must be a date such as 2026-11-01"),
    "date_parsing": ("应为日期，如 2026-11-01", "must be a date such as 2026-11-01"),
    "date_from_datetime_parsing": (
        "应为日期，如 2026-11-01",
        "must be a date such as 2026-11-01",
    ),
    "date_from_datetime_inexact": ("应为日期，不带时间", "must be a date without a time"),
    "greater_than": ("应大于 {gt}", "must be more than {gt}"),
    "greater_than_equal": ("最小为 {ge}", "must be {ge} or more"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("最大为 {le}", "must be {le} or less"),
    "literal_error": ("应为 {expected} 之一", "must be one of {expected}"),
    "enum": ("应为 {expected} 之一", "must be one of {expected}"),
    "too_short": ("至少要 {min_length} 项", "needs at least {min_length} items"),
    "too_long": ("最多 {max_length} 项", "may have {max_length} items at most"),
    "list_type": ("应为列表", "must be a list"),
    "dict_type": ("应为对象", "must be an object"),
    "model_type": ("应为对象", "must be an object"),
    "model_attributes_type": (
        "应为 JSON 对象（Content-Type: application/json）",
        "must be a JSON object (Content-Type: application/json)",
    ),
    "json_invalid": ("不是 JSON", "is no JSON"),
}


def sentence(faults: Sequence[Mapping[str, Any]]) -> Text:
    """Return what is wrong with a request.

    Args:
        faults: as Pydantic lists them.
    """
    told = [_one(fault) for fault in faults[:_MANY]]
    zh, en = "；".join(one.zh for one in told), "; ".join(one.en for one in told)
    return Text(f"请求的内容不对：{zh}。", f"The request is not right: {en}.")


def _one(fault: Mapping[str, Any]) -> Text:
    kind, place = fault["type"], fault["loc"]
    # The place of broken JSON is a count of characters.
    inner = () if kind == "json_invalid" else place[1:]
    name = visible(".".join(map(str, inner)))[:_LONGEST]
    said = _SAID.get(kind)
    limits = {key: value for key, value in (fault.get("ctx") or {}).items() if key != "error"}
    zh, en = (text.format(**limits) for text in said) if said else (fault["msg"], fault["msg"])
    return Text(f"{name or '正文'} {zh}", f"{name or 'the body'} {en}")
