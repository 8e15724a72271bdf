// Generated from kernel/contracts: the words that services, events and screens agree on. Do not edit.

export type AlarmLevel = 1 | 2 | 3 | 4 | 5;

export type ResponseLevel = "I" | "II" | "III" | "IV";

export type WarningColour = "red" | "orange" | "yellow" | "blue";

export type AccidentGrade = "extraordinary" | "major" | "considerable" | "ordinary";

export type IncidentKind = "fire.ordinary" | "fire.residential" | "fire.highrise" | "fire.underground" | "fire.tank" | "fire.warehouse" | "fire.vehicle" | "fire.rubbish" | "fire.alarm" | "hazmat.leak" | "hazmat.tanker" | "gas.leak" | "traffic.crash" | "traffic.tunnel" | "metro.smoke" | "rescue.lift" | "rescue.water" | "rescue.height" | "collapse.building" | "earthquake" | "mine.gas" | "mine.flood" | "tailings" | "snow" | "utility" | "other";

export type HazardTag = "highrise" | "super_highrise" | "petrochemical" | "toxic_gas" | "fuel_gas" | "underground" | "vehicle_crash" | "collapse" | "mine" | "tailings" | "snow" | "explosion" | "water_shortage";

export type Occupancy = "residential" | "commercial" | "school" | "hospital" | "industrial" | "chemical" | "warehouse" | "transport" | "open" | "other";

export type IncidentStatus = "reported" | "dispatched" | "on_scene" | "controlled" | "resolved" | "closed" | "merged" | "canceled";

export type ReportOutcome = "open" | "incident" | "merged" | "transferred" | "false" | "no_action";

export type AssignmentStatus = "dispatched" | "acknowledged" | "enroute" | "staged" | "on_scene" | "operating" | "rehab" | "resupply" | "returning" | "cleared" | "canceled";

export type SupplyStatus = "unconfirmed" | "committed" | "loaded" | "in_transit" | "delivered" | "refused" | "canceled";

export type AidStatus = "asked" | "promised" | "declined" | "withdrawn" | "ended";

export type MoveUpStatus = "ordered" | "under_way" | "arrived" | "returning" | "ended";

export type MoveUpEnd = "recalled" | "dispatched" | "home";

export type UnitClass = "water" | "foam" | "ladder" | "hazmat" | "rescue" | "support" | "medical" | "police" | "team" | "utility" | "plant" | "air" | "expert";

export type UnitFamily = "fire" | "medical" | "team" | "police";

export type StationClass = "special" | "first" | "second" | "team_base" | "medical" | "police" | "enterprise" | "xpcc";

export type MicroStationKind = "key_unit" | "community" | "police_post";

export type OrganisationKind = "city" | "district" | "detachment" | "brigade" | "enterprise" | "park" | "xpcc" | "department" | "utility";

export type Provenance = "plan" | "ours" | "register";

export type PlanStyle = "fastest" | "covered" | "calm";

export type TravelMethod = "road" | "foot" | "air" | "estimate" | "unreachable";

export type LineKind = "count" | "sum" | "material";

export interface Threshold {
  readonly parameter: string;
  readonly at_least: number;
}

export interface Substitute {
  readonly capabilities: readonly string[];
  readonly each: number;
  readonly amount: number;
  readonly thresholds: readonly Threshold[];
  readonly penalty_s: number;
}

export interface Requirement {
  readonly key: string;
  readonly kind: LineKind;
  readonly capabilities: readonly string[];
  readonly amount: number;
  readonly thresholds: readonly Threshold[];
  readonly attribute: string | null;
  readonly item_code: string | null;
  readonly quantity: number;
  readonly deadline_s: number | null;
  readonly hard: boolean;
  readonly weight: number;
  readonly first_due: boolean;
  readonly source: string;
  readonly substitute?: Substitute | null;
}

export interface Conditions {
  readonly kinds: readonly IncidentKind[];
  readonly levels: readonly AlarmLevel[];
  readonly hazards: readonly HazardTag[];
  readonly occupancies: readonly Occupancy[];
  readonly min_height_m: number | null;
  readonly max_height_m: number | null;
  readonly hours: readonly number[];
  readonly season: string;
}

export interface Formation {
  readonly key: string;
  readonly members: Readonly<Record<string, number>>;
  readonly per_level: Readonly<Record<string, number>>;
  readonly source: string;
}

