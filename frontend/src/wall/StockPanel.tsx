// Key stock: against the hero's need while there is one, else what the city has free of its key items.
import { useMemo } from "react";
import type { Incident, Item, Stock } from "../contracts";
import { stockStates, type StockState } from "../needs";
import { all } from "../picture";
import { AlarmSquare } from "../parts/AlarmSquare";
import { T } from "../parts/T";
import { usePicture } from "../store";
import { useLent } from "../useLent";
import { numberText } from "../times";
import { nameOf, t, word } from "../words";
import css from "./StockPanel.module.css";

const ROOM = 7;
const CALM_ROOM = 9;

/** The name without what stands in brackets: a wall has no room for models. */
const shortName = (item: Item | undefined, otherwise?: string): string => nameOf(item, otherwise).replace(/[(（].*$/, "").trim();

export function StockPanel({ hero }: { hero: Incident | undefined }) {
  const stock = useOurStock();
  const items = usePicture((picture) => all(picture, "item"));
  const orders = usePicture((picture) => all(picture, "supply_order"));
  const needs = hero ? stockStates(hero, orders.values(), stock, items) : [];
  if (hero && needs.length > 0) return <AgainstNeed hero={hero} needs={needs} />;
  return <FreeStock items={items} stock={stock} room={hero ? ROOM : CALM_ROOM} />;
}

/** Stock that can be ordered: what others hold is theirs to send. */
function useOurStock(): ReadonlyMap<string, Stock> {
  const stock = usePicture((picture) => all(picture, "stock"));
  const lent = useLent("stockpile");
  return useMemo(() => new Map([...stock].filter(([, row]) => !lent.has(row.stockpile_id))), [stock, lent]);
}

function AgainstNeed({ hero, needs }: { hero: Incident; needs: readonly StockState[] }) {
  const rows = needs.toSorted((a, b) => b.missing / b.needed - a.missing / a.needed).slice(0, ROOM);
  return (
    <section className={css["panel"]}>
      <h2 className={css["heading"]}>
        <span className={css["label"]}><T>{t("wall.stock")}</T></span>
        <span className={css["side"]}>
          <T>{t("wall.stock_for")}</T> <span className={css["square"]}><AlarmSquare level={hero.alarm_level} /></span> <T>{word("kind", hero.kind)}</T>
        </span>
      </h2>
      <ul className={css["rows"]}>{rows.map((row) => <NeedRow key={row.itemCode} row={row} />)}</ul>
    </section>
  );
}

function NeedRow({ row }: { row: StockState }) {
  const have = Math.min(row.needed, row.ordered + row.free);
  return (
    <li className={css["row"]}>
      <span className={css["name"]}><T>{`${shortName(row.item, row.itemCode)} ${row.item?.unit ?? ""}`}</T></span>
      <span className={css["figures"]}>
        {row.unconfirmed > 0 && <span className={css["hollow"]}>{t("wall.stock_unconfirmed")}{numberText(row.unconfirmed)} </span>}
        <b>{numberText(have)}</b> / {numberText(row.needed)}
      </span>
      {row.missing > 0 ? (
        <span className={css["short"]}><T>{`▲ ${t("wall.missing")} ${numberText(row.missing)}`}</T></span>
      ) : (
        <span className={css["met"]}><T>{`✓ ${t("wall.stock_ok")}`}</T></span>
      )}
    </li>
  );
}

function FreeStock({ items, stock, room }: { items: ReadonlyMap<string, Item>; stock: ReadonlyMap<string, Stock>; room: number }) {
  const free = new Map<string, { quantity: number; places: number }>();
  for (const row of stock.values()) {
    const sum = free.get(row.item_code) ?? { quantity: 0, places: 0 };
    free.set(row.item_code, { quantity: sum.quantity + row.available, places: sum.places + (row.available > 0 ? 1 : 0) });
  }
  const rows = [...items.values()].filter((item) => item.key).slice(0, room);
  if (rows.length === 0) return null;
  return (
    <section className={css["panel"]}>
      <h2 className={css["heading"]}>
        <span className={css["label"]}><T>{t("wall.stock")}</T></span>
        <span className={css["side"]}><T>{t("wall.stock_all")}</T></span>
      </h2>
      <ul className={css["rows"]}>
        {rows.map((item) => {
          const { quantity, places } = free.get(item.id) ?? { quantity: 0, places: 0 };
          return (
            <li key={item.id} className={css["row"]}>
              <span className={css["name"]}><T>{shortName(item)}</T></span>
              <span className={css["figures"]}><b>{numberText(quantity)}</b> <T>{item.unit}</T></span>
              <span className={css["places"]}><T>{t("wall.stock_places", { n: places })}</T></span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
