"""调派策略: what a commander lets the optimizer trade, as data that is edited, versioned and named on every plan."""

from pydantic import Field, model_validator

from kernel.contracts.base import Code, Count, Form, Id, Seconds, ShortText, Versioned, Whole
from kernel.contracts.vocabulary import HazardTag, IncidentKind, OrganisationKind, PlanStyle

POLICY = "dispatch"  # the only one of a realm
WEEK_S = 7 * 24 * 3600


class StyleRule(Form):
    """How one alternative trades once nothing is unmet that could be met.

    Completion may come `tolerance_s`, the first unit `first_tolerance_s` later than the best. Prices in hundredths of a
    priority-second of mean arrival: per 1/100,000 of the city's risk left bare, per unit sent, per station left.
    """

    name: PlanStyle
    tolerance_s: Seconds = Field(default=0, le=3600)
    first_tolerance_s: Seconds = Field(default=0, le=3600)
    cover_price: Count = Field(default=10, le=10_000)
    unit_price: Count = Field(default=1, le=100_000)
    station_price: Count = Field(default=0, le=100_000)


class ReserveRule(Form):
    """At least so many free units with a capability stay at a station, or in the whole city where none is named."""

    station_id: Id | None = None
    capability: Code
    at_least: Whole = Field(ge=1, le=1000)
    price: Count = Field(default=100_000)


class SpecialRule(Form):
    """Special stations: on the hazards and kinds listed they go like any other, on ordinary calls as if much later."""

    station_ids: tuple[Id, ...] = Field(min_length=1, max_length=50)
    kinds: tuple[IncidentKind, ...] = ()
    hazards: tuple[HazardTag, ...] = ()
    spare_s: Seconds = Field(default=600, le=WEEK_S)


class RestRule(Form):
    """轮休: a crew that has operated `worked_s` or more of the last `within_s` goes only as if `spare_s` later.

    It still goes where nobody else can, and where the full complement would otherwise come later than the plan's style
    allows. The defaults are our own, not taken from a standard.
    """

    worked_s: Seconds = Field(default=4 * 3600, ge=1, le=WEEK_S)
    within_s: Seconds = Field(default=12 * 3600, ge=1, le=WEEK_S)
    spare_s: Seconds = Field(default=900, le=WEEK_S)

    @model_validator(mode="after")
    def _can_be_reached(self) -> "RestRule":
        if self.worked_s > self.within_s:
            raise ValueError("more work than the window is long")
        return self


STYLES = (
    StyleRule(name=PlanStyle.FASTEST),
    StyleRule(name=PlanStyle.COVERED, tolerance_s=120, first_tolerance_s=30, cover_price=100),
    StyleRule(name=PlanStyle.CALM, tolerance_s=180, first_tolerance_s=60, unit_price=2_000, station_price=10_000),
)

# 兵团 has a chain of command of its own: it is asked, never ordered.
BY_REQUEST = (OrganisationKind.XPCC,)


class PolicyForm(Form):
    """The whole policy as it shall be; `version` = the one that was edited. The first style is the recommendation.

    `by_request` = kinds of organisation whose forces and stock are asked for, beside those that the register marks so.
    """

    version: Whole = Field(ge=1)
    area_price_s: Seconds = Field(default=60, le=3600)
    first_aid_limit: Count = Field(default=3, le=20)
    styles: tuple[StyleRule, ...] = Field(default=STYLES, min_length=1, max_length=3)
    reserves: tuple[ReserveRule, ...] = Field(default=(), max_length=100)
    specials: tuple[SpecialRule, ...] = Field(default=(), max_length=20)
    rest: RestRule | None = RestRule()
    by_request: tuple[OrganisationKind, ...] = Field(default=BY_REQUEST, max_length=20)
    reason: ShortText = Field(min_length=1)

    @model_validator(mode="after")
    def _no_style_twice(self) -> "PolicyForm":
        if len({style.name for style in self.styles}) != len(self.styles):
            raise ValueError("a style is named twice")
        return self


class DispatchPolicy(Versioned):
    """The policy in force. Version 1 is what Muster begins with."""

    area_price_s: Seconds = 60
    first_aid_limit: Count = 3
    styles: tuple[StyleRule, ...] = STYLES
    reserves: tuple[ReserveRule, ...] = ()
    specials: tuple[SpecialRule, ...] = ()
    rest: RestRule | None = RestRule()
    by_request: tuple[OrganisationKind, ...] = BY_REQUEST
    reason: ShortText = ""
