"""``make docs-test``: the documentation walked on a bare machine, as a new operator would, by its own lines.

A new environment gets litwatch from a copy of this checkout. Then: a site, an article, Prefect's server and worker,
deployments, a scheduled night, a check as the form asks for it, a power cut (``kill -9`` of worker and run), the next
night, an answer at the desk, a backup that is restored elsewhere. NCBI is ``litwatch standin``; all servers are on
loopback, in a folder of their own. The package index is asked for what the lock pins. It takes some ten minutes, most
of them waiting: pip, and the time after which Prefect gives a run up whose machine is gone.

A line is run as a page gives it; only the ports differ. At the end, every line of ``page_commands.BY_DOCS_TEST`` must
have run, or its reason for not running is printed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.browser.chromium import is_installed, open_browser, show
from tests.docs.page_commands import BY_DOCS_TEST, PAGES, PROJECT, commands_in_text, shell_lines
from tests.docs.page_walk import article_to_begin_with

PATIENCE = 300.0
"""Seconds for which a server, a run or a page is waited for."""
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
PAGE_LINES = {line for page in PAGES for line in (*shell_lines(page), *commands_in_text(page))}


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def wait_for(what: Callable[[], Any], why: str, patience: float = PATIENCE) -> Any:
    """Ask again until there is an answer. Raises SystemExit when there is none in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if answer := what():
                return answer
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"{why} did not happen within {patience:.0f} s")


