"""One refusal of an import, and its sentence in Chinese and English."""

import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from kernel.contracts.resources import ImportProblem

Language = Literal["zh", "en"]
SHOWN = 40


class Bad(Exception):
    """A cell that cannot be taken: the code of the reason and what its sentence names."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Problem:
    """A refusal at its place. Row 1 is the header, row 0 the file as a whole."""

    file: str
    row: int
    column: str
    code: str
    params: dict[str, object] = field(default_factory=dict)


WORDS: dict[str, tuple[str, str]] = {
    "file_missing": ("缺少文件。", "The file is missing."),
    "file_unknown": ("导入目录中不应有此文件。", "The import folder has no place for this file."),
    "file_large": ("文件超过 {most} MB。", "The file is larger than {most} MB."),
    "not_utf8": ("不是 UTF-8 编码，请另存为 UTF-8。", "This is not UTF-8; save the file as UTF-8."),
    "csv_broken": ("CSV 格式有误（引号或换行）。", "The CSV is broken here (a quote or a line break)."),
    "json_broken": ("不是有效的 JSON。", "This is not valid JSON."),
    "header_missing": ("缺少表头。", "The header row is missing."),
    "column_missing": ("缺少必需的列。", "A required column is missing."),
    "column_unknown": ("未知的列，请删除或改名。", "Unknown column; remove or rename it."),
    "column_double": ("列名重复。", "The column appears twice."),
    "cells_count": ("应有 {wanted} 个单元格，实有 {found} 个。", "{wanted} cells are wanted, {found} are there."),
    "empty": ("不能为空。", "This may not be empty."),
    "text_refused": ("含有控制字符或不可见字符。", "The text holds control or invisible characters."),
    "text_long": ("超过 {most} 个字符。", "The text is longer than {most} characters."),
    "id_refused": (
        "标识只能用字母、数字和 _ . : -，最多 80 个字符：{shown}",
        "An identity is made of letters, digits and _ . : - and at most 80 long: {shown}",
    ),
    "id_double": ("标识 {shown} 在本文件中已经出现。", "The identity {shown} is in this file already."),
    "not_a_number": ("不是数字：{shown}", "This is not a number: {shown}"),
    "not_whole": ("应为整数：{shown}", "A whole number is wanted: {shown}"),
    "negative": ("不能为负：{shown}", "This may not be negative: {shown}"),
    "too_small": ("应大于 0：{shown}", "This must be above 0: {shown}"),
    "too_large": ("超过上限 {most}：{shown}", "This is above the limit of {most}: {shown}"),
    "not_truth": ("应为 true 或 false：{shown}", "true or false is wanted: {shown}"),
    "not_date": ("应为日期，如 2026-11-21：{shown}", "A date such as 2026-11-21 is wanted: {shown}"),
    "not_time": (
        "应为带时区的时间，如 2026-11-24T10:00:00+08:00：{shown}",
        "A time with its offset such as 2026-11-24T10:00:00+08:00 is wanted: {shown}",
    ),
    "not_map": ("应为 键=值;键=值：{shown}", "key=value;key=value is wanted: {shown}"),
    "key_double": ("键 {shown} 重复。", "The key {shown} appears twice."),
    "word_unknown": ("不认识的取值 {shown}，可用：{known}", "Unknown word {shown}; known are {known}"),
    "reference_unknown": (
        "找不到 {kind} {shown}：既不在本目录中，也未登记。",
        "There is no {kind} {shown}, neither in this folder nor registered.",
    ),
    "crs_unknown": (
        "坐标系应为 WGS84、CGCS2000、GCJ02 或 BD09：{shown}",
        "The CRS is WGS84, CGCS2000, GCJ02 or BD09, not {shown}",
    ),
    "degrees_impossible": ("地球上没有这个坐标：{shown}", "There is no such place on earth: {shown}"),
    "swapped": ("经度和纬度似乎写反了：{shown}", "Longitude and latitude seem to be swapped: {shown}"),
    "outside_area": ("坐标在服务区域之外：{shown}", "The place is outside the service area: {shown}"),
    "place_missing": ("没有坐标，其驻地也没有。", "It has no coordinates and its station has none."),
    "path_wrong": ("路径应为 {wanted}", "The path must be {wanted}"),
    "reason_missing": ("停用时必须写明原因。", "Say why it is out of service."),
    "more_out_than_there": ("出车数大于车辆数。", "More trucks are out than there are."),
    "expired_before_made": ("失效日期早于生产日期。", "It expires before it was made."),
    "geometry_refused": ("图形无效：{shown}", "The geometry is not valid: {shown}"),
    "overlap": ("与辖区 {shown} 重叠 {area} 平方米。", "It overlaps area {shown} by {area} m²."),
    "district_unknown": ("districts.geojson 中没有 {shown}。", "districts.geojson has no {shown}."),
    "format_unknown": ("不支持的格式版本：{shown}", "This format version is not supported: {shown}"),
    "batch_elsewhere": (
        "此批次已登记为 {shown}，移库须走出入库流水。",
        "This batch is registered as {shown}; stock is moved by the ledger, not by an import.",
    ),
    "value_refused": ("取值不被接受：{shown}", "The value is refused: {shown}"),
}


def show(text: object) -> str:
    """A value as a message may show it: short, printable, on one line."""
    kept = "".join(c if unicodedata.category(c)[0] not in "CZ" or c == " " else "�" for c in str(text)[: SHOWN + 1])
    return kept[:SHOWN] + "…" if len(kept) > SHOWN else kept


def worded(problem: Problem, language: Language) -> ImportProblem:
    """The refusal with its sentence."""
    sentence = WORDS[problem.code][0 if language == "zh" else 1]
    params = {name: show(value) if name == "shown" else value for name, value in problem.params.items()}
    return ImportProblem(
        file=show(problem.file),
        row=problem.row,
        column=show(problem.column),
        code=problem.code,
        message=sentence.format(**params)[:200],
    )
