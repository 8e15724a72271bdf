// Above the map: who is worst and with what force, when the next units arrive, and where the other incidents are.
import type { Assignment, Incident, UnitClass } from "../contracts";
import { At, usePlace } from "../map/CityMap";
import { project } from "../map/camera";
import { AlarmSquare } from "../parts/AlarmSquare";
import { textWidth } from "../parts/size";
import { T } from "../parts/T";
import { hasArrived, isComing } from "../picture";
import { columnDuration, ms } from "../times";
import { language, nameOf, t, word } from "../words";
import css from "./Callouts.module.css";
import { whereIs, type MarkInput } from "./marks";
import { isFree, placed, type Rect } from "./placing";
import { useClocks, type Situation } from "./situation";

const NAMED = 3;
const MOST_CHIPS = 6;
const MOST_TAGS = 14;
const CALLOUT = { width: 36, height: 9.6 };
/** Tags nearer than this to their incident would hide it; the callout says how many come. Rem. */
const NEAR = 5.8;

interface Props {
  readonly situation: Situation;
  readonly input: MarkInput;
  readonly taken: readonly Rect[];
  /** Px of the map's lower edge that are not seen. */
  readonly covered: number;
}

export function Callouts({ situation, input, taken, covered }: Props) {
  const { view, width, height } = usePlace();
  const { rem } = input;
  const within: Rect = { x: rem, y: rem, width: width - 2 * rem, height: height - covered - 4 * rem };
  const occupied = [...taken];
  const point = (incident: Incident) => project(incident.at, view, { width, height });
  for (const incident of situation.incidents) occupied.push(spot(point(incident), 2.6 * rem));
  const boxes = situation.incidents.slice(0, NAMED).map((incident) => {
    const rect = placed(point(incident), { width: CALLOUT.width * rem, height: CALLOUT.height * rem }, 3 * rem, within, occupied);
    occupied.push(rect);
    return { incident, rect };
  });
  return (
    <>
      {situation.incidents.map((incident, rank) => (
        <At key={incident.id} at={incident.at}>
          {rank < NAMED ? <Spot incident={incident} /> : <span className={css["small"]}><AlarmSquare level={incident.alarm_level} /></span>}
        </At>
      ))}
      <Tags situation={situation} input={input} taken={occupied} covered={covered} />
      {boxes.map(({ incident, rect }) => <Callout key={incident.id} incident={incident} rect={rect} assignments={situation.of(incident.id)} input={input} />)}
    </>
  );
}

const spot = ([x, y]: readonly [number, number], radius: number): Rect => ({ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius });

function Spot({ incident }: { incident: Incident }) {
  const colour = `var(--alarm-${incident.alarm_level})`;
  return <span className={css["spot"]} style={{ borderColor: colour, background: `radial-gradient(${colour} 42%, var(--bg) 45%)` }} />;
}

function Callout({ incident, rect, assignments, input }: { incident: Incident; rect: Rect; assignments: readonly Assignment[]; input: MarkInput }) {
  const chips = chipsOf(assignments, input);
  const coming = assignments.filter(isComing).length;
  const colour = `var(--alarm-${incident.alarm_level})`;
  const second = [incident.hazards.slice(0, 2).map((h) => word("hazard", h)).join(" · ") || incident.address, coming > 0 ? t("wall.units_coming", { n: coming }) : ""];
  return (
    <article className={css["callout"]} style={{ transform: `translate(${rect.x}px, ${rect.y}px)`, borderColor: colour }}>
      <span className={css["level"]} style={{ background: colour }}><AlarmSquare level={incident.alarm_level} /></span>
      <div className={css["body"]}>
        <h3 className={css["title"]}><T>{word("kind", incident.kind)}</T></h3>
        <p className={css["second"]}><T>{second.filter(Boolean).join(" · ")}</T></p>
        <p className={css["chips"]}>
          {chips.slice(0, MOST_CHIPS).map(([unitClass, n]) => <span key={unitClass} className={css["chip"]}><T>{`${t(`glyph.${unitClass}`)}${n}`}</T></span>)}
          {chips.length === 0 && <span className={css["none"]}><T>{word("incident", incident.status)}</T></span>}
        </p>
      </div>
    </article>
  );
}

/** Units on scene by class, most first. */
function chipsOf(assignments: readonly Assignment[], { units }: MarkInput): readonly (readonly [UnitClass, number])[] {
  const counts = new Map<UnitClass, number>();
  for (const assignment of assignments.filter(hasArrived)) {
    const unitClass = units.get(assignment.unit_id)?.unit_class;
    if (unitClass) counts.set(unitClass, (counts.get(unitClass) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

interface Tag {
  readonly id: string;
  readonly name: string;
  readonly time: string;
  readonly rect: Rect;
}

/** ETA tags of the soonest arrivals, where there is room beside the unit. */
function Tags({ situation, input, taken, covered }: Props) {
  const { shown } = useClocks();
  const { view, width, height } = usePlace();
  const { rem, units, positions } = input;
  const occupied = [...taken];
  const tags: Tag[] = [];
  for (const { assignment, incident } of soonest(situation)) {
    const unit = units.get(assignment.unit_id);
    if (!unit || tags.length >= MOST_TAGS) continue;
    const [x, y] = project(whereIs(unit, positions), view, { width, height });
    const [ix, iy] = project(incident.at, view, { width, height });
    if (Math.hypot(x - ix, y - iy) < NEAR * rem) continue;
    const name = nameOf(unit);
    const size = (textWidth(name, language() === "en" ? 0.6 : 0.72) * 1.8 + 8.2) * rem;
    const free = [x + 2.4 * rem, x - 2.4 * rem - size]
      .map((left): Rect => ({ x: left, y: y - 1.6 * rem, width: size, height: 3.2 * rem }))
      .find((rect) => rect.x >= 0 && rect.x + rect.width <= width && rect.y + rect.height <= height - covered && isFree(rect, occupied));
    if (!free) continue;
    occupied.push(free);
    tags.push({ id: assignment.id, name, rect: free, time: columnDuration(Math.max(0, (ms(assignment.eta_at ?? "") - shown) / 1000)) });
  }
  return (
    <>
      {tags.map((tag) => (
        <span key={tag.id} className={css["tag"]} style={{ transform: `translate(${tag.rect.x}px, ${tag.rect.y}px)`, blockSize: tag.rect.height }}>
          <span className={css["tagName"]}><T>{tag.name}</T></span> <b>{tag.time}</b>
        </span>
      ))}
    </>
  );
}

function soonest(situation: Situation): readonly { assignment: Assignment; incident: Incident }[] {
  return situation.incidents
    .flatMap((incident) => situation.of(incident.id).filter((a) => a.status === "enroute" && a.eta_at !== null).map((assignment) => ({ assignment, incident })))
    .sort((a, b) => ms(a.assignment.eta_at ?? 0) - ms(b.assignment.eta_at ?? 0));
}
