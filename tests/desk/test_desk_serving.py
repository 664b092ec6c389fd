"""The desk as a program: alone, beside the worker, behind a proxy; and who may work at it, from the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from config_text import problems_of, write
from desk_visitor import Visitor
from servers import free_port

from bot.config import load_config
from bot.desk.serve import beside_the_worker, listen
from bot.desk.state import DeskState
from bot.errors import DeskError
from bot.store.engine import Store
from bot.worker.wiring import open_desk

PASSWORD = "a long enough sentence"
SMALL = """
[mailbox]
type = "maildir"
[maildir]
path = "mail"
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
[address]
own = ["after-sales@kospet.com"]
[schedule]
poll_seconds = 1
[desk]
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    return tmp_path


def after_sales(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        input=said, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    try:
        yield program
    finally:
        program.kill()
        program.wait(10)


def wait_for(url: str, program: subprocess.Popen[str] | None = None) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urlopen(f"{url}/login", timeout=5).close()
            return
        except (URLError, ConnectionError):
            if program is not None and program.poll() is not None:
                pytest.fail(f"ended: {program.stdout.read() if program.stdout else ''}")
            assert time.monotonic() < until, "the desk does not open"
            time.sleep(0.1)


def stop(program: subprocess.Popen[str]) -> tuple[int, str]:
    program.send_signal(signal.SIGTERM)
    said, _ = program.communicate(timeout=30)
    return program.returncode, said


# --- alone and beside the worker ------------------------------------------------------------------------


def test_the_desk_is_served_alone_and_ends_when_told(folder: Path, port: int) -> None:
    config = str(write(folder, SMALL + f"port = {port}\n"))
    assert after_sales("user", "add", "ana", "-c", config, said=PASSWORD).returncode == 0
    with started("desk", "-c", config) as program:
        wait_for(f"http://127.0.0.1:{port}", program)
        assert Visitor(f"http://127.0.0.1:{port}").sign_in("ana", PASSWORD).status == 303
        code, said = stop(program)
    assert code == 0
    assert f"The desk is open: http://127.0.0.1:{port}" in said


def test_run_serves_the_desk_when_it_is_enabled_and_ends_with_it(folder: Path, port: int) -> None:
    config = str(write(folder, SMALL + f"enabled = true\nport = {port}\n"))
    assert after_sales("user", "add", "ana", "-c", config, said=PASSWORD).returncode == 0
    with started("run", "-c", config) as program:
        wait_for(f"http://127.0.0.1:{port}", program)
        visitor = Visitor(f"http://127.0.0.1:{port}")
        assert visitor.sign_in("ana", PASSWORD).status == 303
        until = time.monotonic() + 30
        while "Mail fetched just now" not in visitor.get("/me").words:
            assert time.monotonic() < until, "the worker beside the desk polls"
            time.sleep(0.2)
        code, _ = stop(program)
    assert code == 0


def test_run_serves_no_desk_unless_it_is_enabled(folder: Path, port: int) -> None:
    config = load_config(write(folder, SMALL + f"port = {port}\n"))
    with Store(config.data.folder), beside_the_worker(config):
        time.sleep(0.3)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=2)


def test_a_desk_that_cannot_open_leaves_the_worker_alone(folder: Path, port: int) -> None:
    """Its port is taken: the worker goes on, says so, and stops cleanly."""
    config = str(write(folder, SMALL + f"enabled = true\nport = {port}\n"))
    with socket.create_server(("127.0.0.1", port)), started("run", "-c", config) as program:
        data = folder / "data"
        until = time.monotonic() + 60
        while not polled(data):
            assert time.monotonic() < until
            time.sleep(0.2)
        code, said = stop(program)
    assert code == 0
    assert "the desk fell" in said
    assert "desk.port" in said


def polled(data: Path) -> bool:
    try:
        with Store(data, prepare=False) as store:
            return bool(store.db.value("SELECT last_ok_poll FROM mailbox"))
    except Exception:  # noqa: BLE001 - not there yet
        return False


