// Which station or which unit a terminal is: a list from the register, narrowed by typing.
import { useMemo, useState } from "react";
import { all } from "../picture";
import { LiveProvider, usePicture } from "../store";
import { nameOf, t } from "../words";
import css from "./LoginScreen.module.css";

export interface Chosen {
  readonly kind: "station" | "unit";
  readonly id: string;
}

interface Props {
  readonly kind: "station" | "unit";
  readonly onChoose: (chosen: Chosen) => void;
  readonly onBack: () => void;
}

export function Chooser(props: Props) {
  return (
    <LiveProvider>
      <List {...props} />
    </LiveProvider>
  );
}

const SHOWN = 60;

interface Option {
  readonly id: string;
  readonly name: string;
  readonly beside: string;
}

function useOptions(kind: "station" | "unit"): readonly Option[] {
  const stations = usePicture((p) => all(p, "station"));
  const units = usePicture((p) => all(p, "unit"));
  return useMemo(() => {
    const list: Option[] =
      kind === "station"
        ? [...stations.values()].map((station) => ({ id: station.id, name: nameOf(station), beside: t(`station.${station.station_class}`) }))
        : [...units.values()].map((unit) => ({ id: unit.id, name: nameOf(unit), beside: nameOf(stations.get(unit.station_id)) }));
    return list.sort((a, b) => a.id.localeCompare(b.id));
  }, [kind, stations, units]);
}

function List({ kind, onChoose, onBack }: Props) {
  const [text, setText] = useState("");
  const options = useOptions(kind);
  const wanted = text.trim().toLowerCase();
  const found = options.filter(({ id, name, beside }) => `${id} ${name} ${beside}`.toLowerCase().includes(wanted));
  return (
    <section className={css["chooser"]} aria-label={t(kind === "station" ? "login.choose_station" : "login.choose_unit")}>
      <h2 className={css["demo"]}>{t(kind === "station" ? "login.choose_station" : "login.choose_unit")}</h2>
      <input className={css["search"]} aria-label={t("login.search")} placeholder={t("login.search")} value={text} onChange={(event) => setText(event.target.value)} autoFocus />
      <ul className={css["options"]}>
        {found.slice(0, SHOWN).map(({ id, name, beside }) => (
          <li key={id}>
            <button type="button" className={css["option"]} onClick={() => onChoose({ kind, id })}>
              <strong>{name}</strong> <span className={css["beside"]}>{beside}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={css["note"]}>{t(options.length === 0 ? "app.loading" : "login.none")}</p>}
      <button type="button" className={css["back"]} onClick={onBack}>{t("login.back")}</button>
    </section>
  );
}
