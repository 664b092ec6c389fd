"""Tokens of other programs: shown once, never kept, and what was answered to them is answered again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from scenes import NOON, Scene

from bot.errors import StoreError
from bot.store.engine import DATABASE
from bot.store.states import Role
from bot.store.tokens import KEEP_ANSWERS, PREFIX, Token


def test_a_token_is_found_by_its_text_alone(scene: Scene) -> None:
    text = scene.store.tokens.add("orders", Role.AGENT, None, "maria", NOON)
    found = scene.store.tokens.find(text, NOON)
    assert (found.name, found.role) == ("orders", Role.AGENT) if found else False
    for wrong in ("", PREFIX, text[:-1], text + "x", text.upper(), "orders"):
        assert scene.store.tokens.find(wrong, NOON) is None


def test_two_tokens_have_nothing_in_common(scene: Scene) -> None:
    texts = {scene.store.tokens.add(f"n{n}", Role.READER, None, "maria", NOON) for n in range(20)}
    assert len(texts) == 20
    assert all(text.startswith(PREFIX) and len(text) == len(PREFIX) + 43 for text in texts)


def test_the_text_of_a_token_is_nowhere_on_disk(scene: Scene) -> None:
    text = scene.store.tokens.add("orders", Role.AGENT, None, "maria", NOON)
    scene.store.tokens.find(text, NOON)
    scene.store.close()
    secret = text.removeprefix(PREFIX).encode()
    assert secret not in (scene.folder / DATABASE).read_bytes()


def test_a_token_ends_at_its_time(scene: Scene) -> None:
    text = scene.store.tokens.add("orders", Role.AGENT, NOON + timedelta(days=1), "maria", NOON)
    assert scene.store.tokens.find(text, NOON + timedelta(hours=23, minutes=59)) is not None
    assert scene.store.tokens.find(text, NOON + timedelta(days=1)) is None
    assert scene.store.tokens.list(NOON + timedelta(days=2))[0]["state"] == "expired"


def test_a_revoked_token_ends_at_once_and_keeps_its_name(scene: Scene) -> None:
    text = scene.store.tokens.add("orders", Role.AGENT, None, "maria", NOON)
    scene.store.tokens.revoke("orders", NOON)
    assert scene.store.tokens.find(text, NOON) is None
    assert scene.store.tokens.list(NOON)[0]["state"] == "revoked"
    with pytest.raises(StoreError, match="there is a token"):
        scene.store.tokens.add("orders", Role.READER, None, "maria", NOON)
    with pytest.raises(StoreError, match="no token"):
        scene.store.tokens.revoke("orders", NOON)


def test_the_list_says_when_a_token_was_last_used_to_the_minute(scene: Scene) -> None:
    text = scene.store.tokens.add("orders", Role.AGENT, None, "maria", NOON)
    assert scene.store.tokens.list(NOON)[0]["last_used_at"] is None
    for seconds in (0, 30, 59):
        scene.store.tokens.find(text, NOON + timedelta(seconds=seconds))
    assert scene.store.tokens.list(NOON)[0]["last_used_at"] == "2025-03-14T12:00:00Z"
    scene.store.tokens.find(text, NOON + timedelta(seconds=60))
    row = scene.store.tokens.list(NOON)[0]
    assert row["last_used_at"] == "2025-03-14T12:01:00Z"
    assert not {"sha256", "id"} & set(row)


def token(scene: Scene, name: str = "orders") -> Token:
    found = scene.store.tokens.find(scene.store.tokens.add(name, Role.AGENT, None, "maria", NOON), NOON)
    assert found is not None
    return found


def test_an_answer_is_kept_for_its_key_and_token(scene: Scene) -> None:
    one, other = token(scene), token(scene, "other")
    scene.store.tokens.remember(one, "key", "a" * 64, '{"version": 2}', NOON)
    known = scene.store.tokens.answered(one, "key")
    assert known is not None
    assert (known.request_sha256, known.answer) == ("a" * 64, '{"version": 2}')
    assert scene.store.tokens.answered(one, "another key") is None
    assert scene.store.tokens.answered(other, "key") is None
    with pytest.raises(StoreError, match="UNIQUE"):
        scene.store.tokens.remember(one, "key", "b" * 64, "{}", NOON)


def test_an_answer_is_not_kept_when_what_it_answers_was_undone(scene: Scene) -> None:
    one = token(scene)
    with suppress(RuntimeError), scene.store.write():
        scene.store.tokens.remember(one, "key", "a" * 64, "{}", NOON)
        raise RuntimeError
    assert scene.store.tokens.answered(one, "key") is None


def test_old_answers_are_forgotten(scene: Scene) -> None:
    one = token(scene)
    scene.store.tokens.remember(one, "old", "a" * 64, "{}", NOON)
    scene.store.tokens.remember(one, "new", "a" * 64, "{}", NOON + KEEP_ANSWERS + timedelta(seconds=1))
    assert scene.store.tokens.answered(one, "old") is None
    assert scene.store.tokens.answered(one, "new") is not None
