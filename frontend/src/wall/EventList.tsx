// The last happenings in words, newest first.
import { all } from "../picture";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { clockText } from "../times";
import { nameOf, t, word } from "../words";
import css from "./EventList.module.css";
import { lastEvents, type WallEvent } from "./timeline";
import type { Incident, Unit } from "../contracts";

export function EventList({ wide, room }: { wide: boolean; room: number }) {
  const incidents = usePicture((picture) => all(picture, "incident"));
  const assignments = usePicture((picture) => all(picture, "assignment"));
  const orders = usePicture((picture) => all(picture, "supply_order"));
  const units = usePicture((picture) => all(picture, "unit"));
  const events = lastEvents(incidents.values(), assignments.values(), orders.values(), room);
  return (
    <section className={`${css["events"]} ${wide ? css["wide"] : ""}`} aria-label={t("wall.events")} data-calm={wide ? "" : undefined}>
      <ol className={css["list"]}>
        {events.map((event, i) => (
          <li key={event.key} className={i === 0 ? css["newest"] : css["older"]}>
            <time className={css["time"]}>{clockText(event.at)}</time>
            <span className={css["text"]}><T>{eventText(event, incidents, units)}</T></span>
          </li>
        ))}
      </ol>
      {events.length === 0 && <p className={css["quiet"]}><T>{t("wall.quiet")}</T></p>}
    </section>
  );
}

function eventText(event: WallEvent, incidents: ReadonlyMap<string, Incident>, units: ReadonlyMap<string, Unit>): string {
  const incident = incidents.get(event.incidentId);
  const [first] = event.unitIds;
  const unit = event.unitIds.length > 1 ? t("wall.suggest_units", { n: event.unitIds.length }) : nameOf(units.get(first ?? ""), first ?? "");
  return t(`wall.event.${event.kind}`, {
    unit,
    incident: incident ? word("kind", incident.kind) : event.incidentId,
    place: incident?.address ?? "",
  });
}
