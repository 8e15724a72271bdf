// A move-up that was called back: says whether to return or to stay, and why, and waits to be noted.
import type { MoveUpOrder } from "../contracts";
import { T } from "../parts/T";
import { clockText } from "../times";
import { t } from "../words";
import css from "./UnitScreen.module.css";

export function MoveUpBack({ order, onNoted }: { order: MoveUpOrder; onNoted: () => void }) {
  const left = order.status === "returning";
  const title = t(left ? "crew.move.called_back" : "crew.move.void");
  return (
    <section role="alertdialog" aria-label={title} className={`${css["sheet"]} ${left ? "" : css["grey"]}`}>
      <p className={css["sheetTitle"]}>
        <strong>{title}</strong>
        <span><T>{clockText(order.recalled_at ?? order.ordered_at)}</T></span>
      </p>
      {order.recall_reason !== "" && <p><T>{t("crew.reason", { reason: order.recall_reason })}</T></p>}
      <button type="button" className={`${css["verb"]} ${css["blue"]}`} onClick={onNoted}>{t("crew.noted")}</button>
    </section>
  );
}
