// What each refusal means and what to do about it, by the code of the problem document.
import { room } from "./room";

export const refusalWords = room(
  {
    "refusal.unknown": "服务没有照办（{code}）",
    "refusal.unreachable": "连不上指挥网 · 可以再试",
    "refusal.no_answer_in_time": "服务 10 秒没有应答 · 可以再试",
    "refusal.not_signed_in": "请先登录",
    "refusal.not_allowed": "你的岗位没有这个权限",
    "refusal.not_found": "找不到：可能已归档或编号有误",
    "refusal.unit_taken": "{unit_id} 已派往 {incident_number}（{at} {by}）",
    "refusal.invalid": "填写有误：{detail}",
    "refusal.conflict": "别人刚改过 · 已换成最新内容",
    "refusal.unavailable": "服务暂不可用 · 可以再试",
  },
  {
    "refusal.unknown": "The service refused ({code})",
    "refusal.unreachable": "Cannot reach the command net · try again",
    "refusal.no_answer_in_time": "No answer within 10 s · try again",
    "refusal.not_signed_in": "Please sign in first",
    "refusal.not_allowed": "Your role may not do this",
    "refusal.not_found": "Not found: closed, or a wrong number",
    "refusal.unit_taken": "{unit_id} already goes to {incident_number} ({at} {by})",
    "refusal.invalid": "Not valid: {detail}",
    "refusal.conflict": "Somebody changed it just now · showing the latest",
    "refusal.unavailable": "Not available now · try again",
  },
);
