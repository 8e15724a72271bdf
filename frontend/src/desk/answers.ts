// The acts of a desk over HTTP, each a question with a typed answer. Nothing in here knows the screen.
import { act, read } from "../api";
import type {
  AdviceForm, AidAnswerForm, AidForm, AidRequest, AidWithdrawForm, Assignment, CallerForm, Closure, ClosureForm, CoverageZones, DivertForm, Facts,
  Incident, MoveTrial, MoveTrialForm, MoveUpOrder, MoveUpOrderForm, MoveUps, NoteForm, Ordered, OrderForm, Place, Recommendation, Report, Reported, ReportForm, ReportOutcome,
  StepForm, TurnProposal, WhyNot,
} from "../contracts";

const D = "/api/dispatch";

export const report = (form: ReportForm, key: string): Promise<Reported> => act("POST", `${D}/incidents`, form, key);
export const learn = (incidentId: string, facts: Facts, key?: string): Promise<Incident> => act("PATCH", `${D}/incidents/${incidentId}`, facts, key);
export const recommend = (incidentId: string, form: AdviceForm): Promise<Recommendation> =>
  act("POST", `${D}/incidents/${incidentId}/recommendations`, form);
export const why = (adviceId: string, unitId: string, signal: AbortSignal): Promise<WhyNot> =>
  read(`${D}/recommendations/${adviceId}/why?unit_id=${encodeURIComponent(unitId)}`, signal);
export const orderEarly = (incidentId: string, key: string): Promise<Ordered> => act("POST", `${D}/incidents/${incidentId}/early-orders`, {}, key);
export const order = (incidentId: string, form: OrderForm, key: string): Promise<Ordered> => act("POST", `${D}/incidents/${incidentId}/orders`, form, key);
export const step = (incidentId: string, form: StepForm): Promise<Incident> => act("POST", `${D}/incidents/${incidentId}/steps`, form);
export const merge = (incidentId: string, into: string): Promise<Incident> => act("POST", `${D}/incidents/${incidentId}/merge`, { into });
export const note = (incidentId: string, form: NoteForm, key: string): Promise<unknown> => act("POST", `${D}/incidents/${incidentId}/notes`, form, key);
export const endReport = (reportId: string, outcome: ReportOutcome, reason: string): Promise<Report> =>
  act("POST", `${D}/reports/${reportId}/outcome`, { outcome, reason });
export const release = (assignmentId: string, reason: string): Promise<Assignment> => act("POST", `${D}/assignments/${assignmentId}/release`, { reason });
export const divert = (assignmentId: string, form: DivertForm): Promise<Assignment> => act("POST", `${D}/assignments/${assignmentId}/divert`, form);
export const aid = (incidentId: string, form: AidForm): Promise<AidRequest> => act("POST", `${D}/incidents/${incidentId}/aid-requests`, form);
export const answerAid = (requestId: string, form: AidAnswerForm): Promise<AidRequest> => act("POST", `${D}/aid-requests/${requestId}/answer`, form);
export const withdrawAid = (requestId: string, form: AidWithdrawForm): Promise<AidRequest> => act("POST", `${D}/aid-requests/${requestId}/withdraw`, form);
export const closeRoads = (form: ClosureForm): Promise<Closure> => act("POST", `${D}/closures`, form);
export const openRoads = (closureId: string): Promise<Closure> => act("POST", `${D}/closures/${closureId}/lift`, {});
export const caller = (personId: string): Promise<CallerForm> => read(`${D}/persons/${personId}`);
export const places = (text: string, signal?: AbortSignal): Promise<readonly Place[]> =>
  read(`/api/resources/places?q=${encodeURIComponent(text)}&limit=5`, signal);
export const coverageZones = (): Promise<CoverageZones> => read(`${D}/coverage/zones`);
export const moveUps = (): Promise<MoveUps> => read(`${D}/move-ups`);
export const tryMove = (form: MoveTrialForm): Promise<MoveTrial> => act("POST", `${D}/move-ups/trials`, form);
export const orderMoveUp = (form: MoveUpOrderForm, key: string): Promise<MoveUpOrder> => act("POST", `${D}/move-up-orders`, form, key);
export const recallMoveUp = (orderId: string, reason: string): Promise<MoveUpOrder> => act("POST", `${D}/move-up-orders/${orderId}/recall`, { reason });
export const turns = (): Promise<TurnProposal> => read(`${D}/turns`);
