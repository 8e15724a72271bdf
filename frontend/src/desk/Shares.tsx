// Shares of the risk that a first engine reaches within 5, 8 and 10 minutes: now in the head, then one row for each case.
import type { Reached } from "../contracts";
import { T } from "../parts/T";
import { t } from "../words";
import css from "./Cover.module.css";
import { gainTenths, percentText, signed } from "./cover";

export interface ShareRow {
  readonly name: string;
  readonly within: readonly Reached[];
  /** Worth less its price in per cent, where that is known. */
  readonly net_pct?: number;
}

export function Shares({ before, rows }: { before: readonly Reached[]; rows: readonly ShareRow[] }) {
  const net = rows.some((row) => row.net_pct !== undefined);
  return (
    <table className={css["shares"]} aria-label={t("desk.moves.share")} title={t("desk.moves.share")}>
      <thead>
        <tr>
          <td />
          {before.map(({ limit_s, share }) => (
            <th key={limit_s} scope="col"><T>{t("desk.moves.limit", { n: limit_s / 60 })}</T> <strong><T>{percentText(share)}</T></strong></th>
          ))}
          {net && <th scope="col">{t("desk.moves.net")}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, within, net_pct }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {within.map((each) => <Gained key={each.limit_s} before={before} after={each} />)}
            {net_pct !== undefined && <td className={toneOf(net_pct)}><T>{signed(Math.round(net_pct * 10))}</T></td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Gained({ before, after }: { before: readonly Reached[]; after: Reached }) {
  const gain = gainTenths(before, after);
  return (
    <td>
      <strong><T>{percentText(after.share)}</T></strong> <span className={toneOf(gain)}><T>{signed(gain)}</T></span>
    </td>
  );
}

const toneOf = (gain: number): string | undefined => (gain > 0 ? css["good"] : gain < 0 ? css["bad"] : css["quiet"]);