export interface ResponseCard {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly conditions: Conditions;
  readonly formation: Formation | null;
  readonly lines: readonly Requirement[];
  readonly initial_level: AlarmLevel | null;
  readonly priority: number;
  readonly retired: boolean;
  readonly source: string;
}

export interface FormationKey {
  readonly key: string;
  readonly capabilities: readonly string[];
  readonly amount: number;
  readonly thresholds: readonly Threshold[];
  readonly height_of_building: boolean;
}

export interface ForceTable {
  readonly id: string;
  readonly version: number;
  readonly formation_keys: readonly FormationKey[];
  readonly add_ons: Readonly<Record<string, readonly Requirement[]>>;
  readonly source: string;
}

export interface ResponseCardForm {
  readonly name: string;
  readonly name_en?: string;
  readonly conditions: Conditions;
  readonly formation?: Formation | null;
  readonly lines?: readonly Requirement[];
  readonly initial_level?: AlarmLevel | null;
  readonly priority?: number;
  readonly source?: string;
}

export interface ForceTableForm {
  readonly formation_keys: readonly FormationKey[];
  readonly add_ons: Readonly<Record<string, readonly Requirement[]>>;
  readonly source?: string;
}

export interface CardRef {
  readonly id: string;
  readonly version: number;
}

export interface CallerForm {
  readonly name?: string;
  readonly phone?: string;
}

export interface ReportForm {
  readonly kind: IncidentKind;
  readonly at: readonly [number, number];
  readonly address: string;
  readonly alarm_level?: AlarmLevel | null;
  readonly hazards?: readonly HazardTag[];
  readonly occupancy?: Occupancy;
  readonly building_height_m?: number;
  readonly casualties?: number;
  readonly trapped?: number;
  readonly text?: string;
  readonly source?: string;
  readonly caller?: CallerForm | null;
  readonly separate?: boolean;
}

export interface Facts {
  readonly kind?: IncidentKind | null;
  readonly alarm_level?: AlarmLevel | null;
  readonly hazards?: readonly HazardTag[] | null;
  readonly occupancy?: Occupancy | null;
  readonly building_height_m?: number | null;
  readonly casualties?: number | null;
  readonly trapped?: number | null;
  readonly accident_grade?: AccidentGrade | null;
  readonly commander?: string | null;
  readonly lines?: readonly Requirement[] | null;
  readonly reason?: string;
}

export interface MergeSuggestion {
  readonly incident_id: string;
  readonly distance_m: number;
  readonly seconds_apart: number;
  readonly same_kind: boolean;
}

export interface Report {
  readonly id: string;
  readonly version: number;
  readonly kind: IncidentKind;
  readonly at: readonly [number, number];
  readonly address: string;
  readonly text: string;
  readonly source: string;
  readonly caller_id: string | null;
  readonly outcome: ReportOutcome;
  readonly incident_id: string | null;
  readonly reported_at: string;
  readonly suggestions: readonly MergeSuggestion[];
}

export interface Incident {
  readonly id: string;
  readonly version: number;
  readonly number: string;
  readonly kind: IncidentKind;
  readonly at: readonly [number, number];
  readonly address: string;
  readonly district: string;
  readonly alarm_level: AlarmLevel;
  readonly accident_grade: AccidentGrade | null;
  readonly hazards: readonly HazardTag[];
  readonly occupancy: Occupancy;
  readonly building_height_m: number;
  readonly casualties: number;
  readonly trapped: number;
  readonly status: IncidentStatus;
  readonly area_station_id: string | null;
  readonly commander: string;
  readonly cards: readonly CardRef[];
  readonly requirements: readonly Requirement[];
  readonly reported_at: string;
  readonly dispatched_at: string | null;
  readonly first_arrival_at: string | null;
  readonly controlled_at: string | null;
  readonly resolved_at: string | null;
  readonly closed_at: string | null;
  readonly merged_into: string | null;
  readonly reports: number;
  readonly recommendation_id: string | null;
}

export interface IncidentEntry {
  readonly id: string;
  readonly version: number;
  readonly incident_id: string;
  readonly at: string;
  readonly code: string;
  readonly params: Readonly<Record<string, string | number | null>>;
  readonly actor: string;
}

export interface Reported {
  readonly report: Report;
  readonly incident: Incident;
}

export interface MergeForm {
  readonly into: string;
}

export interface OutcomeForm {
  readonly outcome: ReportOutcome;
  readonly reason: string;
}

export interface StepForm {
  readonly to: IncidentStatus;
  readonly reason?: string;
}

