// The form column: what was reported, and what is known since; every field by keyboard.
import type { AlarmLevel } from "../contracts";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { t } from "../words";
import type { Acts } from "./acts";
import { Caller } from "./Caller";
import { Choices } from "./Choices";
import { EarlyOrder } from "./EarlyOrder";
import css from "./Form.module.css";
import { FAMILIES, HAZARDS, OCCUPANCIES } from "./kinds";
import { PlaceInput } from "./PlaceInput";
import { Progress } from "./Progress";
import type { Selection } from "./selection";
import { kindsOf, type Form } from "./useForm";

const LEVELS: readonly AlarmLevel[] = [1, 2, 3, 4, 5];

interface Props {
  readonly form: Form;
  readonly acts: Acts;
  readonly selection: Selection;
}

export function ReportForm({ form, acts, selection }: Props) {
  const { incident } = selection;
  return (
    <section className={css["form"]} aria-label={form.isNew ? t("desk.report") : t("desk.facts")}>
      <h2 className={css["title"]}>
        <span>{form.isNew ? t("desk.report") : t("desk.facts")}</span>
        {incident && <span className={css["number"]}>{incident.number}</span>}
        <span className={css["next"]}>{t("desk.next_group")} <kbd className={css["cap"]}>Tab</kbd></span>
      </h2>
      <div className={css["fields"]}>
        {incident ? <Placed selection={selection} /> : <NewPlace form={form} />}
        <Caller form={form} selection={selection} />
        <KindChoices form={form} />
        <Choices
          group="hazards" cap="H" title={t("desk.hazards")} tone="amber"
          rows={[HAZARDS.map((hazard) => ({ id: hazard, label: t(`hazard.${hazard}`), chosen: form.draft.hazards.includes(hazard) }))]}
          onPick={(_, index) => form.hazard(index)}
        />
        <Choices
          group="level" cap="D" title={t("desk.level")} hint={t(form.isNew ? "desk.level_reported" : "desk.level_change")}
          rows={[LEVELS.map((level) => ({
            id: String(level), label: t("scale.alarm", { n: level }), chosen: form.draft.level === level,
            face: <AlarmSquare level={level} former={form.draft.level !== level} />,
          }))]}
          onPick={(_, index) => form.level((index + 1) as AlarmLevel)}
        />
        <People form={form} />
        <Choices
          group="occupancy" cap="O" title={t("desk.occupancy")}
          rows={[OCCUPANCIES.map((use) => ({ id: use, label: t(`occupancy.${use}`), chosen: form.draft.occupancy === use }))]}
          onPick={(_, index) => form.occupancy(index)}
        />
        {incident && <Progress acts={acts} selection={selection} />}
      </div>
      <EarlyOrder acts={acts} selection={selection} />
    </section>
  );
}

function NewPlace({ form }: { form: Form }) {
  return (
    <PlaceInput
      query={form.draft.query}
      place={form.draft.place}
      onType={(query) => form.type({ query, place: null })}
      onPick={(place) => {
        form.place(place);
        document.querySelector<HTMLElement>('[data-group="kind"] [data-focus]')?.focus();
      }}
    />
  );
}

function Placed({ selection: { incident } }: { selection: Selection }) {
  if (!incident) return null;
  return (
    <div className={css["placeLine"]}>
      <span className={css["address"]}><T>{incident.address}</T></span>
      <span className={css["placed"]}>{t("desk.placed")}</span>
    </div>
  );
}

function KindChoices({ form }: { form: Form }) {
  const { draft } = form;
  const families = FAMILIES.map((family) => ({ id: family, label: t(`desk.family.${family}`), chosen: draft.family === family }));
  const kinds = kindsOf(draft).map((kind) => ({ id: kind, label: t(`kind.${kind}`), chosen: draft.kind === kind }));
  return (
    <Choices
      group="kind" cap="J" title={t("desk.kind")} hint={t("desk.digits_hint")}
      rows={kinds.length > 0 ? [families, kinds] : [families]}
      onPick={(row, index) => {
        const kind = kindsOf(draft)[index];
        if (row === 0) form.family(index);
        else if (kind) form.kind(kind);
      }}
    />
  );
}

const FIGURES = ["casualties", "trapped", "height_m"] as const;

function People({ form }: { form: Form }) {
  return (
    <section className={css["people"]} data-group="people" role="group" aria-label={t("desk.people")}>
      <kbd className={css["cap"]}>P</kbd>
      {FIGURES.map((name, i) => (
        <label key={name} className={css["figure"]}>
          <span>{t(`desk.${name}`)}</span>
          <input
            data-focus={i === 0 ? "" : undefined}
            className={css["entry"]}
            inputMode="numeric"
            value={form.draft[name]}
            onChange={(event) => form.type({ [name]: event.target.value.replace(/\D/g, "").slice(0, 4) })}
            onBlur={() => form.send()}
            onKeyDown={(event) => {
              if (event.key === "Enter") form.send();
            }}
          />
        </label>
      ))}
    </section>
  );
}
