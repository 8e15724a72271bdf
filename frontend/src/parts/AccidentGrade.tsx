// 事故等级: words only, by law a scale of its own.
import type { AccidentGrade as Grade } from "../contracts";
import { t } from "../words";

export function AccidentGrade({ grade }: { grade: Grade }) {
  return <span data-scale="accident-grade">{t(`grade.${grade}`)}</span>;
}
