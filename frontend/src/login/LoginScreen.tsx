// Signing in: name and password, and in the demonstration one button per role. Then on to where the role works.
import { useEffect, useLayoutEffect, useState } from "react";
import { useLocation } from "wouter";
import { act, Refusal, session, type Session } from "../api";
import { homeOf } from "../session";
import { useLanguage } from "../store";
import { applyTheme } from "../theme";
import { learn, refusalText, t } from "../words";
import { loginWords } from "../words/login";
import { Chooser, type Chosen } from "./Chooser";
import css from "./LoginScreen.module.css";

learn(loginWords);

/** Roles with a button, in the order of the chain from call to crew. */
const ROLES = ["dispatcher", "commander", "incident_commander", "wall", "station", "unit", "resource_keeper", "plan_keeper", "auditor", "administrator"] as const;
type Role = (typeof ROLES)[number];

export default function LoginScreen() {
  const { language, change } = useLanguage();
  const [, go] = useLocation();
  const [refused, setRefused] = useState("");
  const [choosing, setChoosing] = useState<"station" | "unit" | null>(null);
  const isDemo = useDemo();
  useLayoutEffect(() => applyTheme("light"), []);

  const enter = (signingIn: Promise<unknown>) => {
    setRefused("");
    signingIn
      .then(() => session())
      .then((mine) => go(nextPage() ?? homeOf(mine)))
      .catch((error: unknown) => setRefused(sentence(error)));
  };
  const asRole = (role: Role) => {
    if (role === "station" || role === "unit") openRegister(role).then(setChoosing, (error: unknown) => setRefused(sentence(error)));
    else enter(demo({ role }));
  };
  const chosen = ({ kind, id }: Chosen) => enter(demo(kind === "station" ? { role: kind, station_id: id } : { role: kind, unit_id: id }));

  return (
    <main className={css["page"]}>
      <section className={css["card"]}>
        <header className={css["head"]}>
          <img src="/mark.svg" alt="" className={css["mark"]} />
          <div>
            <h1 className={css["name"]}>{t("app.name")}</h1>
            <p className={css["centre"]}>{t("app.centre")}</p>
          </div>
          <button type="button" className={css["language"]} onClick={() => change(language === "zh" ? "en" : "zh")}>{t("app.language")}</button>
        </header>
        {choosing ? (
          <Chooser kind={choosing} onChoose={chosen} onBack={() => setChoosing(null)} />
        ) : (
          <>
            <PasswordForm onSubmit={(name, password) => enter(act<Session>("POST", "/api/gateway/session", { name, password }))} onRefuse={setRefused} />
            {isDemo && <RoleButtons onPick={asRole} />}
          </>
        )}
        {refused && <p role="alert" className={css["refused"]}>▲ {refused}</p>}
      </section>
    </main>
  );
}

const demo = (body: Readonly<Record<string, string>>): Promise<Session> => act("POST", "/api/gateway/demo-session", body);

/** A device has to say which it is; the register that names them is read as a wall before that. */
async function openRegister(kind: "station" | "unit"): Promise<"station" | "unit"> {
  await demo({ role: "wall" });
  return kind;
}

function sentence(error: unknown): string {
  if (!(error instanceof Refusal)) return t("app.broken");
  return error.status === 401 ? t("login.wrong") : refusalText(error);
}

/** A page of our own to which this sign-in was only a stop. */
function nextPage(): string | null {
  const asked = new URLSearchParams(window.location.search).get("next");
  return asked && /^\/(?!\/)[\w/.:-]*$/.test(asked) ? asked : null;
}

/** Whether role buttons exist here; the gateway says so to anybody. */
function useDemo(): boolean {
  const [isDemo, setDemo] = useState(false);
  useEffect(() => {
    let stopped = false;
    session().then(
      ({ mode }) => {
        if (!stopped) setDemo(mode !== "production");
      },
      () => undefined, // nobody is signed in and the gateway does not say: password only
    );
    return () => {
      stopped = true;
    };
  }, []);
  return isDemo;
}

interface PasswordProps {
  readonly onSubmit: (name: string, password: string) => void;
  readonly onRefuse: (text: string) => void;
}

function PasswordForm({ onSubmit, onRefuse }: PasswordProps) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <form
      className={css["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === "" || password === "") onRefuse(t("login.fields_missing"));
        else onSubmit(name.trim(), password);
      }}
    >
      <label className={css["field"]}>
        <span>{t("login.name")}</span>
        <input name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className={css["field"]}>
        <span>{t("login.password")}</span>
        <input name="password" type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </label>
      <button type="submit" className={css["enter"]}>{t("login.enter")}</button>
    </form>
  );
}

function RoleButtons({ onPick }: { onPick: (role: Role) => void }) {
  return (
    <section aria-label={t("login.demo")}>
      <h2 className={css["demo"]}>{t("login.demo")}</h2>
      <div className={css["roles"]}>
        {ROLES.map((role) => (
          <button key={role} type="button" className={css["role"]} onClick={() => onPick(role)}>{t(`role.${role}`)}</button>
        ))}
      </div>
      <p className={css["note"]}>{t("login.demo_note")}</p>
    </section>
  );
}