export interface NoteForm {
  readonly text: string;
}

export interface Why {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number | null>>;
}

export interface Pick {
  readonly unit_id: string;
  readonly line: string;
  readonly eta_s: number;
  readonly travel_s: number;
  readonly method: TravelMethod;
  readonly flags: readonly string[];
  readonly rank: number;
  readonly why: readonly Why[];
}

export interface NotUsed {
  readonly unit_id: string;
  readonly line: string;
  readonly eta_s: number;
  readonly why: readonly Why[];
}

export interface StockPick {
  readonly stockpile_id: string;
  readonly item_code: string;
  readonly quantity: number;
  readonly trucks: number;
  readonly eta_s: number;
  readonly why: readonly Why[];
}

export interface Unmet {
  readonly line: string;
  readonly missing: number;
  readonly competing: readonly string[];
}

export interface RoadLimited {
  readonly line: string;
  readonly units: number;
  readonly unit_id: string;
  readonly would_s: number;
  readonly eta_s: number | null;
  readonly limits: readonly Why[];
}

export interface Askable {
  readonly line: string;
  readonly unit_id: string;
  readonly organisation_id: string;
  readonly eta_s: number;
}

export interface Outcome {
  readonly first_due_s: number | null;
  readonly complete_s: number | null;
  readonly mean_s: number | null;
  readonly units: number;
  readonly unmet: number;
}

export interface AreaDeparture {
  readonly station_id: string;
  readonly saves_s: number;
  readonly why: Why;
}

export interface GreedyPlan {
  readonly outcome: Outcome;
  readonly only_greedy: readonly string[];
  readonly only_ours: readonly string[];
  readonly unit_ids: readonly string[];
}

export interface PlannedUnit {
  readonly unit_id: string;
  readonly line: string;
  readonly eta_s: number;
}

export interface CoverShare {
  readonly before_pct: number;
  readonly after_pct: number;
  readonly bare: readonly string[];
}

export interface Alternative {
  readonly name: string;
  readonly outcome: Outcome;
  readonly curve: readonly number[];
  readonly adds: readonly PlannedUnit[];
  readonly leaves: readonly string[];
  readonly roles: Readonly<Record<string, string>>;
  readonly stations: Readonly<Record<string, readonly [number, number]>>;
  readonly cover: CoverShare | null;
  readonly provenance: string;
  readonly gap: number | null;
}

export interface Price {
  readonly complete_s: number;
  readonly first_due_s: number;
  readonly mean_s: number;
  readonly units: number;
  readonly unmet: number;
  readonly others_s: number;
  readonly cover_pct: number;
}

export interface OneMore {
  readonly line: string;
  readonly fewer_missing: number;
  readonly earlier_s: number;
  readonly others_s: number;
  readonly proved: boolean;
}

export interface TotalShort {
  readonly line: string;
  readonly attribute: string;
  readonly lacking: number;
  readonly unit_id: string | null;
  readonly adds: number;
  readonly units: number;
}

export interface AdviceForm {
  readonly pinned?: readonly string[];
  readonly forbidden?: readonly string[];
}

export interface Recommendation {
  readonly id: string;
  readonly version: number;
  readonly incident_id: string;
  readonly incident_version: number;
  readonly at: string;
  readonly input_hash: string;
  readonly solver: string;
  readonly provenance: string;
  readonly gap: number | null;
  readonly picks: readonly Pick[];
  readonly first_aid: readonly Pick[];
  readonly stock: readonly StockPick[];
  readonly not_used: readonly NotUsed[];
  readonly unmet: readonly Unmet[];
  readonly road_limited: readonly RoadLimited[];
  readonly askable: readonly Askable[];
  readonly outcome: Outcome;
  readonly greedy: GreedyPlan;
  readonly alternatives: readonly Alternative[];
  readonly alternatives_due: boolean;
  readonly overtaken: boolean;
  readonly one_more: readonly OneMore[];
  readonly totals_short: readonly TotalShort[];
  readonly policy_version: number;
  readonly pinned: readonly string[];
  readonly forbidden: readonly string[];
  readonly price: Price | null;
  readonly area: AreaDeparture | null;
  readonly joint_with: readonly string[];
  readonly took_ms: number;
  readonly map_version: string;
  readonly closures_version: string;
  readonly degraded: readonly string[];
}

export interface WhyNot {
  readonly unit_id: string;
  readonly why: readonly Why[];
}

