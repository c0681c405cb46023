"""Does the command line take who we are, keep secrets off itself, and warn before something is given away?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import preserve
from preserve.cli.main import preserve as command_line

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.demo import DemoServer


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of the command line."""
    done = CliRunner().invoke(command_line, arguments, env=environment)
    return done.exit_code, done.stdout, done.stderr


def test_archive_with_credentials_and_export(server: DemoServer, tmp_path: Path) -> None:
    """What was given reaches the package by name only; show says that it is restricted, and export warns."""
    headers = tmp_path / "headers"
    headers.write_text("X-Token: s3cret-token\n")
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\ts3cret-cookie\n")
    code, out, error = run(
        *("archive", server.url, "--into", str(tmp_path / "in"), "--allow-private-network", "--json"),
        *("--header", f"@{headers}", "--cookies", str(cookies), "--auth", "anna", "--password-env", "MINE"),
        *("--contact", "desk@example.org", "--quiet"),
        MINE="s3cret-password",
    )
    assert (0, "") == (code, error)
    assert "s3cret" not in out
    described = json.loads(out.splitlines()[0])
    assert "header X-Token, cookies, basic authentication" in described["restricted"][0]
    (path,) = (tmp_path / "in").glob("*/*Z")
    assert preserve.open_package(path).capture.request.user_agent.endswith(" (+desk@example.org)")
    assert "\n  restricted  It was made with" in run("show", str(path))[1]
    for quiet in ((), ("--quiet",)):
        target = str(tmp_path / f"{len(quiet)}.wacz")
        code, _, error = run("export", str(path), "--wacz", target, *quiet)
        assert 0 == code
        assert error.startswith("warning: look before you give it away. It was made with")


def test_one_file_warns_too(server: DemoServer, tmp_path: Path) -> None:
    """A capture straight into a file says why it is restricted."""
    code, _, error = run(
        *("archive", server.url, "-o", str(tmp_path / "a.wacz"), "--allow-private-network", "-q"),
        *("--header", "X-Token: s3cret"),
    )
    assert 0 == code
    assert error.startswith("warning: look before you give it away.")
    assert "s3cret" not in error


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--auth", "anna"), "the environment has no PRESERVE_PASSWORD"),
        (("--auth", "anna", "--password-env", "NOT_THERE"), "the environment has no NOT_THERE"),
        (("--auth", "anna:s3cret"), "a password never stands there"),
        (("--auth", "anna", "--auth-file", "x"), "give one of them"),
        (("--password-env", "MINE"), "goes with --auth"),
        (("--proxy-auth-file", "x"), "goes with --proxy"),
        (("--proxy", "http://anna:s3cret@proxy.test"), "a file of their own"),
        (("--proxy", "https://proxy.test"), "expected http://HOST:PORT"),
        (("--header", "s3cret"), "Name: value"),
        (("--header", "Host: s3cret"), "cannot be given"),
        (("--contact", "nobody"), "is no contact"),
        (("--cookies", "/nowhere/cookies"), "cannot be read"),
        (("--client-cert", "/nowhere/me.pem"), "me.pem"),
        (("--ca-file", "/nowhere/ca.pem"), "ca.pem"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_meant(tmp_path: Path, options: tuple[str, ...], word: str) -> None:
    """Options that contradict each other or hold no such thing are usage errors, and nothing is repeated."""
    code, _, error = run("archive", "http://page.test/", "--into", str(tmp_path / "in"), *options)
    assert 2 == code, error
    assert word in error
    assert "s3cret" not in error
    assert not (tmp_path / "in").exists()


def test_cookies_for_another_page(tmp_path: Path) -> None:
    """Cookies of which none is for the page are a usage error."""
    path = tmp_path / "cookies.json"
    path.write_text('[{"domain": "other.test", "name": "sid", "value": "s3cret"}]')
    code, _, error = run(
        "archive", "http://page.test/", "--into", str(tmp_path / "in"), "--cookies", str(path)
    )
    assert 2 == code
    assert "None of the 1 cookies given is for page.test." in error
