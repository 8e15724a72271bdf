// What endangers the crew, in at most three lines.
import type { Incident } from "../contracts";
import { T } from "../parts/T";
import { t } from "../words";
import css from "./UnitScreen.module.css";

export function HazardCard({ incident }: { incident: Incident }) {
  const lines = [
    incident.hazards.map((hazard) => t(`hazard.${hazard}`)).join(" · "),
    incident.casualties + incident.trapped > 0 ? t("crew.people", { hurt: incident.casualties, trapped: incident.trapped }) : "",
    [incident.occupancy === "other" ? "" : t(`occupancy.${incident.occupancy}`), incident.building_height_m > 0 ? t("crew.height", { m: incident.building_height_m }) : ""].filter(Boolean).join(" · "),
  ].filter(Boolean);
  const danger = incident.hazards.length > 0 || incident.trapped > 0;
  if (lines.length === 0) return null;
  return (
    <section className={danger ? css["danger"] : css["card"]} aria-label={t("crew.hazards")}>
      {lines.map((line) => <p key={line}><T>{line}</T></p>)}
    </section>
  );
}