export interface StockLine {
  readonly stockpile_id: string;
  readonly item_code: string;
  readonly quantity: number;
  readonly eta_s?: number | null;
}

export interface OrderedUnit {
  readonly unit_id: string;
  readonly line?: string;
}

export interface OrderForm {
  readonly recommendation_id?: string | null;
  readonly alternative?: string | null;
  readonly kind?: string;
  readonly units?: readonly OrderedUnit[];
  readonly stock?: readonly StockLine[];
  readonly reason?: string;
}

export interface Route {
  readonly points: readonly (readonly [number, number])[];
  readonly elapsed_s: readonly number[];
  readonly length_m: number;
  readonly method: TravelMethod;
  readonly avoided: readonly Why[];
}

export interface Assignment {
  readonly id: string;
  readonly version: number;
  readonly incident_id: string;
  readonly unit_id: string;
  readonly station_id: string | null;
  readonly line: string;
  readonly order_id: string;
  readonly ordered_by: string;
  readonly kind: string;
  readonly status: AssignmentStatus;
  readonly exclusive: boolean;
  readonly eta_at: string | null;
  readonly travel_s: number | null;
  readonly method: TravelMethod;
  readonly flags: readonly string[];
  readonly dispatched_at: string;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string;
  readonly enroute_at: string | null;
  readonly arrived_at: string | null;
  readonly ended_at: string | null;
  readonly receipt_due_at: string;
  readonly turnout_due_at: string;
  readonly arrival_due_at: string;
  readonly silent: boolean;
  readonly controlled_by: string;
  readonly reason: string;
}

export interface AdvanceForm {
  readonly to: AssignmentStatus;
  readonly device?: string;
}

export interface ReleaseForm {
  readonly reason: string;
}

export interface DivertForm {
  readonly incident_id: string;
  readonly reason: string;
}

export interface SupplyLine {
  readonly item_code: string;
  readonly quantity: number;
}

export interface SupplyOrder {
  readonly id: string;
  readonly version: number;
  readonly incident_id: string;
  readonly order_id: string;
  readonly stockpile_id: string;
  readonly lines: readonly SupplyLine[];
  readonly trucks: number;
  readonly status: SupplyStatus;
  readonly short: readonly string[];
  readonly eta_s: number | null;
  readonly eta_at: string | null;
  readonly ordered_at: string;
  readonly settled_at: string | null;
  readonly delivered_at: string | null;
}

export interface SupplyStepForm {
  readonly to: SupplyStatus;
}

export interface Ordered {
  readonly order_id: string;
  readonly assignments: readonly Assignment[];
  readonly supply_orders: readonly SupplyOrder[];
}

export interface ControlForm {
  readonly take: boolean;
}

export interface Control {
  readonly id: string;
  readonly version: number;
  readonly holder: string;
  readonly holder_name: string;
}

export interface Closure {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly ring: readonly (readonly [number, number])[];
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly lifted: boolean;
}

export interface ClosureForm {
  readonly name: string;
  readonly ring: readonly (readonly [number, number])[];
  readonly valid_from?: string | null;
  readonly valid_to?: string | null;
}

export interface Fix {
  readonly unit_id: string;
  readonly at: readonly [number, number];
  readonly fixed_at: string;
  readonly speed_mps?: number | null;
  readonly heading_deg?: number | null;
}

export interface PositionsForm {
  readonly fixes: readonly Fix[];
}

export interface AidForm {
  readonly organisation_id: string;
  readonly text?: string;
  readonly unit_ids?: readonly string[];
}

export interface AidPromise {
  readonly unit_id: string;
  readonly ready_s?: number;
}

export interface AidAnswerForm {
  readonly promised?: readonly AidPromise[];
  readonly reason?: string;
}

export interface AidWithdrawForm {
  readonly reason?: string;
}

export interface PromisedUnit {
  readonly unit_id: string;
  readonly ready_at: string;
}

export interface AidRequest {
  readonly id: string;
  readonly version: number;
  readonly incident_id: string;
  readonly organisation_id: string;
  readonly text: string;
  readonly unit_ids: readonly string[];
  readonly status: AidStatus;
  readonly promised: readonly PromisedUnit[];
  readonly reason: string;
  readonly asked_at: string;
  readonly asked_by: string;
  readonly answered_at: string | null;
  readonly answered_by: string;
  readonly ended_at: string | null;
}

export interface Within {
  readonly limit_s: number;
  readonly share: number;
  readonly at_home: number;
}

