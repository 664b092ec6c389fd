"""How fast the desk answers with a hundred thousand cases: pages through the real server, one after another.

    python bench/desk.py [--cases 100000] [--rounds 40] [--data FOLDER] [--json]

The database is filled by plain SQL (see ``desk_cases.py``) and indexed by the product. Each page is asked for as often
as there are rounds by a person who is signed in, with another filter, page or word each time; times are those of a
browser on the same machine, from the first byte sent to the last one read. "processor" is what server and browser
worked for one page: other programs on the machine do not change it. With --data the folder is kept and used again.
A page should be there within 100 ms: the command ends with 1 when one in twenty was not; the
numbers are measured beside that.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "bench")]

from config_text import write  # noqa: E402
from desk_cases import MODELS, NAMES, NOW, SENTENCES, fill, order_number  # noqa: E402
from desk_visitor import Visitor  # noqa: E402
from servers import free_port  # noqa: E402

from bot.config import load_config  # noqa: E402
from bot.desk.people import HASHER  # noqa: E402
from bot.desk.serve import listen, server  # noqa: E402
from bot.desk.state import DeskState  # noqa: E402
from bot.store.engine import DATABASE, Store  # noqa: E402
from bot.store.listings import VIEWS  # noqa: E402
from bot.store.states import Role  # noqa: E402
from bot.worker.wiring import open_desk  # noqa: E402

GOAL_MS = 100
# Lists behind the numbers of the account and the charts.
LISTED = ("mails", "opened", "by_person")
# Opened some times a day, over all cases of their days: measured, not judged.
REPORTS = ("numbers", "numbers of a year", "cases behind a number")
PASSWORD = "a sentence for measuring"
CONFIG = """
[mailbox]
type = "maildir"
[maildir]
path = "mail"
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
[address]
own = ["support@shop.example"]
[data]
folder = "data"
[desk]
port = {port}
"""


class Asked:
    """What people ask for: another thing each time, the same things in every run."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self.chance = chance
        self.rows = store.db.rows("SELECT number, order_number FROM cases ORDER BY id DESC LIMIT 5000")
        self.words = [word for text in SENTENCES.values() for word in text.replace(".", "").split() if len(word) > 2]

    def pages(self) -> dict[str, Callable[[], str]]:
        """Name of the row in the table -> the next address."""
        pick = self.chance.choice
        return {
            "queue": lambda: "/queue",
            "queue, each view": lambda: f"/queue?view={pick(list(VIEWS))}",
            "queue, filtered": lambda: f"/queue?{urlencode({'language': pick(list(NAMES))})}",
            "all, filtered": lambda: f"/queue?{urlencode({'view': 'all', 'model': pick(MODELS)})}",
            "all, a late page": lambda: f"/queue?view=all&from={self.chance.randrange(1, 90_000)}",
            "queue, what is new": lambda: "/queue/fresh?at=2026-03-10T08:00:00Z&n=10",
            "search, order number": lambda: search(pick(self.rows)["order_number"]),
            "search, number with a slip": lambda: search(pick(self.rows)["order_number"][:-1] + "Q"),
            "search, address": lambda: search(f"customer{self.chance.randrange(1, 5000)}@example.com"),
            "search, one word": lambda: search(pick(self.words)),
            "search, two words": lambda: search(f"{pick(self.words)} {pick(MODELS)}"),
            "search, name": lambda: search(pick([name for names in NAMES.values() for name in names])),
            "search, nothing found": lambda: search(f"{order_number('amazon', self.chance)} Waldmeister"),
            "held letters": lambda: "/held",
            "numbers": lambda: "/numbers",
            "numbers of a year": lambda: "/numbers?days=365",
            "cases behind a number": lambda: f"/numbers/cases?days=365&what={pick(LISTED)}",
        }


def search(query: str) -> str:
    """The address of a search."""
    return f"/search?{urlencode({'q': query})}"


@contextmanager
def running(folder: Path, cases: int) -> Iterator[tuple[Visitor, Store]]:
    """The desk over so many cases, and somebody who is signed in."""
    (folder / "mail").mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = load_config(write(folder, CONFIG.format(port=port)))
    if not (folder / "data" / DATABASE).exists():
        began = time.perf_counter()
        with Store(folder / "data") as store:
            fill(store, cases, random.Random(1))
            store.people.add("ana", "Ana Example", Role.AGENT, HASHER.hash(PASSWORD), NOW)
        print(f"filled with {cases} cases in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    state = DeskState(open_desk(config, clock=lambda: NOW))
    with listen(config.desk) as sock:
        serving = server(state)
        thread = threading.Thread(target=serving.run, args=([sock],), daemon=True)
        thread.start()
        while not serving.started:
            time.sleep(0.01)
        visitor = Visitor(f"http://127.0.0.1:{port}")
        assert visitor.sign_in("ana", PASSWORD).status == 303
        try:
            yield visitor, state.store
        finally:
            serving.should_exit = True
            thread.join(10)
            state.close()


def measure(visitor: Visitor, address: Callable[[], str], rounds: int) -> tuple[list[float], float]:
    """Milliseconds of each answer, after a first one that does not count; and those the processor worked for one."""
    times, worked = [], 0.0
    for n in range(rounds + 1):
        path = address()
        began, working = time.perf_counter(), time.process_time()
        answer = visitor.get(path)
        if n:
            times.append((time.perf_counter() - began) * 1000)
            worked += (time.process_time() - working) * 1000
        assert answer.status in (200, 204, 303), f"{path}: {answer.status}"
    return times, worked / rounds


def main() -> int:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--data", type=Path, help="keep the database here and use it again")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, running(said.data or Path(temporary), said.cases) as (who, store):
        known = int(store.db.value("SELECT count(*) FROM cases"))
        need = int(store.db.value("SELECT count(*) FROM cases WHERE next_actor = 'staff'"))
        asked = Asked(store, random.Random(2)).pages()
        found = {name: measure(who, address, said.rounds) for name, address in asked.items()}
    table = {
        name: {
            "median": statistics.median(times),
            "p95": statistics.quantiles(times, n=20)[-1],
            "worst": max(times),
            "processor": worked,
        }
        for name, (times, worked) in found.items()
    }
    if said.json:
        print(json.dumps({"cases": known, "need_a_person": need, "rounds": said.rounds, "ms": table}, indent=1))
    else:
        print(f"{known} cases, {need} of them with a person; {said.rounds} rounds; milliseconds")
        print(f"{'':28} {'median':>8} {'p95':>8} {'worst':>8} {'processor':>10}")
        for name, row in table.items():
            print(f"{name:28} {row['median']:8.1f} {row['p95']:8.1f} {row['worst']:8.1f} {row['processor']:10.1f}")
    return int(any(row["p95"] > GOAL_MS for name, row in table.items() if name not in REPORTS))


if __name__ == "__main__":
    sys.exit(main())
