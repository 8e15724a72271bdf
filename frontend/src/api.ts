// Asking the gateway over HTTP: one idempotency key per act, refusals as typed errors.

/** The gateway's answer to "who am I and what time is it". */
export interface Session {
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly station_id: string | null;
  readonly unit_ids: readonly string[];
  readonly seat: string | null;
  readonly mode: string;
  readonly clock: { readonly now: string; readonly rate: number };
}

/** A problem+json refusal. `code` is worded by `refusalText`; `extra` holds what the code needs to be said in full. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(`${status} ${code} ${detail}`);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }
}

export type Method = "POST" | "PUT" | "PATCH" | "DELETE";

const PATIENCE_MS = 10_000;
const PAUSE_BEFORE_RETRY_MS = 400;

/** A key that names one act of the user. Keep it when the same act is sent again. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads; `path` starts with `/api/`. The browser's cache answers by ETag. Throws Refusal. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, { method: "GET", ...(signal ? { signal } : {}) })) as T;
}

/**
 * Does something. The same `key` sent twice takes effect once, so an act whose answer got lost is sent once more.
 * Throws Refusal.
 */
export async function act<T>(method: Method, path: string, body?: unknown, key: string = newKey()): Promise<T> {
  const request: RequestInit = {
    method,
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  try {
    return (await ask(path, request)) as T;
  } catch (error) {
    if (!(error instanceof Refusal) || !mayHaveBeenLost(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_BEFORE_RETRY_MS));
    return (await ask(path, request)) as T;
  }
}

function mayHaveBeenLost(refusal: Refusal): boolean {
  return refusal.status === 0 || refusal.status === 502 || refusal.status === 504;
}

async function ask(path: string, request: RequestInit): Promise<unknown> {
  const answer = await reach(path, request);
  const text = await answer.text();
  const body = parsed(text);
  if (answer.ok) return body;
  throw refusalFrom(answer.status, body);
}

async function reach(path: string, request: RequestInit): Promise<Response> {
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  try {
    return await fetch(path, { credentials: "same-origin", ...request, signal });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Refusal(0, deadline.aborted ? "no_answer_in_time" : "unreachable", String(error));
  }
}

function parsed(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusalFrom(status: number, body: unknown): Refusal {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const { code, detail, title, ...extra } = problem;
  const sentence = typeof detail === "string" ? detail : typeof title === "string" ? title : "";
  return new Refusal(status, typeof code === "string" ? code : `http_${status}`, sentence, extra);
}

export const session = (signal?: AbortSignal): Promise<Session> => read("/api/gateway/session", signal);
export const liveTicket = async (): Promise<string> =>
  (await act<{ ticket: string }>("POST", "/api/gateway/ws-ticket", {})).ticket;
