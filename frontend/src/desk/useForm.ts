// The one form of the desk: a new report while nothing is selected, the facts of the incident otherwise.
import { useMemo } from "react";
import type { Acts } from "./acts";
import { choose, draftOf, typed, type Draft } from "./draft";
import { FAMILIES, familyOf, HAZARDS, KINDS, OCCUPANCIES } from "./kinds";
import type { Selection } from "./selection";
import { useDesk } from "./state";
import { toggleHazard } from "./draft";
import type { AlarmLevel, IncidentKind, Place } from "../contracts";
import type { Group } from "./keys";

export interface Form {
  readonly draft: Draft;
  readonly isNew: boolean;
  digit(group: Group, digit: number): void;
  family(index: number): void;
  kind(kind: IncidentKind): void;
  hazard(index: number): void;
  level(level: AlarmLevel): void;
  occupancy(index: number): void;
  place(place: Place): void;
  /** Back to the first row of kinds. */
  erase(): void;
  type(part: Partial<Draft>): void;
  /** Sends what was typed into the fields of an open incident. */
  send(part?: Partial<Draft>): void;
}

export function useForm(acts: Acts, { incident }: Selection): Form {
  const { state, change } = useDesk();
  return useMemo(() => {
    const isNew = incident === undefined;
    const draft = incident ? { ...draftOf(incident), ...state.pending.get(incident.id) } : state.draft;
    const note = (part: Partial<Draft>) => incident && change((held) => ({ pending: typed(held.pending, incident.id, part) }));
    const take = (next: Partial<Draft>) => (isNew ? acts.reporting.fill({ ...draft, ...next }) : acts.reporting.learn(next));
    const level = (chosen: AlarmLevel) => {
      if (!incident) acts.reporting.fill({ ...draft, level: chosen });
      else if (chosen !== incident.alarm_level) change({ ask: { kind: "level", incident, level: chosen } });
    };
    return {
      draft,
      isNew,
      digit(group, digit) {
        const next = choose(draft, group, digit);
        if (next === draft) return;
        if (group === "level") level(next.level ?? 1);
        else take(partOf(next, group));
      },
      family: (index) => take({ family: FAMILIES[index] ?? null, kind: null }),
      kind: (kind) => take({ family: familyOf(kind), kind }),
      hazard: (index) => take({ hazards: toggleHazard(draft, HAZARDS[index]).hazards }),
      level,
      occupancy: (index) => take({ occupancy: OCCUPANCIES[index] ?? null }),
      place: (place) => acts.reporting.fill({ ...draft, place, query: place.name }),
      erase: () => (isNew ? change({ draft: { ...draft, family: null, kind: null } }) : note({ family: null, kind: null })),
      type: (part) => (isNew ? change((held) => ({ draft: { ...held.draft, ...part } })) : note(part)),
      send: (part = {}) => {
        if (!isNew) acts.reporting.learn(part);
      },
    };
  }, [incident, state.pending, state.draft, acts, change]);
}

function partOf(next: Draft, group: Group): Partial<Draft> {
  if (group === "kind") return { family: next.family, kind: next.kind };
  return group === "hazards" ? { hazards: next.hazards } : { occupancy: next.occupancy };
}

/** Kinds of the chosen family; of the first one while none is chosen. */
export const kindsOf = (draft: Draft): readonly IncidentKind[] => (draft.family ? KINDS[draft.family] : []);