class Terminal:
    """A bash in which the pages' lines are typed. What a line exports holds for the next ones."""

    def __init__(self, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LITWATCH_", "PREFECT_"))}
        kept = {name: value for name, value in kept.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        self.home, self.ports = home, {port: str(_free_port()) for port in ("4200", "8642", "8765")}
        self.environment = kept | {"HOME": str(home), "PREFECT_HOME": str(home / "prefect")}
        self.folder = home
        self.ran: set[str] = set()
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    def type(self, line: str, *, here: str | None = None, status: tuple[int, ...] = (0,)) -> str:
        """Run a line of a page and give what it printed; ``here`` is what it is on this machine, if not the same."""
        assert line in PAGE_LINES, f"no page has the line: {line}"
        out = self.do(here or line, status=status)
        self.ran.add(line)
        return out

    def do(self, line: str, *, status: tuple[int, ...] = (0,)) -> str:
        """Run a line that is no page's. Raises SystemExit with what it printed when it fails."""
        say(f"$ {line}")
        line = self._moved(line)
        marked = f"{line}\nstatus=$?\nprintf '\\0%s\\0' \"$PWD\"\nenv -0\nexit $status"
        done = subprocess.run(
            ["bash", "-c", marked], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        out, _, rest = done.stdout.partition("\0")
        folder, _, variables = rest.partition("\0")
        if done.returncode not in status or not folder:
            raise SystemExit(f"{line}: status {done.returncode}\n{out}{done.stderr}")
        self.folder = Path(folder)
        self.environment = dict(each.split("=", 1) for each in variables.split("\0") if "=" in each)
        return out

    def leave_running(self, name: str, line: str, here: str | None = None) -> subprocess.Popen[bytes]:
        """Start a line that does not end, as in another terminal, with a log of its own."""
        assert line in PAGE_LINES, f"no page has the line: {line}"
        command = self._moved((here or line).removesuffix("&"))
        say(f"$ {command}   (left running)")
        with (self.home / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                ["bash", "-c", f"exec {command}" if "=" not in command.split()[0] else command],
                cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.servers[name] = started
        self.ran.add(line)
        return started

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End what was left running, with what it started."""
        process = self.servers.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def address(self, port: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[port]}{path}"

    def _moved(self, line: str) -> str:
        for printed, free in self.ports.items():
            line = line.replace(printed, free)
        return line


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Prefect's server, as its own page asks it."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=f"{address}/api/", timeout=60)

    def read(self, what: str, **body: Any) -> list[dict[str, Any]]:
        answer = self.client.post(f"{what}/filter", json=body)
        answer.raise_for_status()
        return list(answer.json())

    def runs(self, deployment: str, *, scheduled: bool) -> list[dict[str, Any]]:
        """The runs of a deployment, newest first: those that its schedule made, or those that somebody asked for."""
        found = self.read("flow_runs", deployments={"name": {"any_": [deployment]}}, sort="START_TIME_DESC")
        return [run for run in found if run["auto_scheduled"] == scheduled]

    def ask(self, deployment: str, **parameters: str) -> str:
        """Ask for a run as the page's form does; its id."""
        (found,) = self.read("deployments", deployments={"name": {"any_": [deployment]}})
        made = self.client.post(f"deployments/{found['id']}/create_flow_run", json={"parameters": parameters})
        made.raise_for_status()
        return str(made.json()["id"])

    def run(self, run: str) -> dict[str, Any]:
        answer = self.client.get(f"flow_runs/{run}")
        answer.raise_for_status()
        return dict(answer.json())

    def state(self, run: str) -> str:
        return str(self.run(run)["state_type"])

    def end_of(self, run: str, patience: float = PATIENCE) -> str:
        return str(wait_for(lambda: (state := self.state(run)) in ENDED and state, f"the end of run {run}", patience))


def install(terminal: Terminal) -> None:
    """begin.md: a new environment with litwatch from a copy of the checkout."""
    checkout = terminal.home / "checkout"
    for name in ("src", "flows", "queries"):
        shutil.copytree(PROJECT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "prefect.yaml", "prefect.shards.yaml", "automations.yaml"):
        shutil.copy(PROJECT / name, checkout)
    pins = re.findall(
        r"^([\w.-]+)(?:\[[^\]]*\])?(==[^\s;]+(?: ;[^\\\n]*)?)", (PROJECT / "requirements.lock").read_text(), re.M
    )
    (terminal.home / "pins.txt").write_text("\n".join("".join(pin) for pin in pins))
    terminal.environment["PIP_CONSTRAINT"] = str(terminal.home / "pins.txt")
    terminal.environment["PIP_QUIET"] = "1"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        terminal.do("apt-get update -qq")
        terminal.type("apt-get install python3-venv", here="apt-get install -y -qq python3-venv")
    else:
        say("not run: apt-get install python3-venv (needs Debian and root)")
        terminal.ran.add("apt-get install python3-venv")
    terminal.folder = checkout
    terminal.type("python3 -m venv ~/litwatch", here=f"{sys.executable} -m venv ~/litwatch")
    terminal.type(". ~/litwatch/bin/activate")
    terminal.type("pip install .")
    terminal.type("pip wheel --no-deps --wheel-dir wheels .")
    terminal.type("pip install wheels/*.whl", here="pip install --force-reinstall --no-deps wheels/*.whl")
    terminal.type("litwatch --version")
    terminal.folder = terminal.home


def first_article(terminal: Terminal) -> None:
    """begin.md: from no site to the first night, with the stand-in as PubMed."""
    (terminal.home / "sleep-and-insulin.docx").write_bytes(article_to_begin_with())
    terminal.leave_running("standin", "litwatch standin --faults none", "litwatch standin --faults none --port 8642")
    wait_for(lambda: httpx.get(terminal.address("8642", "/standin/")).is_success, "the stand-in's start")
    terminal.type("export LITWATCH_EUTILS=http://127.0.0.1:8642/entrez/eutils/")
    lines = shell_lines(PROJECT / "docs" / "begin.md")
    trial = lines.index("litwatch init ../trial --email you@example.org")
    for line in lines[:trial]:
        if line not in terminal.ran and not line.startswith("rm "):  # the example is what the stand-in knows
            terminal.type(
                line, status=(0, 1) if line.startswith(("litwatch doctor", "litwatch articles lint")) else (0,)
            )
    site = terminal.folder
    for line in lines[trial:]:
        terminal.type(line)
    terminal.folder = site
    terminal.type("cd /the/site && litwatch nightly", here=f"cd {shlex.quote(str(site))} && litwatch nightly")
    records = terminal.folder / "records"
    records.mkdir()
    shutil.copy(PROJECT / "src/litwatch/standin/scenarios/cited-paper.yaml", records)
    given = "litwatch standin --corpus records/ --today 2026-03-01"
    terminal.leave_running("records", given, f"{given} --port 0")
    wait_for(lambda: "http://" in (terminal.home / "records.log").read_text(), "the second stand-in's start")
    terminal.stop("records")


def schedule(terminal: Terminal) -> Server:
    """operating.md: server, deployments, worker; a scheduled night, and a check as the form asks for it."""
    page = shell_lines(PROJECT / "docs" / "operating.md")
    variables, start, deploy, work = page[:4]  # the page begins with them
    terminal.type(variables)
    terminal.leave_running("server", start)
    server = Server(terminal.address("4200"))
    wait_for(lambda: server.client.get("health").is_success, "the start of Prefect's server")
    site = terminal.folder
    in_checkout = page[page.index("prefect work-pool create litwatch --type process") - 1 :][:5]
    terminal.folder = terminal.home / "checkout"
    for line in in_checkout:
        terminal.type(line)
    terminal.folder = site
    terminal.do(f"export LITWATCH_HOME={shlex.quote(str(site))}")
    _hurry(site)
    terminal.type(deploy)
    terminal.environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] = "30"
    terminal.leave_running("worker", work)
    run = wait_for(
        lambda: next((run for run in server.runs("nightly", scheduled=True) if run["state_type"] in ENDED), None),
        "the end of a scheduled night",
    )
    assert run["state_type"] == "COMPLETED", run["state"]
    say(f"a scheduled night: {run['name']}: {run['state']['message']}")
    (site / "prefect.yaml").write_text((PROJECT / "prefect.yaml").read_text())
    terminal.type(deploy)
    for line in page:
        if line.startswith("prefect deployment run check-article"):
            terminal.type(line)
    assert server.end_of(server.ask("check-article", article="sleep-and-insulin")) == "COMPLETED"
    assert server.end_of(server.ask("check-article", article="no-such-article")) == "FAILED"
    terminal.type("prefect deployment run nightly/nightly", here="prefect deployment run nightly/nightly --watch")
    return server


def _hurry(site: Path) -> None:
    """A night each minute, and a dead run given up after 90 seconds, as automations.yaml allows."""
    for name, printed, here in (
        ("prefect.yaml", '"30 5 * * *"', '"* * * * *"'),
        ("automations.yaml", "within: 400", "within: 90"),
    ):
        text = (site / name).read_text()
        assert printed in text, name
        (site / name).write_text(text.replace(printed, here))


def cut_power(terminal: Terminal, server: Server) -> None:
    """Worker and run are killed together; the next night runs by itself once Prefect has given the dead one up."""
    dead = server.ask("nightly")
    wait_for(lambda: server.state(dead) == "RUNNING", "the start of a night")
    terminal.stop("worker", signal.SIGKILL)
    kill_processes_of(dead)
    say(f"power cut: for Prefect the night is {server.state(dead)}")
    terminal.leave_running("worker", shell_lines(PROJECT / "docs" / "operating.md")[3])
    following = server.ask("nightly")
    assert server.end_of(following, 600) == "COMPLETED"
    state = server.run(dead)["state"]
    say(f"the next night ran by itself; the dead one is {state['type']}: {state['message']}")
    assert (state["type"], "no heartbeat" in state["message"]) == ("CRASHED", True)


def kill_processes_of(run: str) -> None:
    """Kill what works on a run of Prefect's, wherever it was started: its processes know the run's id."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "environ").read_bytes()
        except OSError:
            continue
        if run.encode() in known and int(process.name) != os.getpid():
            os.kill(int(process.name), signal.SIGKILL)


def answer_at_the_desk(terminal: Terminal) -> None:
    """desk.md and answering.md: a member's link, its page, a button, and the event that becomes of it."""
    for line in shell_lines(PROJECT / "docs" / "desk.md"):
        if line.startswith("export LITWATCH_DESK"):
            terminal.type(line, here=line.replace("https://desk.example.org/", terminal.address("8765", "/")))
        if line == "litwatch desk --port 8765":
            break
    told = terminal.do("litwatch desk invite board@example.org --role member --article insulin-resistance")
    terminal.leave_running("desk", "litwatch desk --port 8765")
    wait_for(lambda: httpx.get(terminal.address("8765", "/")).status_code < 500, "the desk's start")
    (link,) = re.findall(r"http://\S+", told)
    with httpx.Client(follow_redirects=True, timeout=60) as browser:
        page = browser.get(link)
        form = next(
            form for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if 'value="not-relevant"' in form
        )
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        action = re.findall(r'action="([^"]+)"', form)[0]
        answered = browser.post(page.url.join(action), data=hidden | {"answer": "not-relevant", "reason": "seen"})
        assert answered.is_success, answered.text
    assert "waits for the next run" in answered.text
    terminal.stop("desk")
    assert "not relevant" in terminal.type("litwatch audit list")
    terminal.type("litwatch audit verify")
    terminal.leave_running("desk", "litwatch desk", "litwatch desk --port 8765")
    wait_for(lambda: httpx.get(terminal.address("8765", "/")).status_code < 500, "the desk's start")
    terminal.stop("desk")


def restore_elsewhere(terminal: Terminal) -> None:
    """operating.md: a backup, and another site that is made from it and knows the answer."""
    backups = terminal.home / "backups"
    backups.mkdir()
    terminal.type("litwatch backup /mnt/backups", here=f"litwatch backup {backups}")
    (made,) = backups.glob("*.tar")
    terminal.folder = terminal.home
    terminal.do("unset LITWATCH_HOME")
    terminal.type(
        "litwatch init mysite --email you@example.org", here="litwatch init elsewhere --email you@example.org"
    )
    terminal.type("cd mysite", here="cd elsewhere")
    terminal.type(
        "litwatch restore /mnt/backups/litwatch-20261130T053000Z.tar --replace",
        here=f"litwatch restore {made} --replace",
    )
    assert "not relevant" in terminal.type("litwatch audit list")
    terminal.type("litwatch audit verify")
    terminal.type("litwatch nightly", status=(0, 1))
    terminal.type("litwatch status")


def make_in_the_checkout() -> set[str]:
    """The two targets that README names, in this checkout, with the environment that runs this."""
    for line in ("make run", "make docs"):
        say(f"$ {line}")
        subprocess.run([*shlex.split(line), "--assume-old=.venv/.ready"], cwd=PROJECT, check=True)
    look_at_the_site(PROJECT / "docs" / "_build" / "site")
    return {"make run", "make docs"}


def look_at_the_site(site: Path) -> None:
    """Open every page on a phone and on a desk: none is wider than its window, and none fetches anything from afar."""
    if not is_installed():
        say("not looked at: the site in Chromium, which is not on this machine")
        return
    pages = sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)
    with tempfile.TemporaryDirectory() as profile, open_browser(Path(profile)) as browser:
        for width, dark in ((390, True), (1280, False)):
            for page in pages:
                show(browser, page, width=width, dark=dark)
                wide = browser.execute_script("return document.documentElement.scrollWidth")
                assert wide <= width, f"{page.name} is {wide} pixels wide in a window of {width}"
                loaded = browser.execute_script(
                    "return performance.getEntriesByType('resource').map(each => each.name)"
                )
                assert all(name.startswith("file:") for name in loaded), (page.name, loaded)
    say(f"{len(pages)} pages looked at in Chromium")


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="docs-test-"))
    terminal = Terminal(home)
    try:
        install(terminal)
        first_article(terminal)
        server = schedule(terminal)
        cut_power(terminal, server)
        answer_at_the_desk(terminal)
        restore_elsewhere(terminal)
    finally:
        for name in list(terminal.servers):
            terminal.stop(name)
    ran = terminal.ran | make_in_the_checkout()
    missing = BY_DOCS_TEST - ran
    if missing:
        raise SystemExit("not run:\n" + "\n".join(sorted(missing)))
    shutil.rmtree(home)
    say(f"{len(ran)} lines of the documentation ran")


if __name__ == "__main__":
    main()