export interface WeakZone {
  readonly zone_id: string;
  readonly risk: number;
  readonly due_s: number | null;
  readonly station_id: string | null;
  readonly lost: boolean;
}

export interface StationCover {
  readonly station_id: string;
  readonly free: number;
  readonly engines: number;
}

export interface Coverage {
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly zones_version: string;
  readonly map_version: string;
  readonly closures_version: string;
  readonly within: readonly Within[];
  readonly states: string;
  readonly states_at_home: string;
  readonly weak: readonly WeakZone[];
  readonly weak_count: number;
  readonly stations: readonly StationCover[];
  readonly degraded: readonly string[];
}

export interface CoverageNow {
  readonly coverage: Coverage | null;
  readonly looked_s: number | null;
  readonly ages_s: Readonly<Record<string, number>>;
  readonly degraded: readonly string[];
}

export interface CoverageZone {
  readonly id: string;
  readonly box: readonly [number, number, number, number];
  readonly risk: number;
}

export interface CoverageZones {
  readonly zones_version: string;
  readonly map_version: string;
  readonly zones: readonly CoverageZone[];
  readonly left_out: number;
  readonly degraded: readonly string[];
}

export interface Reached {
  readonly limit_s: number;
  readonly share: number;
}

export interface StationMove {
  readonly unit_id: string;
  readonly from_station_id: string;
  readonly to_station_id: string;
  readonly seconds: number;
  readonly gain_pct: number;
}

export interface MoveSet {
  readonly moves: readonly StationMove[];
  readonly within: readonly Reached[];
  readonly value_pct: number;
}

export interface MoveLimits {
  readonly limit_s: number;
  readonly longest_s: number;
  readonly most_moves: number;
  readonly floor: number;
}

export interface MoveUps {
  readonly at: string;
  readonly zones_version: string;
  readonly map_version: string;
  readonly closures_version: string;
  readonly emptied: readonly string[];
  readonly before: readonly Reached[];
  readonly proposal: MoveSet;
  readonly rule: MoveSet;
  readonly source: string;
  readonly proved: boolean;
  readonly gap_pct: number;
  readonly limits: MoveLimits;
  readonly guard_fired: boolean;
  readonly ages_s: Readonly<Record<string, number>>;
  readonly degraded: readonly string[];
}

export interface MoveTrialForm {
  readonly unit_id: string;
  readonly to_station_id: string;
}

export interface MoveTrial {
  readonly at: string;
  readonly zones_version: string;
  readonly map_version: string;
  readonly closures_version: string;
  readonly move: StationMove;
  readonly before: readonly Reached[];
  readonly after: readonly Reached[];
  readonly breaks: readonly string[];
  readonly ages_s: Readonly<Record<string, number>>;
  readonly degraded: readonly string[];
}

export interface MoveUpOrderForm {
  readonly unit_id: string;
  readonly to_station_id: string;
  readonly reason?: string;
}

export interface MoveUpStepForm {
  readonly to: MoveUpStatus;
  readonly device?: string;
}

export interface MoveUpRecallForm {
  readonly reason?: string;
}

export interface MoveUpOrder {
  readonly id: string;
  readonly version: number;
  readonly unit_id: string;
  readonly from_station_id: string;
  readonly to_station_id: string;
  readonly status: MoveUpStatus;
  readonly seconds: number;
  readonly breaks: readonly string[];
  readonly reason: string;
  readonly ordered_at: string;
  readonly ordered_by: string;
  readonly eta_at: string | null;
  readonly acknowledged_by: string;
  readonly under_way_at: string | null;
  readonly arrived_at: string | null;
  readonly recalled_at: string | null;
  readonly recalled_by: string;
  readonly recall_reason: string;
  readonly ended_at: string | null;
  readonly end: MoveUpEnd | null;
  readonly sent_to: string | null;
}

export interface Around {
  readonly at: readonly [number, number];
  readonly radius_km: number;
}

export interface SitingForm {
  readonly candidates?: readonly (readonly [number, number])[];
  readonly grid_km?: number | null;
  readonly around?: Around | null;
  readonly how_many?: number;
  readonly units?: number;
  readonly limit_s?: 300 | 480 | 600;
  readonly suburban?: boolean;
}

export type SitingState = "growing" | "done" | "failed";

export interface SitePlace {
  readonly id: string;
  readonly at: readonly [number, number];
  readonly gain_pct: number;
  readonly newly_pct: number;
  readonly within: readonly Reached[];
  readonly newly_covered: readonly string[];
  readonly newly_count: number;
  readonly sooner_s: number;
  readonly served_km2: number;
  readonly area_limit_km2: number;
}

