// What became of the last tap: on its way, refused, or lost and offered again with the same key.
import { t } from "../words";
import type { Tap } from "./tap";
import css from "./TapNote.module.css";

export function TapNote({ tap }: { tap: Tap }) {
  if (tap.sending) return <p role="status" className={css["sending"]}>{`${tap.sending} · ${t("crew.sending")}`}</p>;
  if (!tap.failed) return null;
  const { what, why, again } = tap.failed;
  return (
    <div role="alert" className={css["failed"]}>
      <p className={css["words"]}><strong>▲ {t("crew.lost", { what })}</strong><br />{why}</p>
      {again && <button type="button" className={css["again"]} onClick={again}>{t("crew.again")}</button>}
      <button type="button" className={css["dismiss"]} onClick={tap.dismiss}>{t("crew.noted")}</button>
    </div>
  );
}
