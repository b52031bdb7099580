"""As whom PostgreSQL runs: it refuses root, and our folders shall not be opened up for it."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from csplatform.embedded.processes import Refused

UNSHARE = ("unshare", "--map-user=1000", "--map-group=1000", "--")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A prefix to its commands, or another user's numbers, or neither: as we are."""

    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None

    def take_over(self, folder: Path) -> None:
        """Make the folder and what is in it this account's; unshared root is root to files."""
        if self.owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, *self.owner, follow_symlinks=False)

    def check_reach(self, folder: Path, program: Path) -> None:
        """Another user has to be able to enter the data folder and run the program."""
        if not self.owner:
            return
        uid, gid = self.owner
        for what, test in ((folder, 'cd "$0"'), (program, '"$0" --version >/dev/null')):
            tried = subprocess.run(
                ["/bin/sh", "-c", test, what],
                cwd="/",
                user=uid,
                group=gid,
                extra_groups=[],
                capture_output=True,
                check=False,
            )
            if tried.returncode:
                raise Refused(
                    f"PostgreSQL does not run as root, and the user it would run as here "
                    f"({pwd.getpwuid(uid).pw_name}) cannot reach {what}. Start as an ordinary "
                    "user, or name a folder in DATA (and programs in PG_BIN) that it can reach."
                )


def account_for(folder: Path) -> Account:
    """Whoever owns the files already; for root, itself without its powers, else `nobody`."""
    if os.geteuid() != 0:
        return Account()
    found = folder.stat() if folder.exists() else None
    if found and found.st_uid != 0:
        return Account(owner=(found.st_uid, found.st_gid))
    if shutil.which("unshare") and not _returncode(*UNSHARE, "true"):
        return Account(prefix=UNSHARE)
    nobody = pwd.getpwnam("nobody")
    return Account(owner=(nobody.pw_uid, nobody.pw_gid))


def _returncode(*argv: str) -> int:
    return subprocess.run(argv, capture_output=True, check=False).returncode
