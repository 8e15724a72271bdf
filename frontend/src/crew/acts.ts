// What a crew may ask of the services: its own steps, who steers the unit, and its own state of service.
import { act } from "../api";
import type { Assignment, AssignmentStatus, Control, MoveUpOrder, MoveUpStatus, Unit } from "../contracts";

export const advance = (assignmentId: string, to: AssignmentStatus, device: string, key: string): Promise<Assignment> =>
  act("POST", `/api/dispatch/assignments/${assignmentId}/steps`, { to, device }, key);
export const stepMoveUp = (orderId: string, to: MoveUpStatus, device: string, key: string): Promise<MoveUpOrder> =>
  act("POST", `/api/dispatch/move-up-orders/${orderId}/steps`, { to, device }, key);
export const control = (unitId: string, take: boolean, key: string): Promise<Control> => act("POST", `/api/dispatch/units/${unitId}/control`, { take }, key);
export const service = (unitId: string, in_service: boolean, reason: string, key: string): Promise<Unit> =>
  act("PATCH", `/api/resources/units/${unitId}/service`, { in_service, reason }, key);
