// What of this screen a role may do. The service decides; this only keeps a person from typing what would be refused.

/** By the action's name in `docs/roles.md`; a test holds them against each other. */
const MAY = {
  "siting.ask": ["commander", "dispatcher", "resource_keeper", "plan_keeper"],
  "policy.keep": ["commander", "plan_keeper"],
} as const;

/** Whether any of somebody's roles may do something. */
export const may = (action: keyof typeof MAY, roles: readonly string[]): boolean =>
  MAY[action].some((role: string) => roles.includes(role));
