// What the commander's choices cost, in words: only what changes, the worst first.
import type { Price } from "../contracts";
import { durationText, numberText } from "../times";
import { t } from "../words";

const signed = (value: number, text: (size: number) => string): string => `${value < 0 ? "−" : "+"}${text(Math.abs(value))}`;

/** `到齐 +1:14 · 覆盖 −1.8 %`; that nothing changes is said, and that cover was not part of it. */
export function priceText(price: Price, coverKnown: boolean): string {
  const parts = [
    price.unmet !== 0 && t("desk.price.unmet", { by: signed(price.unmet, numberText) }),
    price.complete_s !== 0 && t("desk.price.complete", { by: signed(price.complete_s, durationText) }),
    price.first_due_s !== 0 && t("desk.price.first", { by: signed(price.first_due_s, durationText) }),
    price.others_s !== 0 && t("desk.price.others", { by: signed(price.others_s, durationText) }),
    coverKnown && price.cover_pct !== 0 && t("desk.price.cover", { by: signed(-price.cover_pct, (size) => numberText(size, 2)) }),
    price.units !== 0 && t("desk.price.units", { by: signed(price.units, numberText) }),
    price.mean_s !== 0 && t("desk.price.mean", { by: signed(price.mean_s, durationText) }),
  ].filter((part) => part !== false);
  if (parts.length > 0) return parts.slice(0, MOST).join(" · ");
  return coverKnown ? t("desk.price.none") : t("desk.price.none_known");
}

/** More parts than these do not fit beside the choices. */
const MOST = 4;

/** Whether the choices make anything worse. */
export const costs = (price: Price): boolean =>
  price.unmet > 0 || price.complete_s > 0 || price.first_due_s > 0 || price.others_s > 0 || price.cover_pct > 0;
