// The command wall: one connection, one picture, the whole city at a glance. No cursor, no scroll, nothing hidden.
import { useEffect, type CSSProperties } from "react";
import { Guard } from "../parts/Guard";
import { LiveProvider, useFreshness } from "../store";
import { applyTheme } from "../theme";
import { learn } from "../words";
import { wallWords } from "../words/wall";
import { Calm } from "./Calm";
import { EventList } from "./EventList";
import { Force } from "./Force";
import { Header } from "./Header";
import { Hero } from "./Hero";
import { Rows } from "./Rows";
import { useSituation } from "./situation";
import { StockPanel } from "./StockPanel";
import { Suggestion } from "./Suggestion";
import { Timeline } from "./Timeline";
import css from "./WallScreen.module.css";
import { WallMap } from "./WallMap";

learn(wallWords);

export default function WallScreen() {
  useWallScale();
  return (
    <LiveProvider>
      <Wall />
    </LiveProvider>
  );
}

/** 192 x 108 rem fill the wall: the same layout at every resolution. */
function useWallScale(): void {
  useEffect(() => {
    applyTheme("dark");
    const root = document.documentElement;
    root.style.fontSize = "min(calc(100vw / 192), calc(100vh / 108))";
    return () => {
      root.style.fontSize = "";
    };
  }, []);
}

function Wall() {
  const situation = useSituation();
  const { freshness, refused } = useFreshness();
  const stale = freshness === "stale" || refused !== null;
  const calm = situation.hero === undefined;
  const lanes = Math.min(4, situation.incidents.length);
  return (
    <div className={`${css["wall"]} ${stale ? css["stale"] : ""}`} style={{ "--lanes": lanes } as CSSProperties} data-freshness={freshness}>
      <Header stale={stale} />
      <main className={css["left"]}>
        <Guard>{situation.hero ? <><Hero situation={situation} incident={situation.hero} /><Rows situation={situation} /></> : <Calm situation={situation} />}</Guard>
      </main>
      <section className={css["map"]}>
        <Guard><WallMap situation={situation} /></Guard>
      </section>
      <aside className={css["right"]}>
        <Guard>
          <Force />
          <StockPanel hero={situation.hero} />
          <Suggestion situation={situation} />
        </Guard>
      </aside>
      <footer className={css["footer"]}>
        <Guard>
          {!calm && <Timeline situation={situation} />}
          <EventList wide={calm} room={calm ? 3 : Math.max(2, lanes)} />
        </Guard>
      </footer>
    </div>
  );
}
