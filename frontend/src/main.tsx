// The door of the frontend: which address shows which screen, each loaded when it is asked for.
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { Redirect, Route, Switch } from "wouter";
import { LanguageProvider } from "./store";
import "./theme.css";
import { applyTheme } from "./theme";
import { t } from "./words";

const WallScreen = lazy(() => import("./wall/WallScreen"));
const DeskScreen = lazy(() => import("./desk/DeskScreen"));
const StationScreen = lazy(() => import("./station/StationScreen"));
const UnitScreen = lazy(() => import("./unit/UnitScreen"));
const PlannerScreen = lazy(() => import("./planner/PlannerScreen"));
const LoginScreen = lazy(() => import("./login/LoginScreen"));

function Screens() {
  return (
    <Suspense fallback={<p role="status">{t("app.loading")}</p>}>
      <Switch>
        <Route path="/">
          <Redirect to="/wall" />
        </Route>
        <Route path="/wall" component={WallScreen} />
        <Route path="/desk" component={DeskScreen} />
        <Route path="/station/:id">{({ id }) => <StationScreen id={id} />}</Route>
        <Route path="/unit/:id">{({ id }) => <UnitScreen id={id} />}</Route>
        <Route path="/planner/:part?">{({ part }) => <PlannerScreen part={part} />}</Route>
        <Route path="/login" component={LoginScreen} />
        <Route>
          <p role="alert">{t("app.not_found")}</p>
        </Route>
      </Switch>
    </Suspense>
  );
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
applyTheme("dark");
createRoot(root).render(
  <StrictMode>
    <LanguageProvider>
      <Screens />
    </LanguageProvider>
  </StrictMode>,
);
