// Which of the units asked for are promised: each a chip that is in or out.
import { all } from "../picture";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { nameOf, t } from "../words";
import { answerable } from "./aid";
import css from "./AskBar.module.css";
import type { Selection } from "./selection";
import { useDesk, type AidAsk } from "./state";

export function AidUnits({ question, selection }: { question: Extract<AidAsk, { kind: "promise" }>; selection: Selection }) {
  const { change } = useDesk();
  const units = usePicture((p) => all(p, "unit"));
  const chosen = new Set(question.unit_ids);
  const shown = answerable(question.request, selection.advice);
  const turn = (id: string) => change({ ask: { ...question, unit_ids: shown.filter((each) => chosen.has(each) !== (each === id)) } });
  return (
    <span className={css["presets"]} role="group" aria-label={t("desk.aid.which")}>
      {shown.map((id) => (
        <button key={id} type="button" tabIndex={-1} aria-pressed={chosen.has(id)} className={`${css["preset"]} ${chosen.has(id) ? css["chosen"] : ""}`} onClick={() => turn(id)}>
          <T>{`${chosen.has(id) ? "✓ " : ""}${nameOf(units.get(id), id)}`}</T>
        </button>
      ))}
    </span>
  );
}
