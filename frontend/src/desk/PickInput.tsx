// Picking one of many by name: typed, chosen by arrows, taken by Enter or Tab.
import { useId, useState, type KeyboardEvent } from "react";
import { T } from "../parts/T";
import { t } from "../words";
import css from "./Cover.module.css";
import { matching, type Option } from "./cover";

const SHOWN = 6;

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly options: readonly Option[];
  readonly picked: Option | null;
  readonly onPick: (option: Option | null) => void;
  /** Where the focus goes when the group is jumped to. */
  readonly first?: boolean;
}

export function PickInput({ label, hint, options, picked, onPick, first = false }: Props) {
  const [text, write] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const list = useId();
  const found = open && !picked ? matching(options, text).slice(0, SHOWN) : [];
  const chosen = Math.min(at, found.length - 1);
  const pick = (option: Option) => {
    write("");
    setAt(0);
    onPick(option);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const option = found[chosen];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, chosen + step)));
    else if (event.key === "Enter" && option) pick(option);
    else if (event.key === "Tab" && !event.shiftKey && option && text !== "") pick(option);
    else return;
    if (event.key !== "Tab") event.preventDefault();
  };
  return (
    <div className={css["pick"]}>
      <span className={css["quiet"]} aria-hidden="true">{label}</span>
      <input
        {...(first ? { "data-focus": "" } : {})}
        className={css["input"]}
        role="combobox"
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={found[chosen] ? `${list}-${chosen}` : undefined}
        autoComplete="off"
        placeholder={hint}
        value={picked?.name ?? text}
        onFocus={(event) => {
          setOpen(true);
          event.target.select();
        }}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setAt(0);
          write(event.target.value);
          if (picked) onPick(null);
        }}
        onKeyDown={keys}
      />
      {found.length > 0 && <Options list={list} label={label} found={found} chosen={chosen} onPick={pick} />}
      {open && !picked && found.length === 0 && <span role="status" className={css["amber"]}>{t("desk.try.nobody")}</span>}
    </div>
  );
}

interface ListProps {
  readonly list: string;
  readonly label: string;
  readonly found: readonly Option[];
  readonly chosen: number;
  readonly onPick: (option: Option) => void;
}

function Options({ list, label, found, chosen, onPick }: ListProps) {
  return (
    <ul id={list} role="listbox" aria-label={label} className={css["options"]}>
      {found.map((option, i) => (
        <li
          key={option.id}
          id={`${list}-${i}`}
          role="option"
          aria-selected={i === chosen}
          className={`${css["option"]} ${i === chosen ? css["here"] : ""}`}
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(option);
          }}
        >
          <span className={css["cut"]}><T>{option.name}</T></span> <span className={css["quiet"]}><T>{option.hint}</T></span>
        </li>
      ))}
    </ul>
  );
}
