// Lines of an incident's log, by code.
import { room } from "./room";

export const logWords = room(
  {
    "entry.note": "{text}",
    "entry.reported": "接报 {kind}",
    "entry.level_changed": "火警等级 {before} → {after}：{reason}",
    "entry.facts": "要素变更",
    "entry.status": "转为{to}",
    "entry.merged": "并入 {number}",
    "entry.report_ended": "报警结论 {outcome}：{reason}",
    "entry.ordered": "下达命令 {units} 车 · 物资 {stock} 单",
    "entry.unit": "{unit} {to} {device}",
    "entry.released": "撤回 {unit}：{reason}",
    "entry.diverted": "{unit} 转来：{reason}",
    "entry.supply": "物资 {stockpile} {to}",
    "entry.silent": "{unit} 逾时未签收",
    "entry.recommended": "给出建议",
  },
  {
    "entry.note": "{text}",
    "entry.reported": "Reported: {kind}",
    "entry.level_changed": "Alarm level {before} → {after}: {reason}",
    "entry.facts": "Facts changed",
    "entry.status": "Now {to}",
    "entry.merged": "Merged {number}",
    "entry.report_ended": "Report ended {outcome}: {reason}",
    "entry.ordered": "Ordered {units} units, {stock} supplies",
    "entry.unit": "{unit} {to} {device}",
    "entry.released": "Released {unit}: {reason}",
    "entry.diverted": "{unit} diverted here: {reason}",
    "entry.supply": "Stock {stockpile} {to}",
    "entry.silent": "{unit} has not answered",
    "entry.recommended": "Advice given",
  },
);