export interface SiteSet {
  readonly site_ids: readonly string[];
  readonly gain_pct: number;
  readonly bound_pct: number;
  readonly within: readonly Reached[];
  readonly source: string;
  readonly proved: boolean;
  readonly guard_fired: boolean;
}

export interface Siting {
  readonly id: string;
  readonly asked_at: string;
  readonly state: SitingState;
  readonly candidates: number;
  readonly grown: number;
  readonly zones_version: string;
  readonly map_version: string;
  readonly closures_version: string;
  readonly before: readonly Reached[];
  readonly ranked: readonly SitePlace[];
  readonly best: SiteSet | null;
  readonly left_out: readonly string[];
  readonly why: string | null;
  readonly degraded: readonly string[];
}

export interface ReachNeed {
  readonly line: string;
  readonly hazards: readonly HazardTag[];
  readonly quantity: number;
  readonly able: number;
  readonly within: readonly number[];
  readonly out_of_reach: number;
}

export interface ReachForce {
  readonly line: string;
  readonly first_s: number | null;
  readonly second_s: number | null;
  readonly full_s: number | null;
  readonly first_band: number;
  readonly full_band: number;
  readonly unit_ids: readonly string[];
}

export interface ReachPlace {
  readonly zone_id: string;
  readonly at: readonly [number, number];
  readonly risk: number;
  readonly key_units: number;
  readonly forces: readonly ReachForce[];
}

export interface OutOfReach {
  readonly zone_id: string;
  readonly line: string;
}

export interface SpecialReach {
  readonly at: string;
  readonly zones_version: string;
  readonly map_version: string;
  readonly closures_version: string;
  readonly bands_s: readonly number[];
  readonly chosen_by: string;
  readonly left_out: number;
  readonly units: number;
  readonly needs: readonly ReachNeed[];
  readonly places: readonly ReachPlace[];
  readonly out_of_reach: readonly OutOfReach[];
}

export interface ReachNow {
  readonly reach: SpecialReach;
  readonly ages_s: Readonly<Record<string, number>>;
  readonly degraded: readonly string[];
}

export interface StyleRule {
  readonly name: PlanStyle;
  readonly tolerance_s?: number;
  readonly first_tolerance_s?: number;
  readonly cover_price?: number;
  readonly unit_price?: number;
  readonly station_price?: number;
}

export interface ReserveRule {
  readonly station_id?: string | null;
  readonly capability: string;
  readonly at_least: number;
  readonly price?: number;
}

export interface SpecialRule {
  readonly station_ids: readonly string[];
  readonly kinds?: readonly IncidentKind[];
  readonly hazards?: readonly HazardTag[];
  readonly spare_s?: number;
}

export interface RestRule {
  readonly worked_s?: number;
  readonly within_s?: number;
  readonly spare_s?: number;
}

export interface PolicyForm {
  readonly version: number;
  readonly area_price_s?: number;
  readonly first_aid_limit?: number;
  readonly styles?: readonly StyleRule[];
  readonly reserves?: readonly ReserveRule[];
  readonly specials?: readonly SpecialRule[];
  readonly rest?: RestRule | null;
  readonly by_request?: readonly OrganisationKind[];
  readonly reason: string;
}

export interface DispatchPolicy {
  readonly id: string;
  readonly version: number;
  readonly area_price_s: number;
  readonly first_aid_limit: number;
  readonly styles: readonly StyleRule[];
  readonly reserves: readonly ReserveRule[];
  readonly specials: readonly SpecialRule[];
  readonly rest: RestRule | null;
  readonly by_request: readonly OrganisationKind[];
  readonly reason: string;
}

export interface TurnAdvice {
  readonly unit_id: string;
  readonly from_incident_id: string;
  readonly to_incident_id: string;
  readonly eta_s: number;
  readonly saves_unmet: number;
  readonly saves_s: number;
}

export interface TurnEffect {
  readonly incident_id: string;
  readonly complete_s: number | null;
  readonly turned_complete_s: number | null;
  readonly unmet: number;
  readonly turned_unmet: number;
}

export interface TurnProposal {
  readonly turns: readonly TurnAdvice[];
  readonly effects: readonly TurnEffect[];
  readonly provenance: string;
  readonly degraded: readonly string[];
}

