// Who rides on this vehicle, by seat.
import type { Unit } from "../contracts";
import { useCrew } from "../crew/useCrew";
import { T } from "../parts/T";
import { t } from "../words";
import css from "./UnitScreen.module.css";

export function Crew({ unit }: { unit: Unit }) {
  const crew = useCrew(unit.id);
  const present = crew?.filter((member) => member.on_duty) ?? [];
  if (!crew) return <p className={css["sub"]}>{t("crew.crew_wait")}</p>;
  if (crew.length === 0) return <p className={css["sub"]}>{t("crew.crew_none")}</p>;
  const short = unit.crew_needed - present.length;
  return (
    <div className={css["crew"]}>
      <p className={short > 0 ? css["bad"] : css["good"]}><T>{`${t("crew.crew_of", { n: present.length, needed: unit.crew_needed })}${short > 0 ? ` ${t("crew.crew_short", { n: short })}` : ""}`}</T></p>
      <ul className={css["seats"]}>
        {present.map((member) => (
          <li key={member.id}><span className={css["sub"]}>{member.seat}</span> <strong>{member.name}</strong></li>
        ))}
      </ul>
    </div>
  );
}
