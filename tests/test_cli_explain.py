"""``after-sales explain``: the public JSON, the report, and whole mailboxes. Each command is a real process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from command import ROOT, run

STORY = ROOT / "fixtures" / "stories" / "complete-repair-request" / "1-customer.eml"
OUT_OF_OFFICE = ROOT / "fixtures" / "automatic" / "away-en-with-headers.eml"
# key of explain --json -> its type; this is public, and nothing else may be in it
EXPLAINED: dict[str, tuple[type, ...]] = {
    "kind": (str,),
    "order_number": (str, list, type(None)),
    "platform": (str, type(None)),
    "model": (str, list, type(None)),
    "tracking_number": (str, list, type(None)),
    "purchase_date": (str, type(None)),
    "delivery_date": (str, type(None)),
    "missing": (list,),
    "service": (str, type(None)),
    "flags": (list,),
    "language": (str,),
    "is_auto": (bool,),
    "state": (str,),
    "next_actor": (str,),
    "answer_by": (str, type(None)),
    "reply_by": (str, type(None)),
    "doubt": (str, type(None)),
    "reply": (dict,),
    "checks": (list,),
    "findings": (list,),
    "policy_hash": (str,),
    "own_words": (str,),
    "text": (str,),
    "attachments": (list,),
    "defects": (list,),
}


def test_explain_json_has_exactly_the_public_keys() -> None:
    result = run("explain", STORY, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    row = json.loads(result.stdout)
    assert list(row) == list(EXPLAINED)
    wrong = {key: row[key] for key, kinds in EXPLAINED.items() if not isinstance(row[key], kinds)}
    assert wrong == {}
    assert set(row["reply"]) == {"name", "language", "subject", "body", "why_none"}
    assert row["findings"]
    for finding in row["findings"]:
        assert set(finding) == {"field", "value", "confidence", "letter", "source", "note"}
        assert set(finding["source"]) == {"place", "start", "end", "words"}
        source = finding["source"]
        if source["place"] == "own_words":
            assert row["own_words"][source["start"] : source["end"]] == source["words"]
    for check in row["checks"]:
        assert set(check) == {"rule", "outcome", "clause", "words"}
        assert check["outcome"] in ("passed", "failed", "unknown")
        assert check["clause"]
    assert row["own_words"] in row["text"]


def test_explain_says_why_there_is_no_reply() -> None:
    row = json.loads(run("explain", OUT_OF_OFFICE, "--json").stdout)
    assert list(row) == list(EXPLAINED)
    assert (row["is_auto"], row["kind"]) == (True, "auto_reply")
    assert row["reply"]["name"] is None
    assert row["reply"]["why_none"]


def test_several_mails_are_one_case_and_the_last_one_speaks() -> None:
    folder = ROOT / "fixtures" / "stories" / "missing-photo-then-sent"
    mails = [folder / "1-customer.eml", folder / "2-customer.eml"]
    first, both = (json.loads(run("explain", *some, "--json").stdout) for some in (mails[:1], mails))
    assert "photo_or_video" in first["missing"]
    assert "photo_or_video" not in both["missing"]
    assert both["kind"] == "details_followup"
    assert {finding["letter"] for finding in both["findings"]} == {1, 2}


def test_the_readable_report_tells_the_same() -> None:
    shown = run("explain", STORY).stdout
    for part in (
        "new_claim, language en",
        "Found",
        "Service if all that is true: free_repair",
        "Reply: ready_for_staff",
    ):
        assert part in shown
    assert "services table, row 3" in shown


def test_each_takes_folders_and_maildirs_and_never_stops_at_a_bad_one(tmp_path: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    shutil.copy(STORY, tmp_path / "Maildir" / "new" / "1.host")
    shutil.copy(OUT_OF_OFFICE, tmp_path / "Maildir" / "cur" / "2.host:2,S")
    (tmp_path / "Maildir" / "tmp" / "half").write_text("not yet a mail")
    folder = tmp_path / "folder" / "deep"
    folder.mkdir(parents=True)
    shutil.copy(STORY, folder / "good.eml")
    (folder / "bad.eml").write_bytes(b"")
    (folder / ".hidden").write_text("x")
    missing = tmp_path / "missing.eml"
    result = run("explain", "--each", tmp_path / "Maildir", tmp_path / "folder", missing)
    assert result.returncode == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    told = {Path(row["file"]).name: row.get("error") for row in rows}
    assert set(told) == {"1.host", "2.host:2,S", "good.eml", "bad.eml", "missing.eml"}
    assert {name for name, error in told.items() if error} == {"bad.eml", "missing.eml"}
    assert all(list(row) == ["file", *EXPLAINED] for row in rows if "error" not in row)
    assert result.stderr == ""


def test_each_over_good_mails_ends_with_zero(tmp_path: Path) -> None:
    shutil.copy(STORY, tmp_path / "one.eml")
    assert run("explain", "--each", tmp_path).returncode == 0