def test_a_desk_that_falls_is_opened_again(folder: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.desk import serve

    monkeypatch.setattr(serve, "PAUSE", 0.2)
    config = load_config(write(folder, SMALL + f"enabled = true\nport = {port}\n"))
    with Store(config.data.folder), socket.create_server(("127.0.0.1", port)) as taken, beside_the_worker(config):
        time.sleep(1)
        taken.close()
        wait_for(f"http://127.0.0.1:{port}")


def test_a_taken_port_is_told_with_the_cure(folder: Path, port: int) -> None:
    config = load_config(write(folder, SMALL + f"port = {port}\n"))
    with socket.create_server(("127.0.0.1", port)), pytest.raises(DeskError, match=r"desk\.port"):
        listen(config.desk)


# --- beyond this machine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example.com"])
def test_an_address_that_others_reach_needs_a_word_and_a_proxy(tmp_path: Path, host: str) -> None:
    [problem] = problems_of(tmp_path, SMALL + f'host = "{host}"\n')
    assert "TLS" in problem
    assert "Caddy" in problem
    assert "desk.beyond_this_machine = true" in problem
    [problem] = problems_of(tmp_path, SMALL + f'host = "{host}"\nbeyond_this_machine = true\n')
    assert "desk.public_url" in problem
    clear = f'host = "{host}"\nbeyond_this_machine = true\npublic_url = "http://desk.example.com"\n'
    assert "desk.public_url" in problems_of(tmp_path, SMALL + clear)[0]
    config = load_config(write(tmp_path, SMALL + clear.replace("http:", "https:")))
    assert config.desk.host == host


@pytest.mark.parametrize(
    "url", ["desk.example.com", "ftp://desk.example.com", "https://desk.example.com/path", "https://"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    assert "https://desk.example.com" in problems_of(tmp_path, SMALL + f'public_url = "{url}"\n')[0]


@pytest.mark.parametrize(
    ("lines", "origins"),
    [
        ("port = 8470", {"http://127.0.0.1:8470", "http://localhost:8470"}),
        ("port = 80", {"http://127.0.0.1", "http://localhost"}),
        ('host = "::1"', {"http://[::1]:8470"}),
        ('public_url = "https://Desk.Example.com/"', {"https://desk.example.com"}),
        ('public_url = "https://desk.example.com:443"', {"https://desk.example.com"}),
        ('public_url = "https://desk.example.com:8443"', {"https://desk.example.com:8443"}),
        ('public_url = "http://desk.example.com:80"', {"http://desk.example.com"}),
    ],
)
def test_the_desk_knows_its_own_addresses_as_browsers_write_them(tmp_path: Path, lines: str, origins: set[str]) -> None:
    config = load_config(write(tmp_path, SMALL + lines + "\n"))
    with Store(config.data.folder):
        pass
    state = DeskState(open_desk(config))
    assert state.origins == origins
    state.close()


PROXIED = """port = {port}
public_url = "https://desk.example.com"
trusted_proxies = ["127.0.0.1"]
"""


@pytest.fixture
def behind_a_proxy(folder: Path, port: int) -> Iterator[DeskState]:
    """The desk as it stands behind a proxy with TLS on the same machine."""
    import threading

    from bot.desk.people import HASHER
    from bot.desk.serve import server
    from bot.store.states import Role

    config = load_config(write(folder, SMALL + PROXIED.format(port=port)))
    with Store(config.data.folder):
        pass
    state = DeskState(open_desk(config))
    state.store.people.add("ana", "Ana", Role.AGENT, HASHER.hash(PASSWORD), state.now())
    with listen(config.desk) as sock:
        running = server(state)
        thread = threading.Thread(target=running.run, args=([sock],), daemon=True)
        thread.start()
        wait_for_port(port)
        yield state
        running.should_exit = True
        thread.join(10)
    state.close()


def wait_for_port(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)


class Proxy(Visitor):
    """Asks like a proxy: for the public host, saying who asked."""

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> object:  # type: ignore[override]
        said = {"Host": "desk.example.com", "X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https"}
        origin = {"Origin": "https://desk.example.com"} if method == "POST" else {}
        return super().ask(method, path, body, {**headers, **said, **origin})


def test_behind_a_proxy_cookies_are_for_tls_only_and_the_visitor_is_known(behind_a_proxy: DeskState, port: int) -> None:
    visitor = Proxy(f"http://127.0.0.1:{port}")
    visitor.get("/login")
    answer = visitor.post("/login", name="ana", password=PASSWORD)
    assert answer.status == 303
    [cookie] = [line for line in answer.headers.get_all("Set-Cookie", []) if "session" in line]
    assert cookie.startswith("__Host-desk_session=")
    assert re.search(r"; Secure\b", cookie)
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]
    [session] = behind_a_proxy.store.db.rows("SELECT address FROM session")
    assert session["address"] == "203.0.113.5"


def test_behind_a_proxy_the_desk_answers_to_its_public_name_only(behind_a_proxy: DeskState, port: int) -> None:
    assert Visitor(f"http://127.0.0.1:{port}").get("/login").status == 421


def test_without_a_trusted_proxy_nobody_says_where_they_come_from(folder: Path, port: int) -> None:
    config = str(write(folder, SMALL + f"port = {port}\n"))
    after_sales("user", "add", "ana", "-c", config, said=PASSWORD)
    with started("desk", "-c", config) as program:
        wait_for(f"http://127.0.0.1:{port}", program)
        visitor = Visitor(f"http://127.0.0.1:{port}")
        visitor.get("/login")
        visitor.post("/login", name="ana", password=PASSWORD, headers={"X-Forwarded-For": "203.0.113.5"})
        with Store(folder / "data", prepare=False) as store:
            assert [row["address"] for row in store.db.rows("SELECT address FROM session")] == ["127.0.0.1"]


# --- people, from the command line ---------------------------------------------------------------------------


@pytest.fixture
def config(folder: Path) -> str:
    return str(write(folder, SMALL))


def people(config: str) -> list[dict[str, object]]:
    done = after_sales("user", "list", "--json", "-c", config)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_somebody_is_let_in_before_the_first_mail(config: str) -> None:
    done = after_sales(
        "user", "add", "Ana@Example.com", "--role", "lead", "--shown", "Ana F.", "-c", config, said=PASSWORD
    )
    assert (done.returncode, done.stdout) == (0, "ana@example.com can sign in, as lead.\n")
    [ana] = people(config)
    assert (ana["name"], ana["shown"], ana["role"], ana["disabled"]) == ("ana@example.com", "Ana F.", "lead", 0)
    assert after_sales("user", "add", "ana@example.com", "-c", config, said=PASSWORD).returncode == 1


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("ana", "short", "at least 12 characters"),
        ("ana", "", "at least 12 characters"),
        ("ana", "aaaaaaaaaaaaaaaa", "repeats"),
        ("ana.ferreira", "ana.ferreira 2025", "holds the name"),
        ("ana ferreira", PASSWORD, "a name is"),
        ("", PASSWORD, "a name is"),
        ("<b>", PASSWORD, "a name is"),
    ],
)
def test_who_cannot_be_let_in_is_told_why(config: str, name: str, password: str, said: str) -> None:
    done = after_sales("user", "add", name, "-c", config, said=password)
    assert done.returncode == 2
    assert said in done.stderr
    assert people(config) == []


