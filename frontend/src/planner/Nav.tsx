// The parts of this screen with what is to be said of each, and the ways to other screens.
import { Link } from "wouter";
import type { Session } from "../api";
import { T } from "../parts/T";
import { homeOf } from "../session";
import { t } from "../words";
import css from "./PlannerScreen.module.css";
import { percent } from "./text";
import type { City } from "./useCity";
import type { PolicyDesk } from "./usePolicy";
import type { SitingDesk } from "./useSiting";

export const PARTS = ["coverage", "siting", "reach", "policy"] as const;
export type PartName = (typeof PARTS)[number];

interface Props {
  readonly shown: PartName;
  readonly session: Session;
  readonly city: City;
  readonly siting: SitingDesk;
  readonly policy: PolicyDesk;
}

export function Nav({ shown, session, city, siting, policy }: Props) {
  const beside: Readonly<Record<PartName, string>> = {
    coverage: percent(city.coverage?.within[0]?.share),
    siting: besideSiting(siting),
    reach: "",
    policy: policy.changed.length > 0 ? t("planner.nav.unsaved") : policy.current ? t("planner.version", { n: policy.current.version }) : "",
  };
  const home = homeOf(session);
  return (
    <nav className={css["nav"]} aria-label={t("planner.nav")}>
      <ul>
        {PARTS.map((part, i) => (
          <li key={part}>
            <Link href={`/planner/${part}`} className={`${css["part"]} ${part === shown ? css["shown"] : ""}`} aria-current={part === shown ? "page" : undefined} aria-keyshortcuts={`Alt+${i + 1}`}>
              <span>{t(`planner.part.${part}`)}</span>
              {beside[part] !== "" && <span className={css["beside"]}><T>{beside[part]}</T></span>}
            </Link>
          </li>
        ))}
      </ul>
      <p className={css["keys"]}><kbd>Alt</kbd> <kbd>1</kbd>–<kbd>4</kbd></p>
      <ul className={css["elsewhere"]}>
        {home === "/desk" && <li><a href="/desk" className={css["part"]}>{t("planner.nav.desk")}</a></li>}
        <li><a href="/wall" className={css["part"]}>{t("planner.nav.wall")}</a></li>
      </ul>
    </nav>
  );
}

function besideSiting({ followed, question }: SitingDesk): string {
  const { siting } = followed;
  if (!question) return "";
  if (!siting || siting.state === "growing") return followed.over ? "▲" : `${siting?.grown ?? 0}/${siting?.candidates ?? "…"}`;
  return siting.state === "done" ? `✓ ${siting.ranked.length}` : "▲";
}
