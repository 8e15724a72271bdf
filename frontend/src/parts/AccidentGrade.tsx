// 事故等级: words only, by law a scale of its own.
import type { AccidentGrade as Grade } from "../contracts";
import { t } from "../words";
import { T } from "./T";

export function AccidentGrade({ grade }: { grade: Grade }) {
  return <span data-scale="accident-grade"><T>{t(`grade.${grade}`)}</T></span>;
}
