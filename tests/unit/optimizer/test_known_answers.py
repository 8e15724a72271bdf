"""Cases whose right answer anybody can see; no reason given may be decoration."""

from dataclasses import replace

from dispatch.optimizer import (
    MaterialLine,
    Problem,
    Reach,
    Recommendation,
    Stockpile,
    SumLine,
    Truck,
    amounts,
    faults,
    recommend,
    why_not,
)
from tests.unit.optimizer.town import committed, count, needs, out, plan_of, sent, unit, why


def answer_to(problem: Problem) -> Recommendation:
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    return answer


def codes(reasons: tuple) -> list[str]:
    return [reason.code for reason in reasons]


def data(reason) -> dict:
    return dict(reason.data)


def test_the_nearest_engine_is_the_only_foam_for_b_and_stays_free_for_b() -> None:
    problem = Problem(
        (needs("A", count("WATER")), needs("B", count("FOAM"))),
        (unit("U1", "WATER FOAM", {"A": 100, "B": 300}), unit("U2", "WATER", {"A": 250, "B": 250})),
    )
    answer = answer_to(problem)
    assert sent(answer, "A") == {"U2": "WATER"}
    assert sent(answer, "B") == {"U1": "FOAM"}
    (near,) = plan_of(answer, "A").picks[0].nearer
    assert near.unit_id == "U1"
    assert near.why.code == "needed_by"
    assert data(near.why) == {"incident": "B", "line": "FOAM", "would_lack": 1}
    assert dict(answer.greedy.more_unmet) == {"A": 0, "B": 1}


def test_a_low_bridge_makes_the_nearer_ladder_slower() -> None:
    near, far = unit("near", "AERIAL", {}, "S1"), unit("far", "AERIAL", {"A": 300}, "S2")
    near = replace(near, reach=(Reach("A", 540, flags=("height",), unrestricted_s=180),))
    problem = Problem((needs("A", count("AERIAL")),), (near, far))
    answer = answer_to(problem)
    assert sent(answer, "A") == {"far": "AERIAL"}
    slower, road = why_not(problem, answer, "near", "A")
    assert (slower.code, data(slower)) == ("slower", {"line": "AERIAL", "than": "far", "by_s": 240})
    assert (road.code, data(road)) == ("road_limit", {"slower_s": 360, "would_be_nearer": 1})


def test_the_nearer_depot_has_its_truck_out() -> None:
    near = Stockpile("near", amounts({"SAND": 50}), (Truck("K1", 5000, False, "in repair"),), (Reach("A", 60),))
    far = Stockpile("far", amounts({"SAND": 50}), (Truck("K2", 5000),), (Reach("A", 600),))
    problem = Problem((needs("A", MaterialLine("sand", "SAND", 40)),), (), (near, far), amounts({"SAND": 30000}))
    (pick,) = plan_of(answer_to(problem), "A").materials
    assert (pick.stockpile_id, pick.truck_id, pick.quantity, pick.eta_s) == ("far", "K2", 40, 600)
    assert pick.nearer[0].unit_id == "near"
    assert (pick.nearer[0].why.code, data(pick.nearer[0].why)) == ("truck_out", {"trucks": ("K1:in repair",)})


def test_two_incidents_want_one_ladder_and_the_graver_gets_it() -> None:
    incidents = (needs("A", count("AERIAL"), priority=1), needs("B", count("AERIAL"), priority=4, sequence=1))
    problem = Problem(incidents, (unit("L", "AERIAL", {"A": 60, "B": 500}),))
    answer = answer_to(problem)
    assert sent(answer, "B") == {"L": "AERIAL"}
    (unmet,) = plan_of(answer, "A").unmet
    assert unmet.competing == (("A", "AERIAL"), ("B", "AERIAL"))
    assert (unmet.missing, unmet.supply, unmet.why.code) == (1, 1, "too_few")
    assert codes(why_not(problem, answer, "L", "A")) == ["needed_by"]


def test_a_closure_reverses_the_ranking() -> None:
    def at(time: int) -> Problem:
        return Problem(
            (needs("A", count("WATER")),), (unit("U1", "WATER", {"A": time}), unit("U2", "WATER", {"A": 200}))
        )

    assert sent(answer_to(at(100)), "A") == {"U1": "WATER"}
    assert sent(answer_to(at(900)), "A") == {"U2": "WATER"}
    assert codes(why_not(at(900), answer_to(at(900)), "U1", "A")) == ["slower"]


