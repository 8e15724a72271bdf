// The city's cover at the foot of the map: turns and move-ups that are advised, a move that is tried, those that are ordered, and the figure.
import type { RefObject } from "react";
import { useFreshness } from "../store";
import { t } from "../words";
import type { Acts } from "./acts";
import css from "./Cover.module.css";
import { CoverLine } from "./CoverLine";
import { MovedList } from "./MovedList";
import { MoveUpList } from "./MoveUpList";
import { useDesk } from "./state";
import { TrialForm } from "./TrialForm";
import { TurnList } from "./TurnList";
import type { Cover } from "./useCover";

export function CoverPane({ acts, cover, pane }: { acts: Acts; cover: Cover; pane: RefObject<HTMLElement | null> }) {
  const { state } = useDesk();
  const { freshness } = useFreshness();
  return (
    <section ref={pane} className={`${css["pane"]} ${freshness === "stale" ? css["old"] : ""}`} aria-label={t("desk.cover")}>
      <TurnList cover={cover} />
      {state.trial ? <TrialForm trial={state.trial} acts={acts} cover={cover} /> : <MoveUpList acts={acts} cover={cover} />}
      <MovedList cover={cover} />
      <CoverLine cover={cover} />
    </section>
  );
}
