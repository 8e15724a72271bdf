"""改派建议: units under way that should turn to another incident, each with what that saves."""

from kernel.contracts.base import Code, Count, Id, Seconds, Value


class TurnAdvice(Value):
    """One unit that should turn, and what is lost if it does not.

    `saves_unmet` = units that would no longer be missing, over the incidents that gain; `saves_s` = priority-seconds of
    completion.
    """

    unit_id: Id
    from_incident_id: Id
    to_incident_id: Id
    eta_s: Seconds
    saves_unmet: int
    saves_s: int


class TurnEffect(Value):
    """One incident without and with the turns: seconds to its full force, units that it lacks."""

    incident_id: Id
    complete_s: Seconds | None
    turned_complete_s: Seconds | None
    unmet: Count
    turned_unmet: Count


class TurnProposal(Value):
    """All turns worth an order now, none if empty; each is given by diverting the unit's assignment."""

    turns: tuple[TurnAdvice, ...] = ()
    effects: tuple[TurnEffect, ...] = ()
    provenance: Code
    degraded: tuple[Code, ...] = ()