def test_the_only_hazmat_unit_is_out_of_service() -> None:
    problem = Problem((needs("A", count("HAZMAT")),), (unit("H", "HAZMAT", {"A": 100}, standing=out("pump broken")),))
    answer = answer_to(problem)
    (unmet,) = plan_of(answer, "A").unmet
    assert (unmet.why.code, data(unmet.why)) == ("none_in_service", {"units": ("H:out_of_service:pump broken",)})
    (reason,) = why_not(problem, answer, "H", "A")
    assert (reason.code, data(reason)) == ("out_of_service", {"reason": "pump broken"})


def test_a_unit_out_of_service_that_is_nearer_is_named_beside_the_pick() -> None:
    units = (unit("U1", "WATER", {"A": 50}, standing=out("crew at exercise")), unit("U2", "WATER", {"A": 200}))
    assert why(answer_to(Problem((needs("A", count("WATER")),), units)), "A", "U1") == {"out_of_service"}


def test_the_area_station_goes_first_although_another_is_a_little_nearer() -> None:
    units = (unit("own", "WATER", {"A": 200}, "OWN"), unit("other", "WATER", {"A": 170}, "OTHER"))
    answer = answer_to(Problem((needs("A", count("WATER"), area="OWN"),), units))
    assert sent(answer, "A") == {"own": "WATER"}
    assert plan_of(answer, "A").area_departure is None
    assert why(answer, "A", "other") == {"area_station_first"}
    assert "area_station" in codes(plan_of(answer, "A").picks[0].why)


def test_a_departure_from_the_area_says_what_it_saves() -> None:
    units = (unit("own", "WATER", {"A": 500}, "OWN"), unit("other", "WATER", {"A": 120}, "OTHER"))
    answer = answer_to(Problem((needs("A", count("WATER"), area="OWN"),), units))
    assert sent(answer, "A") == {"other": "WATER"}
    departure = plan_of(answer, "A").area_departure
    assert departure is not None
    assert (departure.nearest_unit_id, departure.saves_completion_s, departure.saves_first_due_s) == ("own", 380, 380)
    assert departure.why.code == "slower"


def test_a_departure_because_the_area_unit_is_needed_elsewhere() -> None:
    incidents = (needs("A", count("WATER"), area="OWN"), needs("B", count("FOAM"), priority=5))
    units = (unit("own", "WATER FOAM", {"A": 60, "B": 90}, "OWN"), unit("other", "WATER", {"A": 110}, "OTHER"))
    departure = plan_of(answer_to(Problem(incidents, units)), "A").area_departure
    assert departure is not None
    assert departure.why.code == "needed_by"
    assert departure.saves_unmet > 0


def test_a_raised_level_adds_only_the_difference() -> None:
    units = (
        unit("U1", "WATER", {"A": 100}, standing=committed("A", 40)),
        unit("U2", "WATER", {"A": 300}),
        unit("U3", "WATER", {"A": 200}),
    )
    answer = answer_to(Problem((needs("A", count("WATER", 2)),), units))
    assert sent(answer, "A") == {"U3": "WATER"}
    (standby,) = plan_of(answer, "A").committed
    assert (standby.unit_id, standby.line_id, standby.residual_s) == ("U1", "WATER", 40)
    assert plan_of(answer, "A").figures.first_due_s == 40


def test_an_early_order_counts_in_the_line_where_it_helps_most() -> None:
    """The committed unit could fill either line; only one free unit is left, and it can fill only water."""
    units = (
        unit("U1", "WATER FOAM", {"A": 100}, standing=committed("A")),
        unit("U2", "WATER", {"A": 300}),
    )
    answer = answer_to(Problem((needs("A", count("WATER"), count("FOAM")),), units))
    assert sent(answer, "A") == {"U2": "WATER"}
    assert plan_of(answer, "A").unmet == ()