export interface Organisation {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly kind: OrganisationKind;
  readonly parent_id: string | null;
  readonly path: string;
  readonly source: Provenance;
}

export interface Station {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly number: number | null;
  readonly station_class: StationClass;
  readonly organisation_id: string;
  readonly district: string;
  readonly at: readonly [number, number];
  readonly bays: number;
  readonly people_established: number;
  readonly receipt_limit_s: number;
  readonly turnout_limit_s: number;
  readonly arrival_limit_s: number;
  readonly source: Provenance;
}

export interface Team {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly type_code: string;
  readonly organisation_id: string;
  readonly station_id: string;
  readonly people: number;
  readonly mobilise_s: number;
  readonly national: boolean;
  readonly by_request: boolean;
  readonly source: Provenance;
}

export interface VehicleType {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly category: string;
  readonly unit_class: UnitClass;
  readonly capabilities: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly crew: number;
  readonly source: string;
}

export interface Unit {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly unit_class: UnitClass;
  readonly family: UnitFamily;
  readonly type_code: string;
  readonly organisation_id: string;
  readonly station_id: string;
  readonly team_id: string | null;
  readonly at: readonly [number, number];
  readonly capabilities: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly crew: number;
  readonly crew_needed: number;
  readonly turnout_s: number;
  readonly by_air: boolean;
  readonly shareable: boolean;
  readonly by_request: boolean;
  readonly in_service: boolean;
  readonly out_reason: string;
  readonly back_at: string | null;
  readonly bay: number;
  readonly source: Provenance;
}

export interface MicroStation {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly kind: MicroStationKind;
  readonly organisation_id: string;
  readonly district: string;
  readonly at: readonly [number, number];
  readonly people: number;
  readonly capabilities: Readonly<Record<string, number>>;
  readonly turnout_s: number;
  readonly by_e_bike: boolean;
  readonly in_service: boolean;
  readonly source: Provenance;
}

export interface Item {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly unit: string;
  readonly kg: number;
  readonly m3: number;
  readonly material_class: number;
  readonly gb38565_code: string;
  readonly life_days: number;
  readonly key: boolean;
}

export interface Stockpile {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly organisation_id: string;
  readonly owner_kind: OrganisationKind;
  readonly district: string;
  readonly at: readonly [number, number];
  readonly trucks: number;
  readonly trucks_out: number;
  readonly payload_kg: number;
  readonly mobilise_s: number;
  readonly by_request: boolean;
  readonly source: Provenance;
}

export interface Batch {
  readonly id: string;
  readonly version: number;
  readonly stockpile_id: string;
  readonly item_code: string;
  readonly produced_on: string | null;
  readonly expires_on: string | null;
  readonly available: number;
  readonly committed: number;
  readonly loaded: number;
  readonly in_transit: number;
  readonly delivered: number;
  readonly consumed: number;
}

export interface Stock {
  readonly id: string;
  readonly version: number;
  readonly stockpile_id: string;
  readonly item_code: string;
  readonly available: number;
  readonly committed: number;
  readonly in_transit: number;
  readonly delivered: number;
  readonly expired: number;
}

export interface StationArea {
  readonly id: string;
  readonly version: number;
  readonly station_id: string;
  readonly rings: readonly (readonly (readonly [number, number])[])[];
}

export interface Place {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly pinyin: string;
  readonly initials: string;
  readonly kind: string;
  readonly district: string;
  readonly at: readonly [number, number];
  readonly occupancy: Occupancy;
  readonly height_m: number;
  readonly tags: readonly string[];
}

export interface Capability {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
}

export interface CrewMember {
  readonly id: string;
  readonly unit_id: string;
  readonly seat: string;
  readonly name: string;
  readonly qualifications: readonly string[];
  readonly on_duty: boolean;
}

export interface ServiceForm {
  readonly in_service: boolean;
  readonly reason?: string;
  readonly back_at?: string | null;
}

export interface CommitmentLine {
  readonly stockpile_id: string;
  readonly item_code: string;
  readonly quantity: number;
}

export interface CommitmentForm {
  readonly supply_order_id: string;
  readonly incident_id: string;
  readonly lines: readonly CommitmentLine[];
}

export interface Commitment {
  readonly supply_order_id: string;
  readonly confirmed: boolean;
  readonly short: readonly CommitmentLine[];
  readonly state: string | null;
}

export interface MovementForm {
  readonly supply_order_id: string;
  readonly to: string;
}

export interface ImportProblem {
  readonly file: string;
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly message: string;
}

