// Stock that goes along: solid = settled with the depot, dashed hollow and 约 = not settled yet. Units never wait for it.
import type { StockPick, SupplyOrder } from "../contracts";
import { T } from "../parts/T";
import { all, get } from "../picture";
import { useNow, usePicture } from "../store";
import { clockText, ms, numberText, shortClockText } from "../times";
import { joined, nameOf, t, word } from "../words";
import css from "./Advice.module.css";
import { canSend, type Selection } from "./selection";

const GONE: ReadonlySet<string> = new Set(["canceled", "refused"]);

export function StockLines({ selection: { incident, advice } }: { selection: Selection }) {
  const orders = usePicture((p) => all(p, "supply_order"));
  const mine = [...orders.values()].filter((order) => order.incident_id === incident?.id && !GONE.has(order.status));
  const refused = [...orders.values()].filter((order) => order.incident_id === incident?.id && order.status === "refused");
  const picks = incident && canSend(incident) ? (advice?.stock ?? []) : [];
  const open = mine.filter((order) => order.status === "unconfirmed").length + picks.length;
  if (mine.length + picks.length + refused.length === 0) return null;
  return (
    <section className={css["stock"]} aria-label={t("desk.stock_lines")}>
      <h3 className={css["stockHead"]}>
        {t("desk.stock_lines")}
        <span className={css["quiet"]}><T>{`${t("desk.stock_head", { n: mine.length + picks.length })}${open > 0 ? ` · ${t("desk.stock_open", { n: open })}` : ""}`}</T></span>
      </h3>
      <ul className={css["stockList"]}>
        {[...mine, ...refused].map((order) => <OrderLine key={order.id} order={order} />)}
        {picks.map((pick) => <PickLine key={`${pick.stockpile_id} ${pick.item_code}`} pick={pick} />)}
      </ul>
    </section>
  );
}

function OrderLine({ order }: { order: SupplyOrder }) {
  const items = usePicture((p) => all(p, "item"));
  const pile = usePicture((p) => get(p, "stockpile", order.stockpile_id));
  const what = joined(order.lines.map((line) => `${nameOf(items.get(line.item_code), line.item_code)} ${numberText(line.quantity)}`));
  const sure = order.status !== "unconfirmed" && order.status !== "refused";
  return (
    <li className={css["stockLine"]}>
      <span className={`${css["square"]} ${sure ? css["solid"] : css["hollow"]}`} aria-hidden="true" />
      <strong className={css["stockWhat"]}><T>{what}</T></strong>
      <span className={css["stockFrom"]}>{nameOf(pile, order.stockpile_id)}</span>
      <span className={order.status === "refused" ? css["bad"] : sure ? "" : css["amber"]}>
        <T>{`${order.status === "refused" ? "▲ " : ""}${word("supply", order.status)} ${order.eta_at ? `${sure ? "" : t("desk.about")}${shortClockText(order.eta_at)}` : ""}`}</T>
      </span>
    </li>
  );
}

function PickLine({ pick }: { pick: StockPick }) {
  const item = usePicture((p) => get(p, "item", pick.item_code));
  const pile = usePicture((p) => get(p, "stockpile", pick.stockpile_id));
  const now = useNow(60_000);
  return (
    <li className={css["stockLine"]}>
      <span className={`${css["square"]} ${css["hollow"]}`} aria-hidden="true" />
      <strong className={css["stockWhat"]}><T>{`${nameOf(item, pick.item_code)} ${numberText(pick.quantity)} ${item?.unit ?? ""}`}</T></strong>
      <span className={css["stockFrom"]}><T>{`${nameOf(pile, pick.stockpile_id)} · ${t("desk.stock_trucks", { n: pick.trucks })}`}</T></span>
      <span className={css["amber"]}><T>{now === null ? "" : `${t("desk.about")}${clockText(ms(now) + pick.eta_s * 1000).slice(0, 5)}`}</T></span>
    </li>
  );
}