def test_a_total_that_only_swapping_roles_can_reach() -> None:
    """The nearest pair brings 14 people of 20; the right pair brings them with two units instead of three."""
    units = (
        unit("U1", "WATER RESCUE", {"A": 100}, crew=6),
        unit("U2", "WATER", {"A": 120}, crew=8),
        unit("U3", "RESCUE", {"A": 200}, crew=12),
    )
    answer = answer_to(Problem((needs("A", count("WATER"), count("RESCUE"), SumLine("people", "crew", 20)),), units))
    assert sent(answer, "A") == {"U2": "WATER", "U3": "RESCUE"}
    assert plan_of(answer, "A").sums[0].brought == 20


def test_a_total_that_only_an_exchange_between_incidents_can_reach() -> None:
    """Both units fit both lines; by time the big crew would go to B, but only it brings A's people."""
    units = (
        unit("big", "WATER", {"A": 300, "B": 100}, crew=12),
        unit("small", "WATER", {"A": 100, "B": 300}, crew=6),
    )
    incidents = (needs("A", count("WATER"), SumLine("people", "crew", 12)), needs("B", count("WATER"), sequence=1))
    answer = answer_to(Problem(incidents, units))
    assert (sent(answer, "A"), sent(answer, "B")) == ({"big": "WATER"}, {"small": "WATER"})
    assert {near.why.code for near in plan_of(answer, "A").picks[0].nearer} == {"brings_less"}


def test_units_of_equal_time_are_taken_in_order_of_id() -> None:
    units = tuple(unit(name, "WATER", {"A": 100}, name) for name in ("U3", "U1", "U2"))
    assert sent(answer_to(Problem((needs("A", count("WATER", 2)),), units)), "A") == {"U1": "WATER", "U2": "WATER"}


def test_nothing_to_send_is_said_and_not_hidden() -> None:
    answer = answer_to(Problem((needs("A", count("WATER", 3), SumLine("people", "crew", 9)),), ()))
    assert plan_of(answer, "A").figures.unmet_units == 3
    assert plan_of(answer, "A").figures.unmet_sums == 9
    assert plan_of(answer, "A").unmet[0].why.code == "none_registered"


def test_a_unit_that_fits_four_lines_takes_the_one_nobody_else_can() -> None:
    every = ("WATER", "FOAM", "RESCUE", "LIGHT")
    units = (
        unit("all", " ".join(every), {"A": 50}),
        *(unit(f"only-{code}", code, {"A": 100}) for code in every if code != "RESCUE"),
    )
    answer = answer_to(Problem((needs("A", *(count(code) for code in every)),), units))
    assert sent(answer, "A")["all"] == "RESCUE"
    assert plan_of(answer, "A").unmet == ()


def test_a_ladder_that_is_too_short_does_not_count_and_says_by_how_much() -> None:
    units = (unit("L32", "AERIAL", {"A": 60}, height_m=32), unit("L54", "AERIAL", {"A": 400}, height_m=54))
    problem = Problem((needs("A", count("AERIAL", parameters=(("height_m", 50),))),), units)
    answer = answer_to(problem)
    assert sent(answer, "A") == {"L54": "AERIAL"}
    (reason,) = why_not(problem, answer, "L32", "A")
    assert (reason.code, data(reason)) == (
        "short_of",
        {"line": "AERIAL", "parameter": "height_m", "has": 32, "needs": 50},
    )


def test_amounts_of_two_units_do_not_add_up_in_a_count_line() -> None:
    units = (unit("U1", "PUMP:40", {"A": 60}), unit("U2", "PUMP:40", {"A": 60}), unit("U3", "PUMP:80", {"A": 500}))
    assert sent(answer_to(Problem((needs("A", count("PUMP", min_amount=80)),), units)), "A") == {"U3": "PUMP"}


def test_an_estimated_time_is_used_only_where_no_exact_one_serves() -> None:
    guessed = replace(
        unit("guess", "WATER", {}), reach=(Reach("A", 50, "straight_line", ("off_network",), exact=False),)
    )
    exact = unit("exact", "WATER", {"A": 600})
    both = answer_to(Problem((needs("A", count("WATER")),), (guessed, exact)))
    assert sent(both, "A") == {"exact": "WATER"}
    assert why(both, "A", "guess") == {"time_not_exact"}
    alone = plan_of(answer_to(Problem((needs("A", count("WATER")),), (guessed,))), "A")
    assert (alone.picks[0].exact, alone.figures.estimated) == (False, True)
    assert "time_not_exact" in codes(alone.picks[0].why)


