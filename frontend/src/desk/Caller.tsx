// Who called: typed with a new report, masked afterwards and shown only when asked for, because the look is audited.
import { useState } from "react";
import { Refusal } from "../api";
import type { CallerForm } from "../contracts";
import { T } from "../parts/T";
import { refusalText, t } from "../words";
import { caller } from "./answers";
import css from "./Form.module.css";
import type { Selection } from "./selection";
import type { Form } from "./useForm";

export function Caller({ form, selection }: { form: Form; selection: Selection }) {
  if (form.isNew) return <NewCaller form={form} />;
  const { report, incident } = selection;
  return (
    <div className={css["caller"]}>
      <span className={css["callerName"]}>{t("desk.caller")}</span>
      {report?.caller_id ? <Masked key={report.caller_id} personId={report.caller_id} /> : <span>{t("desk.caller_none")}</span>}
      {(incident?.reports ?? 1) > 1 && <span><T>{t("desk.reports", { n: incident?.reports })}</T></span>}
      {report?.text && <span className={css["said"]} title={report.text}>{report.text}</span>}
    </div>
  );
}

const FIELDS = [
  ["caller_phone", "desk.caller_phone"],
  ["caller_name", "desk.caller_name"],
  ["text", "desk.text"],
] as const;

function NewCaller({ form }: { form: Form }) {
  return (
    <section className={css["callerForm"]} data-group="caller" role="group" aria-label={t("desk.caller")}>
      {FIELDS.map(([name, label]) => (
        <input
          key={name}
          className={`${css["input"]} ${name === "text" ? css["text"] : ""}`}
          aria-label={t(label)}
          placeholder={t(label)}
          autoComplete="off"
          value={form.draft[name]}
          onChange={(event) => form.type({ [name]: event.target.value })}
        />
      ))}
    </section>
  );
}

function Masked({ personId }: { personId: string }) {
  const [known, setKnown] = useState<CallerForm | string | null>(null);
  const show = () => {
    caller(personId).then(setKnown, (error: unknown) => setKnown(error instanceof Refusal ? refusalText(error) : t("app.broken")));
  };
  if (typeof known === "string") return <span role="alert">{known}</span>;
  if (known) return <span><T>{`${known.phone ?? ""} ${known.name ?? ""}`}</T></span>;
  return (
    <>
      <span aria-hidden="true">••• •••• ••••</span>
      <button type="button" className={css["small"]} onClick={show}>{t("desk.caller_show")}</button>
    </>
  );
}
