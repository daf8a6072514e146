"""Hold the numbers of the incidents app, a frozen dataclass a topic.

The unit stands in each name and the source in a comment; a city overrides a number in settings. No
rule is here: rules take a policy as an argument.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

# ---------------------------------------------------------------------------- movement


@dataclass(frozen=True, slots=True)
class MovementPolicy:
    """Hold every number of the movement rule and of the verdict drawn from it.

    Metres, seconds and metres a second. A proof carries `parameters()`, so that the rule can be
    repeated years later. Source: GPS study, section 5 (rule F, second edition),
    except where a line says otherwise.
    """

    # What a proof calls this rule; a change of the rule itself changes the version.
    rule_name: ClassVar[str] = "two-legs"
    rule_version: ClassVar[str] = "2"

    # The target itself. Source: the contract, "Assignments" (600 s unless the city sets another).
    movement_target_s: float = 600.0

    # What a reported accuracy means: a 68 % radius (Android, iOS).
    usable_accuracy_m: float = 100.0  # a worse fix is no evidence
    unknown_accuracy_m: float = 30.0  # not reported, or 0 as several apps send it
    least_accuracy_m: float = 10.0  # a phone that claims less is not believed
    accuracy_per_sigma: float = 1.515  # 68 % radius of a two-axis normal error
    certain_sigmas: float = 3.72  # 99.9 % radius
    likely_sigmas: float = 2.45  # 95 % radius

    # The anchor: where the crew stood when the assignment was made.
    anchor_back_s: float = 300.0
    anchor_compact_m: float = 75.0  # 90 % of the fixes within it: the crew stood still
    anchor_recent_s: float = 60.0  # otherwise only the last ones count
    anchor_recent_fixes: int = 3
    # Own addition, measured: a still crew whose signal jumped away for less than two fifths of
    # the time is anchored by the other fixes; before, a jump at the assignment became the anchor
    # itself.
    anchor_majority: float = 0.6
    anchor_majority_fixes: int = 5

    # Out of the anchor, and the run of fixes that are.
    out_floor_m: float = 75.0  # real motionless receivers wander 45-80 m in ten minutes (95 %)
    out_scatter_factor: float = 1.5
    out_fixes: int = 2  # own addition: so many are out before their fast approach counts, too
    run_gap_s: float = 180.0
    teleport_mps: float = 60.0
    teleport_slack_m: float = 30.0

    # A pair of fixes with progress on two legs between them.
    pair_span_s: float = 300.0
    pair_floor_m: float = 60.0
    pair_keep_ratio: float = 0.8  # the later one not much nearer to the anchor
    leg_floor_m: float = 20.0
    leg_share: float = 0.3

    # Enough of it: fast; slow or without speeds; in a place with excursions.
    fast_fixes: int = 3
    fast_span_s: float = 20.0
    fast_speed_mps: float = 2.0
    fast_speeds: int = 2
    slow_fixes: int = 4
    slow_span_s: float = 45.0
    slow_distance_m: float = 75.0
    slow_speed_mps: float = 1.0
    slow_speeds: int = 2
    noisy_back_s: float = 900.0
    noisy_fixes: int = 5
    noisy_span_s: float = 60.0
    noisy_distance_m: float = 110.0  # the study's 120 loses slow drives and gains nothing
    noisy_speeds: int = 3
    # Own additions, measured on simulated windows: sustained driving outweighs a noisy place (a
    # false speed comes with a jump, at most two in a row), and two false speeds in minutes of
    # standing are no motion.
    sustained_fixes: int = 5
    sustained_span_s: float = 30.0
    sustained_speeds: int = 4
    sustained_share: float = 0.7
    moving_share: float = 0.4

    # The moment of the first motion.
    stalled_floor_m: float = 10.0
    stalled_share: float = 0.1
    # Own addition, measured: back from there over fixes that are fast, come in twos and never turn
    # back to the anchor.
    start_bridge_s: float = 60.0  # a stop at a light
    start_speed_mps: float = 1.5

    # The verdict at the deadline.
    grace_s: float = 300.0  # contract: a run under way at move_by may stay pending so long
    late_margin_s: float = 60.0  # a crew can drive a while before it is seen to have left
    at_anchor_floor_m: float = 30.0
    at_scene_m: float = 150.0
    silence_s: float = 180.0  # a longer hole inside the window: not watched throughout
    end_silence_s: float = 90.0  # own choice: a hole before the deadline hides a start sooner
    closed_tail_s: float = 120.0  # own choice: phones send a short tail after closing (contract)

    # Clocks.
    clock_agreed_s: float = 5.0  # GPS study section 4, grade B: offset known within this
    live_slack_s: float = 60.0  # own choice: how old a fix of a live stream is at most

    def parameters(self) -> dict[str, float | int]:
        """Return every number by name, as a JSON-able dict in the order above, for a proof."""
        return asdict(self)


MOVEMENT = MovementPolicy()


# ---------------------------------------------------------------------------- deadlines


@dataclass(frozen=True, slots=True)
class DeadlinePolicy:
    """Hold how long after the dispatch each deadline falls due, in seconds.

    Source: field study 5.4; the red at 20 s: DESIGN, Time.
    """

    delivery_s: float = 20.0  # no receipt from any phone of the crew: red
    acknowledgement_s: float = 60.0
    movement_warning_s: float = 360.0  # six minutes without proof: crew and desk are reminded
    silence_s: float = 180.0  # nothing heard from any phone of the crew while assigned
    set_back_s: float = 5.0  # own choice: what is so much further ahead is of a clock set back
    claim_to_dispatch_skew_s: float = 1.0  # a claimed time so little before dispatch is no doubt


DEADLINES = DeadlinePolicy()


# ---------------------------------------------------------------------------- judging


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Bound one look at the evidence. It shares its thread with deadlines and pushes."""

    at_once: int = 200  # own choice
    budget_s: float = 1.0  # own choice: one sweep; red by silence is far beyond it
    lease_s: float = 30.0  # own choice: of one that died while it judged


