// The siting of this window: what is being put together, what was asked, and how far the answer is.
import { useEffect, useState } from "react";
import { browserEdges, follow, type Followed } from "./follow";
import { useKept } from "./kept";
import { EMPTY_DRAFT, isSame, questionOf, type Draft, type Lack, type Question } from "./question";

const NOTHING: Followed = { siting: null, trouble: null, over: false };

export interface SitingDesk {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft> | ((was: Draft) => Partial<Draft>)) => void;
  /** What was asked last; null before anything was. */
  readonly question: Question | null;
  readonly followed: Followed;
  /** What the draft lacks to be asked, null where nothing. */
  readonly lack: Lack | null;
  /** Whether the draft asks something else than what was asked. */
  readonly differs: boolean;
  readonly ask: () => void;
  readonly forget: () => void;
  readonly chosen: string | null;
  readonly choose: (id: string | null) => void;
}

export function useSiting(): SitingDesk {
  const [draft, setDraft] = useKept<Draft>("siting.draft", EMPTY_DRAFT);
  const [question, setQuestion] = useKept<Question | null>("siting.question", null);
  const [round, setRound] = useState(0);
  const [held, setHeld] = useState<{ readonly turn: string; readonly followed: Followed }>({ turn: "", followed: NOTHING });
  const [chosen, choose] = useState<string | null>(null);
  const turn = `${round} ${JSON.stringify(question?.form ?? null)}`;
  useEffect(() => {
    if (!question) return;
    let stopped = false;
    void follow(question.form, browserEdges, (followed) => setHeld({ turn, followed }), () => stopped);
    return () => {
      stopped = true;
    };
  }, [question, turn]);
  const next = questionOf(draft);
  const ask = () => {
    if (typeof next === "string") return;
    setQuestion(next);
    setRound(round + 1);
    choose(null);
  };
  return {
    draft,
    change: (part) => setDraft((was) => ({ ...was, ...(typeof part === "function" ? part(was) : part) })),
    question,
    followed: question && held.turn === turn ? held.followed : NOTHING,
    lack: typeof next === "string" ? next : null,
    differs: !isSame(question, next),
    ask,
    forget: () => setQuestion(null),
    chosen,
    choose,
  };
}
