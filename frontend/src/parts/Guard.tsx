// Keeps a failing part from taking the whole screen with it.
import { Component, type ReactNode } from "react";
import { t } from "../words";

interface Props {
  readonly children: ReactNode;
}

export class Guard extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <p role="alert">▲ {t("app.broken")}</p> : this.props.children;
  }
}
