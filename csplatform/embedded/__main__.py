"""python -m csplatform.embedded serve | run | demo | with [--data FOLDER] -- COMMAND ..."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from csplatform.checks import SHORTEST
from csplatform.embedded import product
from csplatform.embedded.account import account_for
from csplatform.embedded.folder import DataFolder, scratch_folder, temporary_folder
from csplatform.embedded.postgres import PostgreSQL
from csplatform.embedded.processes import (
    MARK,
    Refused,
    Stopped,
    listen_for_signals,
    spawn,
    stop,
)
from csplatform.embedded.supervisor import Supervisor
from csplatform.embedded.valkey import Valkey

NEW_KEY = (
    "The secret key of this data folder was shorter than is accepted now: a new one has been made, "
    "and everybody has to log in again."
)
SERVERS: dict[str, type[PostgreSQL | Valkey]] = {"database_url": PostgreSQL, "broker_url": Valkey}


@contextmanager
def supervised(
    path: Path, *, private: bool = False, durable: bool = True
) -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """Servers for what the environment does not name, and the environment that names them all.

    Private: servers of our own, whatever the environment names.
    """
    reachable = account_for(path / "postgres").owner is not None
    data = DataFolder(path, reachable=reachable)
    supervisor = Supervisor(data=data, stream=sys.stderr if private else sys.stdout)
    if data.renew_short_secret("secret_key", shortest=SHORTEST):
        supervisor.say(NEW_KEY)
    env = _environment(data)
    try:
        for key, server in SERVERS.items():
            if private or not env.get(key.upper()):
                supervisor.start_server(key, server(data=data, durable=durable))
        yield supervisor, env | supervisor.environment()
    finally:
        supervisor.stop()
        data.close()


def _environment(data: DataFolder) -> dict[str, str]:
    env = product.settings_from_file()
    env["SECRET_KEY"] = env.get("SECRET_KEY") or data.secret("secret_key")
    env.pop(MARK, None)
    # Importing this package has set it; tests and commands choose their own.
    if env.get("DJANGO_SETTINGS_MODULE") == "csplatform.settings":
        del env["DJANGO_SETTINGS_MODULE"]
    return env | {"DATA": str(data.path), "PYTHONUNBUFFERED": "1"}


def serve(options: argparse.Namespace) -> int:
    with supervised(options.data) as (supervisor, _):
        if not supervisor.servers:
            raise Refused("DATABASE_URL and BROKER_URL are both set: there is nothing to start.")
        supervisor.say(f"Ready. Commands find the servers with DATA={options.data}")
        return tend_until_stopped(supervisor)


def run(options: argparse.Namespace) -> int:
    """The whole product. The demo also opens its tenants before, and tells their logins after."""
    begun, demo = time.monotonic(), options.verb == "demo"
    product.refuse_a_taken_port(options.port)
    with supervised(options.data) as (supervisor, env):
        env |= {"PORT": str(options.port)}
        prepare(supervisor, env)
        if demo:
            product.manage("open_demo", env=env, log=None)
        supervisor.start_programs(
            product.programs(data=supervisor.data, env=env, port=options.port)
        )
        supervisor.say(f"\nReady in {time.monotonic() - begun:.1f} s. Ctrl-C stops everything.")
        supervisor.say(f"  Addresses   http://SLUG.localhost:{options.port}/, one for each tenant")
        supervisor.say(f"  Operators   http://platform.localhost:{options.port}/admin/")
        supervisor.say(f"  Logs        {supervisor.data.path / 'log'}")
        if not env.get("EMAIL_URL"):
            supervisor.say(f"  Mail        {supervisor.data.mail()} (delivered to nobody)")
        if demo:
            product.manage("open_demo", "--logins", env=env, log=None)
        return tend_until_stopped(supervisor)


def prepare(supervisor: Supervisor, env: dict[str, str]) -> None:
    with supervisor.step("Migrating"):
        product.manage("migrate", env=env, log=supervisor.data.log("migrate"))
    if product.static_files_changed(supervisor.data):
        with supervisor.step("Collecting static files"):
            product.collect_static_files(data=supervisor.data, env=env)


def tend_until_stopped(supervisor: Supervisor) -> int:
    try:
        while True:
            supervisor.tend()
    except Stopped as stopped:
        supervisor.say(f"\nStopping ({stopped}) ...")
        return 0


def run_with(options: argparse.Namespace) -> int:
    """A command with servers of its own. Its code is ours; what it was given is gone after."""
    if not options.command:
        raise Refused("with: which command? For example: with -- python manage.py check")
    with ExitStack() as until_done:
        supervisor, env = _servers_for(options, until_done)
        return _attend(options.command, supervisor=supervisor, env=env)


def _servers_for(
    options: argparse.Namespace, until_done: ExitStack
) -> tuple[Supervisor, dict[str, str]]:
    """Servers in the folder of `--data`, of `--scratch` where it is free, or in one for once."""
    if options.scratch:
        try:
            folder = scratch_folder(options.scratch)
            return until_done.enter_context(supervised(folder, private=True, durable=False))
        except Refused as refused:
            sys.stderr.write(f"{refused}\nGoing on with a temporary folder.\n")
    path = options.data or temporary_folder()
    if not options.data:
        until_done.callback(shutil.rmtree, path, ignore_errors=True)
    servers = supervised(path, private=True, durable=bool(options.data))
    return until_done.enter_context(servers)


def _attend(command: list[str], *, supervisor: Supervisor, env: dict[str, str]) -> int:
    try:
        process = spawn(command, log=None, env=env)
    except FileNotFoundError:
        supervisor.say(f"{command[0]}: there is no such program.")
        return 127
    try:
        while process.poll() is None:
            supervisor.tend()
    except Stopped as stopped:
        if stopped.number == signal.SIGINT:
            # Ctrl-C has reached the command as well: let it say its last words.
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
        raise
    finally:
        stop(process)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def read(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m csplatform.embedded", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    default = Path(os.environ.get("DATA") or "var").expanduser()
    for name, action in (("serve", serve), ("run", run), ("demo", run)):
        verb = verbs.add_parser(name)
        verb.set_defaults(action=action)
        verb.add_argument("--data", type=Path, default=default, help="folder of the data (var)")
        port = int(os.environ.get("PORT") or 8000)
        verb.add_argument("--port", type=int, default=port, help="of the web server (8000)")
    verb = verbs.add_parser("with")
    verb.set_defaults(action=run_with)
    verb.add_argument("--data", type=Path, help="keep the data here, instead of nowhere")
    scratch = "let the databases stay here for the next run, but not over a restart of the machine"
    verb.add_argument("--scratch", type=Path, help=scratch)
    end = argv.index("--") if "--" in argv else len(argv)
    options = parser.parse_args(argv[:end], argparse.Namespace(command=argv[end + 1 :]))
    for name in ("data", "scratch"):
        if getattr(options, name, None):
            setattr(options, name, (product.ROOT / getattr(options, name)).resolve())
    return options


def main(argv: list[str]) -> int:
    options = read(argv)
    listen_for_signals()
    try:
        return int(options.action(options))
    except Stopped as stopped:
        return 128 + stopped.number
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
    except PermissionError as denied:
        hint = "Name a folder of your own in DATA, or start as its owner."
        sys.stderr.write(f"This user may not use {denied.filename}. {hint}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