export interface ImportSummary {
  readonly written: boolean;
  readonly created: Readonly<Record<string, number>>;
  readonly changed: Readonly<Record<string, number>>;
  readonly unchanged: Readonly<Record<string, number>>;
  readonly problems: readonly ImportProblem[];
  readonly problem_count: number;
}

export interface ImportStamp {
  readonly id: string;
  readonly version: number;
  readonly imported_at: string;
  readonly source: string;
  readonly synthetic: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly created: number;
  readonly changed: number;
}

export interface Envelope {
  readonly stream: string;
  readonly epoch: string;
  readonly seq: number;
  readonly realm: string;
  readonly scope: string;
  readonly type: string;
  readonly v: number;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly recorded_at: string;
  readonly actor: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Snapshot {
  readonly stream: string;
  readonly epoch: string;
  readonly seq: number;
  readonly realm: string;
  readonly things: readonly Envelope[];
}

export interface EventPage {
  readonly stream: string;
  readonly epoch: string;
  readonly events: readonly Envelope[];
  readonly seq: number;
  readonly gone: boolean;
}

export interface Position {
  readonly unit_id: string;
  readonly at: readonly [number, number];
  readonly fixed_at: string;
  readonly speed_mps: number | null;
  readonly heading_deg: number | null;
}

export interface PositionPage {
  readonly positions: readonly Position[];
  readonly as_of: string;
}

export interface Hello {
  readonly type: "hello";
  readonly realm: string;
  readonly cursor?: string | null;
}

export interface SnapshotFrame {
  readonly type: "snapshot";
  readonly cursor: string;
  readonly stands: Readonly<Record<string, number>>;
  readonly things: readonly Envelope[];
  readonly positions: readonly Position[];
  readonly now: string;
  readonly rate: number;
}

export interface EventsFrame {
  readonly type: "events";
  readonly stream: string;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly cursor: string;
  readonly events: readonly Envelope[];
}

export interface PositionsFrame {
  readonly type: "positions";
  readonly positions: readonly Position[];
}

export interface BeatFrame {
  readonly type: "beat";
  readonly now: string;
  readonly rate: number;
  readonly degraded: readonly string[];
  readonly ages_s: Readonly<Record<string, number>>;
}

export type Frame = SnapshotFrame | EventsFrame | PositionsFrame | BeatFrame;

export interface Account {
  readonly title: string;
  readonly roles: readonly Role[];
  readonly organisation?: string;
  readonly station_id?: string | null;
  readonly unit_ids?: readonly (string | "*")[];
  readonly seat?: string;
  readonly active?: boolean;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly has_password: boolean;
}

export interface AccountForm {
  readonly title: string;
  readonly roles: readonly Role[];
  readonly organisation?: string;
  readonly station_id?: string | null;
  readonly unit_ids?: readonly (string | "*")[];
  readonly seat?: string;
  readonly active?: boolean;
}

export interface Accounts {
  readonly accounts: readonly Account[];
}

export interface AuditPage {
  readonly whole: boolean;
  readonly count: number;
  readonly signed: SignedHead | null;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface CanaryForm {
  readonly steps_ms: Readonly<Record<string, number>>;
  readonly missed?: string | null;
}

export interface Clock {
  readonly now: string;
  readonly rate: number;
}

export interface DemoSignIn {
  readonly role: Role;
  readonly station_id?: string | null;
  readonly unit_id?: string | null;
}

export interface Link {
  readonly path: string;
}

export interface NewAccount {
  readonly title: string;
  readonly roles: readonly Role[];
  readonly organisation?: string;
  readonly station_id?: string | null;
  readonly unit_ids?: readonly (string | "*")[];
  readonly seat?: string;
  readonly active?: boolean;
  readonly name: string;
}

export interface PasswordForm {
  readonly password: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
}

export type Role = "commander" | "dispatcher" | "incident_commander" | "resource_keeper" | "plan_keeper" | "drill_coordinator" | "evaluator" | "auditor" | "administrator" | "wall" | "station" | "unit" | "service" | "canary";

export interface SessionView {
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly station_id: string | null;
  readonly unit_ids: readonly string[];
  readonly seat: string;
  readonly mode: string;
  readonly clock: Clock;
}

export interface SignIn {
  readonly name: string;
  readonly password: string;
}

export interface SignedHead {
  readonly number: number;
  readonly at: string;
}

export interface Ticket {
  readonly ticket: string;
}