REVIEW = ReviewPolicy()


# ---------------------------------------------------------------------------- telephony


@dataclass(frozen=True, slots=True)
class TelephonyPolicy:
    """Hold the limits of the exchange's webhook. Source: CONTRACT, Telephone exchange."""

    signature_age_s: int = 300


TELEPHONY = TelephonyPolicy()


# ---------------------------------------------------------------------------- recommending units


@dataclass(frozen=True, slots=True)
class RecommendationPolicy:
    """Hold what makes a unit worth proposing."""

    position_fresh_s: float = 900.0  # three sparse fixes of 5 minutes missed: the place is old
    push_fresh_s: float = 60 * 24 * 3600.0  # reliability study 7.2: drop at 60 days silent
    looked_at_each: int = 8  # own choice: units of an agency, of those that can go and that cannot
    boxed_of_each: int = 80  # own choice: bases of an agency in the box that is searched first
    road_timeout_s: float = 1.5  # own choice: longer, and the desk waits for a machine
    road_kept_s: int = 60  # own choice: a unit at 60 km/h drives a kilometre in it
    road_pause_s: int = 30  # own choice: not asked again so long after a failure
    next_recheck_s: float = 15.0  # own choice: nobody was ready; look again


RECOMMENDATION = RecommendationPolicy()


# ---------------------------------------------------------------------------- from the field


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """Hold the limits of notes and photos from the field, and of a crew's call for help."""

    note_max_characters: int = 2_000
    photo_max_bytes: int = 8 * 1024 * 1024
    photo_max_pixels: int = 64_000_000  # own choice: what phones of 2026 take at most by default
    photo_side_max_px: int = 2_560  # own choice: a street number is read at twice a screen's width
    photo_quality: int = 85
    photos_decoded_at_once: int = 2  # own choice: one of 64 megapixels takes 200 MB
    alert_text_max_characters: int = 500
    alert_answer_s: float = 30.0  # own choice: unanswered for so long it rings again
    track_look_max_s: int = 3_600  # own choice: an open track is a new look after an hour


FIELD = FieldPolicy()


# ---------------------------------------------------------------------------- calls


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """Hold the times and counts of taking calls, in seconds, minutes and hours.

    Source: field study 5.4 (claim), except where a line says otherwise.
    """

    unclaimed_desk_s: float = 10.0  # rings so long: every desk is alerted
    unclaimed_supervisor_s: float = 20.0
    claim_stale_s: float = 60.0  # own choice: claimed, not answered, so long: anybody takes it over
    shown_after_end_s: float = 4 * 3600.0  # own choice: ended without a class: work on the board
    repeats_hours: int = 24
    history_calls: int = 8  # own choice: earlier calls of the number on the form
    nearby_hours: int = 1  # own choice: the last hour's
    nearby_incidents: int = 8  # own choice
    flood_calls: int = 15  # own choice: rings within a minute, above what a full room answers
    flood_within_s: float = 60.0
    opened_max: int = 10  # own choice: incidents of one person; more is remarked on, never refused
    opened_within_s: float = 600.0


@dataclass(frozen=True, slots=True)
class DuplicatePolicy:
    """Weigh what speaks for two reports of one thing; 1.0 and more is offered first.

    Own choices: no figures are published. Several callers see a fire from a few hundred metres,
    a flood from one end of a kelurahan to the other.
    """

    window_min: float = 180.0
    recent_min: float = 30.0
    same_place_m: float = 150.0
    near_m: float = 600.0
    same_place_weight: float = 0.7
    near_weight: float = 0.45
    same_area_weight: float = 0.4
    same_number_weight: float = 0.5
    same_type_weight: float = 0.4
    same_category_weight: float = 0.25
    recent_weight: float = 0.2


CALLS = CallPolicy()
DUPLICATES = DuplicatePolicy()
