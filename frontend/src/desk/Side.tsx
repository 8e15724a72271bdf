// The right side of the desk: the map with the city's cover at its foot, the unit board, and the drawer over both.
import { useRef } from "react";
import { Guard } from "../parts/Guard";
import { useSize } from "../parts/size";
import type { Acts } from "./acts";
import { Board } from "./Board";
import { CoverPane } from "./CoverPane";
import css from "./DeskScreen.module.css";
import { Drawer } from "./Drawer";
import { MapPane } from "./MapPane";
import type { Selection } from "./selection";
import { useDesk } from "./state";
import type { Cover } from "./useCover";

export function Side({ acts, selection, cover }: { acts: Acts; selection: Selection; cover: Cover }) {
  const { state } = useDesk();
  const pane = useRef<HTMLElement>(null);
  const covered = useSize(pane).height;
  return (
    <div className={css["side"]}>
      <Guard><MapPane acts={acts} selection={selection} cover={cover} covered={covered} /></Guard>
      <Guard><CoverPane acts={acts} cover={cover} pane={pane} /></Guard>
      <div className={css["under"]}>
        <Guard>
          <Board selection={selection} />
          {state.drawer && <Drawer key={state.drawer} unitId={state.drawer} acts={acts} selection={selection} />}
        </Guard>
      </div>
    </div>
  );
}
