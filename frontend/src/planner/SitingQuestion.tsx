// The question of a siting: candidates by click, paste, file or grid; how many, how large, for which limit.
import { useState } from "react";
import { useBasemap } from "../map/basemap";
import { T } from "../parts/T";
import { t } from "../words";
import { SYSTEMS } from "./crs";
import css from "./Panel.module.css";
import { Choice, Field, Section } from "./pieces";
import { merged, readPoints } from "./points";
import { atText } from "./text";
import type { SitingDesk } from "./useSiting";

export function SitingQuestion({ siting }: { siting: SitingDesk }) {
  const { draft, change, lack, differs, question, followed, ask } = siting;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Section name={t("planner.question")} />
      <div className={css["stack"]}>
        <Choice label={t("planner.by")} value={draft.by} onChange={(by) => change({ by })} options={[["points", t("planner.by.points")], ["grid", t("planner.by.grid")]]} />
        {draft.by === "points" ? <Points siting={siting} /> : <Grid siting={siting} />}
        <div className={css["grid"]}>
          <Choice label={t("planner.how_many")} value={draft.how_many} onChange={(how_many) => change({ how_many })} options={[1, 2, 3, 4, 5].map((n) => [n, String(n)] as const)} />
          <Choice label={t("planner.units")} value={draft.units} onChange={(units) => change({ units })} options={[1, 2, 3, 4].map((n) => [n, String(n)] as const)} />
          <Choice label={t("planner.limit")} value={draft.limit_s} onChange={(limit_s) => change({ limit_s })} options={[[300, "5′"], [480, "8′"], [600, "10′"]]} />
          <Choice label={t("planner.area")} value={draft.suburban ? 1 : 0} onChange={(n) => change({ suburban: n === 1 })} options={[[0, t("planner.area.city")], [1, t("planner.area.suburb")]]} />
        </div>
        <div className={css["buttons"]}>
          <button type="submit" className={css["main"]} disabled={lack !== null || (!differs && !followed.over && question !== null)}>{t("planner.run")}</button>
          {lack !== null && <span className={css["amber"]}>△ {t(`planner.lacks.${lack}`)}</span>}
          {lack === null && question !== null && differs && <span className={css["quiet"]}>{t("planner.differs")}</span>}
        </div>
      </div>
    </form>
  );
}

/** Points by click, paste or file. What cannot be read stays in the field. */
function Points({ siting: { draft, change } }: { siting: SitingDesk }) {
  const { map } = useBasemap();
  const [said, say] = useState("");
  const add = (text: string, from: string) => {
    if (!map) return;
    const found = readPoints(text, map.box, draft.system);
    change((was) => ({ points: merged(was.points, found.points), paste: found.refused.join("\n") }));
    say(t(found.refused.length > 0 ? "planner.points.some" : "planner.points.added", { n: found.points.length, refused: found.refused.length, from }));
  };
  return (
    <div className={`${css["card"]} ${css["stack"]}`}>
      <label className={css["field"]}>
        {t("planner.points.paste")}
        <textarea className={css["text"]} value={draft.paste} placeholder={t("planner.points.example")} spellCheck={false} onChange={(event) => change({ paste: event.target.value })} />
      </label>
      <div className={css["buttons"]}>
        <select className={`${css["input"]} ${css["narrow"]}`} aria-label={t("planner.system")} value={draft.system} onChange={(event) => change({ system: SYSTEMS.find((each) => each === event.target.value) ?? "WGS84" })}>
          {SYSTEMS.map((each) => <option key={each} value={each}>{t(`planner.system.${each}`)}</option>)}
        </select>
        <button type="button" className={css["small"]} disabled={draft.paste.trim() === "" || !map} onClick={() => add(draft.paste, "")}>{t("planner.points.add")}</button>
        <label className={`${css["small"]} ${css["files"]}`}>
          {t("planner.points.file")}
          <input
            type="file" accept=".csv,.txt,.tsv,.json,.geojson" disabled={!map}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file) void file.text().then((text) => add(text, file.name), () => say(t("planner.points.unreadable", { from: file.name })));
              event.target.value = "";
            }}
          />
        </label>
        <button type="button" className={css["small"]} disabled={draft.points.length === 0} onClick={() => change({ points: [] })}>{t("planner.points.clear")}</button>
        <span role="status" className={css["quiet"]}><T>{said || t("planner.points.count", { n: draft.points.length })}</T></span>
      </div>
      {draft.points.length > 0 && (
        <ol className={`${css["chips"]} ${css["points"]}`}>
          {draft.points.map(({ at, name }, i) => (
            <li key={at.join()} className={css["chip"]}>
              <T>{name || atText(at)}</T>
              <button type="button" aria-label={t("planner.points.remove", { name: name || atText(at) })} onClick={() => change((was) => ({ points: was.points.filter((_, other) => other !== i) }))}>✕</button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** A grid on drivable roads, over the whole city or round a place. */
function Grid({ siting: { draft, change, lack } }: { siting: SitingDesk }) {
  return (
    <div className={`${css["card"]} ${css["stack"]}`}>
      <div className={css["grid"]}>
        <Field label={t("planner.grid.step")} value={draft.step_km} inputMode="decimal" wrong={lack === "step"} onChange={(step_km) => change({ step_km })} />
        {draft.around && <Field label={t("planner.grid.radius")} value={draft.radius_km} inputMode="decimal" wrong={lack === "radius"} onChange={(radius_km) => change({ radius_km })} />}
      </div>
      <div className={css["buttons"]}>
        <span><T>{draft.around ? t("planner.grid.around", { at: atText(draft.around) }) : t("planner.grid.city")}</T></span>
        {draft.around && <button type="button" className={css["small"]} onClick={() => change({ around: null })}>{t("planner.grid.whole")}</button>}
      </div>
    </div>
  );
}
