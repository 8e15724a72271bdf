// The commander's choices as chips that a tap takes back, and what all of them cost together.
import { all } from "../picture";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { nameOf, t } from "../words";
import type { Acts } from "./acts";
import css from "./ChoiceBar.module.css";
import { chosen, choiceKey, type Choice } from "./choices";
import { costs, priceText } from "./price";
import type { Selection } from "./selection";

export function ChoiceBar({ acts, selection }: { acts: Acts; selection: Selection }) {
  const { answer, choices } = selection;
  if (choices.length === 0) return null;
  const coverKnown = answer?.alternatives.some((each) => each.cover !== null) ?? false;
  return (
    <section className={css["bar"]} aria-label={t("desk.choices")}>
      <ul className={css["chips"]}>
        {choices.map((choice) => <Chip key={choiceKey(choice)} choice={choice} acts={acts} />)}
      </ul>
      {answer?.price && (
        <p className={css["price"]}>
          <span className={css["quiet"]}>{t("desk.price")}</span>{" "}
          <strong className={costs(answer.price) ? css["dear"] : css["free"]}><T>{priceText(answer.price, coverKnown)}</T></strong>
        </p>
      )}
      <kbd className={css["cap"]}>Z</kbd>
    </section>
  );
}

function Chip({ choice, acts }: { choice: Choice; acts: Acts }) {
  const units = usePicture((p) => all(p, "unit"));
  const name = (id: string) => nameOf(units.get(id), id);
  const out = choice.kind === "swap" ? { out: name(choice.out) } : {};
  const text = t(`desk.choice.chip.${choice.kind}`, { unit: name(choice.unit_id), ...out });
  return (
    <li>
      <button type="button" className={`${css["chip"]} ${css[choice.kind]}`} aria-label={t("desk.choice.lift", { choice: text })} onClick={() => void acts.choosing.turn((choices) => chosen(choices, choice))}>
        <span><T>{text}</T></span> <span aria-hidden="true">✕</span>
      </button>
    </li>
  );
}
