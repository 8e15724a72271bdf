// Whether this phone tells where the unit is: asked for by a button, said in words when it cannot be.
import { useState } from "react";
import { usePositionSending } from "../crew/position";
import { t } from "../words";
import css from "./PositionLine.module.css";

/** Shown while a person holds the unit; without it the unit stands still on every screen. */
export function PositionLine({ unitId }: { unitId: string }) {
  const [wanted, want] = useState(false);
  const state = usePositionSending(unitId, wanted);
  const good = state === "sending";
  return (
    <p className={`${css["line"]} ${good ? css["good"] : state === "off" || state === "asking" ? "" : css["bad"]}`} role="status">
      <span className={css["words"]}>{`${good ? "✓ " : state === "off" || state === "asking" ? "" : "▲ "}${t(`crew.position.${state}`)}`}</span>
      <button type="button" className={css["button"]} aria-pressed={wanted} onClick={() => want(!wanted)}>{t(wanted ? "crew.position.stop" : "crew.position.start")}</button>
    </p>
  );
}
