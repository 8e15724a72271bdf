// Words of the sign-in page.
import { room } from "./room";

export const loginWords = room(
  {
    "login.name": "账号",
    "login.password": "密码",
    "login.enter": "登录",
    "login.wrong": "账号或密码不对",
    "login.demo": "演示：选一个岗位直接进入",
    "login.demo_note": "仅本机演示可用；数据为示意。",
    "login.choose_station": "选择消防站",
    "login.choose_unit": "选择车组",
    "login.search": "按名称找",
    "login.none": "没有匹配的",
    "login.back": "返回",
    "login.fields_missing": "请填账号和密码",
  },
  {
    "login.name": "Account",
    "login.password": "Password",
    "login.enter": "Sign in",
    "login.wrong": "Wrong account or password",
    "login.demo": "Demonstration: enter as",
    "login.demo_note": "On this machine only; all data are schematic.",
    "login.choose_station": "Which station?",
    "login.choose_unit": "Which unit?",
    "login.search": "Find by name",
    "login.none": "Nothing found",
    "login.back": "Back",
    "login.fields_missing": "Name and password, please",
  },
);
