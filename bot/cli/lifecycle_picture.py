"""``python -m bot.cli.lifecycle_picture``: docs/lifecycle.svg, drawn from the table of the life cycle.

One band for each step of the policy, one box for each state. An arrow leads to a neighbour or on to the next step;
everything else that can happen in a state stands in its box. The picture brings its own ground, so that it reads on
light and on dark pages alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bot.core.model import State
from bot.core.warranty.lifecycle import STEPS, TRANSITIONS, TURNS

# The steps of the policy's process, in our words.
STEP_NAMES = {
    1: ("Request in the", "Return Center"),
    2: ("Mail with the", "details"),
    3: ("Decision of the", "Customer Center"),
    4: ("Watch to the", "carrier"),
    5: ("Tracking", "number"),
    6: ("Inspection, result", "and solution"),
    7: ("Watch back to", "the customer"),
    8: ("End",),
}
NOTICE = "Happens in the shop; the form's notice and the customer's mail become one case, whichever comes first."
LEFT, TOP, GAP_X, GAP_Y, BOX, MARGIN = 160, 96, 150, 50, 232, 28
LINE, HEAD, LETTERS_A_LINE = 16, 52, 36
STYLE = """
.ground{fill:#fbfbfd}.band{fill:#eef1f6}.box{fill:#fff;stroke:#8a94a6;stroke-width:1.5}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#1d2430;font-size:12px}
.name{font-size:15px;font-weight:600}.step{font-size:14px;font-weight:600}.small{fill:#4d5869}.title{font-size:19px;font-weight:600}
.edge{stroke:#5b6678;stroke-width:1.5;fill:none}.head{fill:#5b6678}
.word{font-size:11.5px;fill:#28303d;paint-order:stroke;stroke:#eef1f6;stroke-width:4px;stroke-linejoin:round}
.between{stroke:#fbfbfd}
.customer{fill:#2f6fd0}.staff{fill:#b3541e}.carrier{fill:#6b4fb3}.nobody{fill:#5f6b7a}
@media (prefers-color-scheme:dark){
.ground{fill:#12161d}.band{fill:#1b212b}.box{fill:#242c38;stroke:#6d7a8f}text{fill:#e7ebf2}.small{fill:#aeb9ca}
.edge{stroke:#9aa7bb}.head{fill:#9aa7bb}.word{fill:#dde4ee;stroke:#1b212b}.between{stroke:#12161d}
.customer{fill:#6ea8fe}.staff{fill:#f0955a}.carrier{fill:#b197fc}.nobody{fill:#93a0b3}}
"""

TITLE = "The life cycle of a case"
OPENING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc">
<title id="title">The life cycle of a case</title>
<desc id="desc">States by step of the policy and the events that lead from one to the other, as in lifecycle.md.</desc>
<style>{style}</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>"""

Place = tuple[float, float, float]
"""left, top and height of a box"""


def arrows() -> dict[tuple[State, State], tuple[str, ...]]:
    """What is drawn: (from, to) -> the events, between neighbours of one step and on to the next step's first state."""
    drawn: dict[tuple[State, State], tuple[str, ...]] = {}
    for state, row in TRANSITIONS.items():
        for event, target in row.items():
            (band, column), (to_band, to_column) = _cell(state), _cell(target)
            beside = band == to_band and abs(column - to_column) == 1
            onward = to_band == band + 1 and to_column == 0 and column <= 1
            if beside or onward:
                drawn[state, target] = (*drawn.get((state, target), ()), event)
    return drawn


def _cell(state: State) -> tuple[int, int]:
    """Step and column of a state."""
    return STEPS[state], [s for s in TURNS if STEPS[s] == STEPS[state]].index(state)


def written(state: State) -> dict[State, tuple[str, ...]]:
    """What stands in the box: where else a case can go from here, and by which events."""
    drawn = arrows()
    others: dict[State, tuple[str, ...]] = {}
    for event, target in TRANSITIONS[state].items():
        if (state, target) not in drawn and target is not state:
            others[target] = (*others.get(target, ()), event)
    return others


def picture() -> str:
    """The SVG."""
    places, bands, height = _places()
    widest = max(sum(STEPS[s] == step for s in State) for step in bands)
    width = LEFT + widest * BOX + (widest - 1) * GAP_X + 2 * MARGIN
    parts = [
        OPENING.format(width=width, height=f"{height:.0f}", style=STYLE.strip()),
        f'<rect class="ground" width="{width}" height="{height:.0f}" rx="10"/>',
        f'<text class="title" x="{MARGIN}" y="36">{TITLE}</text>',
        *_legend(),
    ]
    for step, (top, tall) in bands.items():
        size = f'width="{width - MARGIN}" height="{tall + 28:.0f}"'
        parts.append(f'<rect class="band" x="{MARGIN / 2:.0f}" y="{top - 14:.0f}" {size} rx="8"/>')
        parts.append(f'<text class="step" x="{MARGIN}" y="{top + 20:.0f}">Step {step}</text>')
        for n, line in enumerate(STEP_NAMES[step]):
            parts.append(f'<text class="small" x="{MARGIN}" y="{top + 40 + n * LINE:.0f}">{escape(line)}</text>')
    parts.append(f'<text class="small" x="{LEFT + MARGIN}" y="{TOP + 24}">{NOTICE}</text>')
    for pair, events in arrows().items():
        parts += _arrow(pair, events, places)
    for state, place in places.items():
        parts += _box(state, place)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _legend() -> Iterator[str]:
    x = MARGIN
    for actor, words in (
        ("customer", "the customer acts next"),
        ("staff", "staff act next"),
        ("carrier", "a parcel is on its way"),
        ("nobody", "over"),
    ):
        yield f'<circle class="{actor}" cx="{x + 6}" cy="58" r="6"/>'
        yield f'<text class="small" x="{x + 18}" y="62">{words}</text>'
        x += 44 + 7 * len(words)


def _lines(state: State) -> list[str]:
    """The lines of a box below its name, cut where they are full."""
    lines: list[str] = []
    for target, events in written(state).items():
        words = f"{', '.join(events)} → {target}"
        while len(words) > LETTERS_A_LINE and ", " in words[:LETTERS_A_LINE]:
            cut = words.rfind(", ", 0, LETTERS_A_LINE) + 1
            lines.append(words[:cut])
            words = "   " + words[cut:].strip()
        lines.append(words)
    return lines


def _places() -> tuple[dict[State, Place], dict[int, tuple[float, float]], float]:
    """Where each box stands, top and height of each band, and the height of all."""
    places: dict[State, Place] = {}
    bands: dict[int, tuple[float, float]] = {}
    top = float(TOP)
    for step in STEP_NAMES:
        states = [s for s in TURNS if STEPS[s] == step]
        tall = max([HEAD + LINE * len(_lines(s)) + (10 if _lines(s) else 0) for s in states], default=HEAD)
        for column, state in enumerate(states):
            places[state] = (LEFT + MARGIN + column * (BOX + GAP_X), top, tall)
        bands[step] = (top, tall)
        top += tall + GAP_Y + 28
    return places, bands, top - GAP_Y - 28 + 14 + MARGIN


def _box(state: State, place: Place) -> Iterator[str]:
    x, y, tall = place
    actor = TURNS[state].actor
    yield f'<rect class="box" x="{x}" y="{y:.0f}" width="{BOX}" height="{tall:.0f}" rx="7"/>'
    yield f'<circle class="{actor}" cx="{x + 18}" cy="{y + 24:.0f}" r="6"/>'
    yield f'<text class="name" x="{x + 32}" y="{y + 29:.0f}">{state}</text>'
    for n, line in enumerate(_lines(state)):
        indent = 14 + 3 * (len(line) - len(line.lstrip()))
        yield f'<text class="small" x="{x + indent}" y="{y + HEAD + n * LINE:.0f}">{escape(line.strip())}</text>'


def _arrow(pair: tuple[State, State], events: tuple[str, ...], places: dict[State, Place]) -> Iterator[str]:
    """One arrow with its events. Within a band it goes sideways, between bands from the lower edge to the upper."""
    (ax, ay, a_tall), (bx, by, b_tall) = places[pair[0]], places[pair[1]]
    back = (pair[1], pair[0]) in arrows()
    if ay == by:
        yield from _sideways((ax, ay, a_tall), (bx, by, b_tall), events, back=back)
        return
    aside = bx != ax
    x1, y1 = ax + BOX / 2 - (34 if aside else 0), ay + a_tall
    x2, y2 = bx + BOX / 2 + (64 if aside else 0), by - 1
    yield f'<path class="edge" marker-end="url(#tip)" d="M{x1:.0f} {y1:.0f} L{x2:.0f} {y2:.0f}"/>'
    if not aside:
        yield from _words(events, x1 + 10, (y1 + y2) / 2 + 4, "start", between=True)
        return
    # Below the middle of the arrow, to its right: nothing else is drawn there.
    yield from _words(events, (x1 + x2) / 2 + 12, (y1 + y2) / 2 + 12, "start", between=True)


def _sideways(a: Place, b: Place, events: tuple[str, ...], *, back: bool) -> Iterator[str]:
    right = b[0] > a[0]
    x1, x2 = (a[0] + BOX, b[0] - 1) if right else (a[0], b[0] + BOX + 1)
    y = a[1] + 24 + (26 if back and not right else 0)
    yield f'<path class="edge" marker-end="url(#tip)" d="M{x1:.0f} {y:.0f} L{x2:.0f} {y:.0f}"/>'
    yield from _words(events, (x1 + x2) / 2, y + (-5 if right else 14), "middle")


def _words(events: tuple[str, ...], x: float, y: float, anchor: str, *, between: bool = False) -> Iterator[str]:
    kind = "word between" if between else "word"
    up = 13 if anchor == "middle" and not between else 0
    for n, event in enumerate(events):
        place = y - up * (len(events) - 1 - n) if up else y + 13 * n - 6.5 * (len(events) - 1)
        yield f'<text class="{kind}" x="{x:.0f}" y="{place:.0f}" text-anchor="{anchor}">{event}</text>'


if __name__ == "__main__":
    print(picture(), end="")