def test_an_unreachable_unit_is_not_sent() -> None:
    problem = Problem((needs("A", count("WATER")),), (unit("U", "WATER", {"A": None}),))
    answer = answer_to(problem)
    assert sent(answer, "A") == {}
    assert codes(why_not(problem, answer, "U", "A")) == ["unreachable"]


def test_micro_stations_begin_but_fill_no_line() -> None:
    units = (
        *(unit(f"M{at}", "WATER", {"A": 60 + at}, tier="first_aid", crew=4) for at in range(5)),
        unit("M9", "WATER", {"A": 400}, tier="first_aid"),
        unit("U", "WATER", {"A": 300}, crew=6),
    )
    problem = Problem((needs("A", count("WATER"), SumLine("people", "crew", 6)),), units)
    answer = answer_to(problem)
    assert sent(answer, "A") == {"U": "WATER"}
    assert [pick.unit_id for pick in plan_of(answer, "A").first_aid] == ["M0", "M1", "M2"]
    assert plan_of(answer, "A").sums[0].brought == 6
    assert codes(why_not(problem, answer, "M0", "A")) == ["first_aid_tier"]


def test_a_deadline_is_kept_where_it_can_be() -> None:
    """Without the deadline the two would be the other way round: B is graver."""
    incidents = (needs("A", count("WATER", deadline_s=150)), needs("B", count("WATER"), priority=5, sequence=1))
    units = (unit("U1", "WATER", {"A": 100, "B": 100}), unit("U2", "WATER", {"A": 400, "B": 200}))
    answer = answer_to(Problem(incidents, units))
    assert sent(answer, "A") == {"U1": "WATER"}
    late = answer_to(Problem(incidents[:1], units[1:]))
    assert "after_deadline" in codes(plan_of(late, "A").picks[0].why)


def test_an_expert_may_advise_two_incidents_at_once() -> None:
    incidents = (needs("A", count("EXPERT")), needs("B", count("EXPERT")))
    answer = answer_to(Problem(incidents, (unit("E", "EXPERT", {"A": 100, "B": 100}, shareable=True),)))
    assert sent(answer, "A") == sent(answer, "B") == {"E": "EXPERT"}


def test_a_unit_under_way_to_another_incident_is_left_there_and_named() -> None:
    units = (unit("U1", "WATER", {"A": 10}, standing=committed("B", 30)), unit("U2", "WATER", {"A": 500}))
    problem = Problem((needs("A", count("WATER"), priority=5), needs("B", count("WATER"))), units)
    answer = answer_to(problem)
    assert sent(answer, "A") == {"U2": "WATER"}
    assert why(answer, "A", "U1") == {"committed_to"}
    assert data(why_not(problem, answer, "U1", "A")[0])["incident"] == "B"


def test_a_unit_sent_for_people_says_what_it_adds() -> None:
    units = (unit("U1", "WATER", {"A": 60}, crew=6), unit("U2", "RESCUE", {"A": 90}, crew=8))
    answer = answer_to(Problem((needs("A", count("WATER"), SumLine("people", "crew", 12)),), units))
    extra = next(pick for pick in plan_of(answer, "A").picks if pick.line_id == "")
    assert extra.unit_id == "U2"
    assert extra.why[0].code == "for_total"
    assert data(extra.why[0])["adds"] == 8


def test_a_load_that_fits_no_single_truck_is_split_only_where_items_allow() -> None:
    """Two trucks of 10 t carry only one 6 t generator each, although 18 t is less than 20 t."""
    depot = Stockpile("D", amounts({"GEN": 3}), (Truck("K1", 10000), Truck("K2", 10000)), (Reach("A", 60),))
    problem = Problem((needs("A", MaterialLine("gen", "GEN", 3)),), (), (depot,), amounts({"GEN": 6_000_000}))
    plan = plan_of(answer_to(problem), "A")
    assert sum(pick.quantity for pick in plan.materials) == 2
    assert plan.unmet_materials == (("gen", 1),)