def test_no_command_takes_a_password_as_an_option() -> None:
    for command in ("add", "passwd"):
        shown = after_sales("user", command, "--help").stdout
        assert re.search(r"--pass|-p\b", shown) is None


def test_a_password_is_set_anew_and_every_browser_is_out(config: str, folder: Path) -> None:
    after_sales("user", "add", "ana", "-c", config, said=PASSWORD)
    with Store(folder / "data", prepare=False) as store:
        before = store.people.secret_of("ana")
        assert before
        now = store.logical_now(before_now())
        store.people.sign_in(before[0].id, "0" * 64, now, now, lasting=False, address="", browser="")
    assert after_sales("user", "passwd", "ana", "-c", config, said="quite another sentence").returncode == 0
    with Store(folder / "data", prepare=False) as store:
        after = store.people.secret_of("ana")
        assert after
        assert after[1] != before[1]
        assert store.db.value("SELECT count(*) FROM session") == 0


def before_now() -> object:
    from bot.worker.wiring import wall_clock

    return wall_clock()


def test_somebody_is_shut_out_let_in_again_and_made_somebody_else(config: str) -> None:
    after_sales("user", "add", "ana", "-c", config, said=PASSWORD)
    assert "shut out" in after_sales("user", "disable", "ana", "-c", config).stdout
    assert people(config)[0]["disabled"] == 1
    assert after_sales("user", "disable", "ana", "--undo", "-c", config).returncode == 0
    assert after_sales("user", "role", "ana", "reader", "-c", config).returncode == 0
    assert (people(config)[0]["disabled"], people(config)[0]["role"]) == (0, "reader")
    shown = after_sales("user", "list", "-c", config).stdout
    assert re.search(r"ana +ana +reader +yes +0", shown)


@pytest.mark.parametrize("command", [["passwd"], ["disable"], ["role", "lead"]], ids=lambda words: words[0])
def test_nobody_of_that_name_is_told(config: str, command: list[str]) -> None:
    after_sales("user", "add", "ana", "-c", config, said=PASSWORD)
    done = after_sales("user", command[0], "nobody", *command[1:], "-c", config, said=PASSWORD)
    assert (done.returncode, done.stderr) == (1, "there is nobody named nobody\n")


def test_the_desk_says_when_nobody_can_sign_in(folder: Path, port: int) -> None:
    config = str(write(folder, SMALL + f"port = {port}\n"))
    with started("desk", "-c", config) as program:
        wait_for(f"http://127.0.0.1:{port}", program)
        _, said = stop(program)
    assert "after-sales user add" in said


def test_check_tells_about_the_desk(folder: Path) -> None:
    off = str(write(folder, SMALL))
    assert "desk: off in after-sales run; 0 people can sign in" in after_sales("check", "--offline", "-c", off).stdout
    on = str(write(folder, SMALL + "enabled = true\n"))
    lonely = after_sales("check", "--offline", "-c", on)
    assert lonely.returncode == 1
    assert "after-sales user add" in lonely.stdout
    after_sales("user", "add", "ana", "-c", on, said=PASSWORD)
    assert (
        "desk: served by after-sales run at http://127.0.0.1:8470; 1 person"
        in after_sales("check", "--offline", "-c", on).stdout
    )
