// The command wall: one connection, one picture, the whole city at a glance.
import { LiveProvider } from "../store";
import { Clock, DateLine, DemoClock } from "../parts/Clock";
import { Degraded, Freshness } from "../parts/Freshness";
import { StaleBand } from "../parts/StaleBand";

export default function WallScreen() {
  return (
    <LiveProvider>
      <header>
        <Freshness />
        <Degraded />
        <DemoClock />
        <DateLine />
        <Clock />
        <StaleBand />
      </header>
    </LiveProvider>
  );
}
