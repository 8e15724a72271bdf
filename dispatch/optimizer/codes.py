"""Every reason code with the parameters it may carry: the closed list that the screens put into words.

Times in seconds; `reason` and `units` carry the register's own text; lines are ids of lines, "" = totals.
"""

CODES: dict[str, tuple[str, ...]] = {
    # Why a unit is picked.
    "nearest": (),
    "nearest_left": ("rank",),
    "only_one_in_service": (),
    "area_station": (),
    "promised": ("organisation",),
    "for_total": ("line", "attribute", "adds"),
    "after_deadline": ("deadline_s",),
    "worked": ("worked_s",),
    # Why a nearer unit, or any unit asked about, is not. `would_be_nearer` 1 = without the limit it would go.
    "time_not_exact": ("method", "flags"),
    "road_limit": ("slower_s", "would_be_nearer"),
    "road_limit_shuts": ("would_take_s",),
    "out_of_service": ("reason",),
    "outside": ("reason",),
    "by_request": ("organisation",),
    "committed_to": ("incident", "status"),
    "already_committed_here": (),
    "fills_line": ("line",),
    "needed_by": ("incident", "line", "would_lack", "would_wait_s", "stand_in", "stand_in_later_s"),
    "area_station_first": (),
    "brings_less": ("line", "attribute", "short_by"),
    "leaves_unmet": (),
    "later_full_complement": (),
    "later": (),
    # What stays behind decides. `risk_bp` = hundredths of a percent of the city's risk; no station = the whole city.
    "would_uncover": ("station", "risk_bp", "zones"),
    "kept_in_reserve": ("station", "capability"),
    "station_left_alone": ("station",),
    "spared": ("why", "as_if_s"),
    "resting": ("worked_s", "as_if_s"),
    "equal_time_lower_id": (),
    # The exchange would be better: the plan was stopped by its budget, and its provenance says so.
    "plan_not_proved": (),
    "sent": ("line",),
    "slower": ("line", "than", "by_s"),
    "filled_by_committed": ("line",),
    "short_of": ("line", "parameter", "has", "needs"),
    "no_capability": ("lines",),
    "nothing_needed": (),
    "unreachable": (),
    "first_aid_tier": (),
    "no_such_unit": (),
    # Why a line is unmet. `kept_for_totals`: rearranging could fill it, but a sum line that weighs more would lack.
    "none_registered": ("capabilities",),
    "none_in_service": ("units",),
    "too_few": ("supply", "qualified"),
    "kept_for_totals": ("supply", "qualified"),
    # Why a nearer stockpile is not used.
    "no_stock": (),
    "truck_out": ("trucks",),
    "truck_for": ("incident",),
    "stock_for": ("incident",),
    "holds_less": ("holds",),
    "more_trucks": (),
}
