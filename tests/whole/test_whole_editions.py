"""Publishing while the bot runs: the next mail is answered with the new words, the one at work with the old ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shop import ROOT, Shop, child_environment, claim
from test_whole_kills import ALL, spread
from test_whole_service import running, wait_for

from bot.config import load_config
from bot.editions.publishing import publish, roll_back
from bot.editions.shelf import Shelf
from bot.errors import TemplateError
from bot.store.engine import Store
from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.sending import send_due
from bot.worker.wiring import Wiring, open_wiring

OLD, NEW = "If something here is wrong, just tell us.", "If something here is wrong, a short word is enough."
FRAME = Path("en") / "_base" / "body.txt"


@pytest.fixture
def own(maildir_shop: Shop, tmp_path: Path) -> Shop:
    """A shop with working files of its own, which a test may change."""
    for name in ("templates", "policy"):
        shutil.copytree(getattr(maildir_shop, name), tmp_path / "working" / name)
        setattr(maildir_shop, name, tmp_path / "working" / name)
    maildir_shop.configure()
    return maildir_shop


def rewrite(shop: Shop, old: str = OLD, new: str = NEW) -> None:
    """What an operator does with an editor."""
    file = shop.templates / FRAME
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def said(shop: Shop) -> list[str]:
    """Which of both sentences each letter holds, in order."""
    bodies = [letter.get_body(("plain",)) for letter in shop.letters()]
    texts = [" ".join(body.get_content().split()) for body in bodies if body]
    return ["new" if NEW in text else "old" if OLD in text else "neither" for text in texts]


def done(shop: Shop, *arguments: str) -> str:
    """What a command says that goes well."""
    result = shop.command(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def work(w: Wiring) -> None:
    poll(w)
    answer_due(w)
    send_due(w)


def damage(shop: Shop, number: int) -> Path:
    """A file of a stored copy is overwritten by somebody."""
    with Store(shop.folder / "data", prepare=False) as store:
        where = Shelf(store.folder).folders(store.editions.get(number).hash)
    file = where.templates / FRAME
    file.chmod(0o600)
    file.write_text(
        file.read_text("utf-8").replace(NEW, "Buy more watches.").replace(OLD, "Buy more watches."), "utf-8"
    )
    return file


def editions(shop: Shop) -> list[dict[str, object]]:
    return shop.rows("SELECT id, author, kind, back_to, note FROM editions ORDER BY id")


def test_the_first_start_publishes_the_working_files(own: Shop) -> None:
    own.box.deliver(claim(1))
    assert own.round()["sent"] == 1
    assert editions(own) == [{"id": 1, "author": "first start", "kind": "first", "back_to": None, "note": ""}]
    assert own.rows("SELECT edition FROM cases") == [{"edition": 1}]
    assert own.rows("SELECT edition FROM outbox") == [{"edition": 1}]
    own.round()
    assert len(editions(own)) == 1


def test_a_running_bot_takes_up_what_is_published_and_what_is_taken_back(own: Shop) -> None:
    with running(own) as process:
        own.box.deliver(claim(1))
        wait_for(lambda: said(own) == ["old"])
        rewrite(own)
        own.box.deliver(claim(2))
        wait_for(lambda: said(own) == ["old", "old"])
        assert "Edition 2 is live" in done(own, "publish", "--note", "shorter", "--by", "maria")
        own.box.deliver(claim(3))
        wait_for(lambda: said(own) == ["old", "old", "new"])
        assert "Edition 3 is live with the files of edition 1" in done(own, "rollback", "--by", "otto")
        own.box.deliver(claim(4))
        wait_for(lambda: said(own) == ["old", "old", "new", "old"])
        assert process.poll() is None, "it is the same process"
    assert [row["edition"] for row in own.rows("SELECT edition FROM cases ORDER BY id")] == [1, 1, 2, 3]
    assert [row["edition"] for row in own.rows("SELECT edition FROM outbox ORDER BY id")] == [1, 1, 2, 3]
    told = own.rows("SELECT DISTINCT case_id, json_extract(data, '$.edition') AS e FROM event WHERE e IS NOT NULL")
    assert [(row["case_id"], row["e"]) for row in told] == [(1, 1), (2, 1), (3, 2), (4, 3)]


def test_a_mail_at_work_keeps_the_edition_it_began_with(own: Shop) -> None:
    own.box.deliver(claim(1))
    own.box.deliver(claim(2))
    config = load_config(own.folder / "config.toml")
    asked = 0

    def clock() -> datetime:
        """Asked in the middle of the first mail: there somebody publishes."""
        nonlocal asked
        if begun:
            asked += 1
            if asked == 3:
                publish(wiring.store, config, "maria", "", datetime.now(UTC))
        return datetime.now(UTC)

    begun = False
    with open_wiring(config, clock=clock) as wiring:
        poll(wiring)
        rewrite(own)
        begun = True
        answer_due(wiring)
        begun = False
        send_due(wiring)
        assert asked >= 3
        assert wiring.store.editions.live_number() == 2
    assert said(own) == ["old", "new"]
    assert own.rows("SELECT edition FROM cases ORDER BY id") == [{"edition": 1}, {"edition": 2}]


def test_broken_files_are_refused_and_no_customer_gets_them(own: Shop) -> None:
    with own.open() as wiring:
        own.box.deliver(claim(1))
        work(wiring)
        rewrite(own, OLD, "{{ nobody }}")
        with pytest.raises(TemplateError, match="'nobody' is no fact"):
            publish(wiring.store, wiring.config, "maria", "", wiring.now())
        refused = own.command("publish")
        assert refused.returncode == 3
        assert "en/_base/body.txt" in refused.stderr
        assert "nobody" in refused.stderr
        own.box.deliver(claim(2))
        work(wiring)
    own.box.deliver(claim(3))
    own.round()
    assert said(own) == ["old"] * 3, "not even a restart uses them"
    assert len(editions(own)) == 1
    assert sorted(p.name for p in (own.folder / "data" / "editions").iterdir() if p.is_dir()) == [
        own.rows("SELECT hash FROM editions")[0]["hash"]
    ]


def test_what_is_changed_and_not_published_is_said_at_the_start_and_by_check(own: Shop) -> None:
    own.round()
    assert own.alerts() == []
    rewrite(own)
    (own.policy / "carriers.toml").write_text("[[carrier", "utf-8")
    own.round()
    (alert,) = own.rows("SELECT kind, text FROM alert WHERE acked = 0")
    assert alert["kind"] == "unpublished"
    assert alert["text"].startswith("2 files changed since edition 1, not yet published, and broken: carriers.toml")
    checked = own.command("check", "--offline")
    assert "2 files changed since edition 1, not yet published" in checked.stdout
    assert "changed templates/en/_base/body.txt" in checked.stdout
    shutil.copyfile(ROOT / "policy" / "carriers.toml", own.policy / "carriers.toml")
    shutil.copyfile(ROOT / "templates" / FRAME, own.templates / FRAME)
    assert own.command("check", "--offline").returncode == 0
    rewrite(own)
    done(own, "publish")
    assert own.alerts() == []


@pytest.mark.parametrize("restarted", [False, True], ids=["while it runs", "at the next start"])
def test_a_damaged_copy_is_never_used_and_the_last_good_edition_stays(own: Shop, restarted: bool) -> None:
    own.box.deliver(claim(1))
    own.round()
    with own.open() as wiring:
        rewrite(own)
        done(own, "publish")
        rewrite(own, NEW, NEW + "!")  # or the working files would mend it
        damage(own, 2)
        if not restarted:
            own.box.deliver(claim(2))
            work(wiring)
    if restarted:
        own.box.deliver(claim(2))
        own.round()
    assert said(own) == ["old", "old"]
    (alert,) = own.rows("SELECT text FROM alert WHERE acked = 0 AND kind = 'edition'")
    assert "Edition 2 cannot be used" in alert["text"]
    assert "after-sales publish" in alert["text"]
    assert str(own.folder / "data" / "editions") in alert["text"]
    assert own.command("check", "--offline").returncode == 1
    rewrite(own, NEW + "!", NEW)
    done(own, "publish")  # the cure it names: the copy is made anew
    own.box.deliver(claim(3))
    own.round()
    assert said(own) == ["old", "old", "new"]
    assert own.alerts() == []


def test_a_damaged_copy_is_mended_from_working_files_that_hold_the_same(own: Shop) -> None:
    own.round()
    file = damage(own, 1)
    own.box.deliver(claim(1))
    own.round()
    assert said(own) == ["old"]
    assert OLD in file.read_text("utf-8")
    assert own.alerts() == []


def test_a_policy_that_is_changed_under_the_running_bot_is_noticed(own: Shop) -> None:
    """The child that reads mails takes its policy from the stored copy, whenever it starts."""
    with open_wiring(load_config(own.folder / "config.toml")) as wiring:
        assert wiring.edition is not None
        models = Shelf(wiring.store.folder).folders(wiring.edition.hash).policy / "models.toml"
        models.chmod(0o600)
        models.write_text(models.read_text("utf-8") + "\n# touched\n", "utf-8")
        own.box.deliver(claim(1))
        work(wiring)
        assert wiring.reader.policy_hash == wiring.policy.hash
    assert "# touched" not in models.read_text("utf-8"), "the working files hold the same: the copy was mended"
    assert said(own) == ["old"]


def test_two_who_publish_at_once_make_one_edition(own: Shop) -> None:
    own.round()
    rewrite(own)
    both = [own.program("publish", "--by", name) for name in ("maria", "otto")]
    ends = [(*process.communicate(timeout=60), process.returncode) for process in both]
    assert [row["id"] for row in editions(own)] == [1, 2]
    assert sorted(code for _, _, code in ends) in ([0, 0], [0, 1])
    other = next(out + err for out, err, _ in ends if "is live\n" not in out)
    assert "Nothing to publish" in other or "published meanwhile" in other
    assert Shelf(own.folder / "data").is_sound(str(own.rows("SELECT hash FROM editions WHERE id = 2")[0]["hash"]))


def test_the_history_tells_what_each_edition_changed_and_decided(own: Shop) -> None:
    own.box.deliver(claim(1))
    own.round()
    rewrite(own)
    done(own, "publish", "--note", "shorter", "--by", "maria")
    own.box.deliver(claim(2))
    own.round()
    rows = json.loads(done(own, "history", "--json"))
    assert [(r["edition"], r["live"], r["author"], r["note"], r["cases_decided"]) for r in rows] == [
        (2, True, "maria", "shorter", 1),
        (1, False, "first start", "", 1),
    ]
    assert rows[0]["changed"] == [{"file": "templates/en/_base/body.txt", "how": "changed"}]
    shown = done(own, "history", "2")
    assert f"-{OLD}" in shown
    assert f"+{NEW}" in shown
    number = own.case("anna2@home2.example.com")["case_number"]
    assert "edition        2" in done(own, "case", number)
    assert json.loads(done(own, "case", number, "--json"))["case"]["edition"] == 2


def test_an_earlier_edition_comes_back_into_the_working_files_only_when_asked(own: Shop) -> None:
    own.round()
    rewrite(own)
    done(own, "publish")
    rewrite(own, NEW, "A third sentence stands here.")
    done(own, "rollback")
    assert "A third sentence" in (own.templates / FRAME).read_text("utf-8")
    kept = own.command("history", "1", "--restore")
    assert kept.returncode == 1
    assert "templates/en/_base/body.txt" in kept.stdout
    (own.templates / "notes.md").write_text("mine")
    done(own, "history", "1", "--restore", "--force")
    assert OLD in (own.templates / FRAME).read_text("utf-8")
    assert (own.templates / "notes.md").read_text() == "mine"
    assert "Nothing to publish" in done(own, "publish")


def test_explain_uses_the_files_of_an_edition(own: Shop, tmp_path: Path) -> None:
    own.round()
    rewrite(own)
    (tmp_path / "mail.eml").write_bytes(claim(1))
    for arguments, sentence in (((), NEW), (("--edition", "1"), OLD)):
        row = json.loads(done(own, "explain", str(tmp_path / "mail.eml"), "--json", *arguments))
        assert sentence in " ".join(row["reply"]["body"].split())


def test_a_dry_run_before_the_first_start_stores_nothing(own: Shop) -> None:
    own.box.deliver(claim(1))
    assert "1 new mails" in done(own, "once")
    assert not (own.folder / "data").exists()


# --- killed between the steps ------------------------------------------------------------------------


def killed(shop: Shop, **environment: str) -> int:
    """Publishing that ends at a place; the exit code."""
    command = [sys.executable, str(ROOT / "tests" / "killing.py"), "publish", "-c", str(shop.folder / "config.toml")]
    more = child_environment(**environment)
    return subprocess.run(command, env=more, cwd=ROOT, capture_output=True, timeout=60, check=False).returncode


def test_publishing_that_is_killed_anywhere_leaves_the_old_edition_or_the_new_one_whole(own: Shop) -> None:
    own.round()
    rewrite(own)
    listed = own.folder / "places"
    before = shutil.copytree(own.folder / "data", own.folder / "before")
    assert killed(own, KILL_LIST=str(listed)) == 0
    places = list(dict.fromkeys(listed.read_text("utf-8").splitlines()))
    ours = [p for p in places if "shelf." in p or "editions." in p or "publishing." in p]
    assert {p.split()[1] for p in ours} >= {"mkdir", "write", "fsync", "rename", "execute"}, places
    for place in spread(ours, 10_000 if ALL else 5):
        shutil.rmtree(own.folder / "data")
        shutil.copytree(before, own.folder / "data")
        assert killed(own, KILL_AT=place) == -9, place
        with Store(own.folder / "data") as store:
            live = store.editions.live()
            assert live is not None
            assert live.number in (1, 2), place
            assert Shelf(store.folder).is_sound(live.hash), place
            config = load_config(own.folder / "config.toml")
            if live.number == 1:
                publish(store, config, "maria", "", datetime.now(UTC))
            roll_back(store, config, 1, "maria", "", datetime.now(UTC))
            kept = {path.name for path in (store.folder / "editions").iterdir() if path.is_dir()}
            assert kept == store.editions.hashes(), f"{place}: something is left over"
