// Keys of the map's legend.
import type { ReactNode } from "react";
import { T } from "../parts/T";
import css from "./PlanMap.module.css";

/** A colour of areas and what it means. */
export function Swatch({ fill, text }: { fill: string; text: string }) {
  return <span className={css["key"]}><span className={css["swatch"]} style={{ background: fill }} aria-hidden="true" /><T>{text}</T></span>;
}

/** A small sign and what it means. */
export function Sign({ sign, text }: { sign: ReactNode; text: string }) {
  return <span className={css["key"]}>{sign}<T>{text}</T></span>;
}

export const Dot = () => <span className={css["dot"]} aria-hidden="true" />;
