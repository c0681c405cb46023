"""Does every capture come to its good end, whatever a server or page does?"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.model.capture import Limits, Verdict
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, State
from preserve.package.extract import extract
from tests.wire.conftest import HOST, Archived, Capture, own
from tests.wire.hostile import HOSTILE
from tests.wire.hostile_case import BATCHES, LIMITS, Hostile, Peer, answer
from tests.wire.hostile_pages import FILE_NAMES
from tests.wire.origin import Drip, End, Origin, Script

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.wire.blocks import Block
    from tests.wire.certificates import Authority

CASES = [(scheme, name) for name, case in HOSTILE.items() for scheme in case.schemes]
FOREVER_S = 30.0


@attrs.frozen(kw_only=True)
class Played:
    """One capture, of one case or of a batch."""

    origin: Origin
    archived: Archived
    places: dict[str, str]
    """Name of a case to the URL that is judged."""
    peers: dict[str, tuple[str, Origin]]
    """Name of a case to its second server and how that is addressed."""


@attrs.frozen
class Scene:
    """One hostile case, played."""

    name: str
    played: Played

    @property
    def case(self) -> Hostile:
        """The row of the table."""
        return HOSTILE[self.name]

    @property
    def about(self) -> str:
        """The URL of the reference that is judged."""
        return self.played.places[self.name]

    @property
    def archived(self) -> Archived:
        """The package."""
        return self.played.archived


@pytest.fixture(scope="module")
def contexts(authority: Authority, good: ssl.SSLContext) -> dict[str, ssl.SSLContext | None]:
    """Return the contexts of good and bad servers, by what is wrong with them."""
    return {
        "": None,
        "good": good,
        "expired": authority.context(HOST, starts=-365),
        "early": authority.context(HOST, starts=365),
        "self-signed": authority.context(HOST, self_signed=True),
        "wrong-host": authority.context("other.example"),
    }


@pytest.fixture(scope="module")
def play(
    contexts: dict[str, ssl.SSLContext | None],
    make_capture: Callable[[Path], Capture],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str, str], Scene]]:
    """Return what plays a case over a scheme, once for all of its batch."""
    made: dict[tuple[str, str], Played] = {}
    over = threading.Event()

    def scene(scheme: str, name: str) -> Scene:
        case = HOSTILE[name]
        key = (scheme, name if case.alone is not None else case.batch)
        if key not in made:
            capture = make_capture(tmp_path_factory.mktemp("hostile"))
            made[key] = perform(_cast(scheme, name), capture, scheme, contexts, over)
        return Scene(name, made[key])

    yield scene
    over.set()


def _cast(scheme: str, name: str) -> dict[str, Hostile]:
    """Return the cases that share a capture."""
    case = HOSTILE[name]
    if case.alone is not None:
        return {name: case}
    return {
        other: one
        for other, one in HOSTILE.items()
        if one.alone is None and one.batch == case.batch and scheme in one.schemes
    }


def perform(
    cases: dict[str, Hostile],
    capture: Capture,
    scheme: str,
    contexts: dict[str, ssl.SSLContext | None],
    over: threading.Event,
) -> Played:
    """Play some cases in one page."""
    one = next(iter(cases.values()))
    limits = {**LIMITS, **(BATCHES[one.batch] if one.alone is None else one.alone)}
    scripts: dict[str, tuple[Script, ...]] = {}
    places: dict[str, str] = {}
    peers: dict[str, tuple[str, Origin]] = {}
    page = b""
    with ExitStack() as stack:
        context = contexts["good"] if scheme == "https" else None
        origin = stack.enter_context(Origin(scripts=scripts, context=context, name=HOST))
        for name, case in cases.items():
            peer = ""
            if case.peer is not None:
                peer, _ = peers[name] = _peer(case.peer, contexts, stack)
            port = str(origin.port)
            filled = case.page.replace(b"%PEER%", peer.encode()).replace(b"%PORT%", port.encode())
            page += filled.replace(b"%CASE%", f"/{name}".encode())
            for path, answers in case.paths.items():
                own_path = path if path == "/" else f"/{name}{path}"
                scripts[own_path] = tuple(_placed(script, name) for script in answers)
            about = case.about.replace("%PEER%", peer).replace("%PORT%", port).replace("%CASE%", f"/{name}")
            place = f"{origin.url}/{name}{about}" if about.startswith("/") else about
            places[name] = place or f"{origin.url}/"
        scripts.setdefault("/", (answer(page),))
        archived = capture(
            f"{origin.url}/",
            limits=Limits(**limits),  # type: ignore[arg-type]  # whole numbers where it asks for them
            resolve=resolver(cases, over),
            within_s=max(case.within_s for case in cases.values()),
        )
    return Played(origin=origin, archived=archived, places=places, peers=peers)


def _peer(peer: Peer, contexts: dict[str, ssl.SSLContext | None], stack: ExitStack) -> tuple[str, Origin]:
    """Start the second server of a case; return how it is addressed, and itself."""
    context = contexts[peer.certificate]
    there = stack.enter_context(
        Origin(scripts=peer.scripts, opening=peer.opening, context=context, name=HOST)
    )
    return f"{peer.scheme}://{HOST}:{there.port}", there


def _placed(script: Script, name: str) -> Script:
    """Return a script with the place of its case filled in."""
    place = f"/{name}".encode()
    return tuple(
        step.replace(b"%CASE%", place)
        if isinstance(step, bytes)
        else attrs.evolve(step, data=step.data.replace(b"%CASE%", place))
        if isinstance(step, Drip)
        else step
        for step in script
    )


def resolver(cases: dict[str, Hostile], over: threading.Event) -> Callable[[str], Sequence[str]]:
    """Return what answers for the names of some cases."""
    names = {host: addresses for case in cases.values() for host, addresses in case.names.items()}
    asked: set[str] = set()

    def resolve(host: str) -> Sequence[str]:
        if host == "rebound.test" and host in asked:
            return ["169.254.169.254"]
        asked.add(host)
        if host not in names:
            return own(host)
        if not names[host]:
            over.wait(FOREVER_S)
        return names[host]

    return resolve


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_good_end(play: Callable[[str, str], Scene], scheme: str, name: str) -> None:
    """The capture is over in time, what came is kept, and the reference says what became of it."""
    scene = play(scheme, name)
    archived, case = scene.archived, scene.case
    reference = archived.reference(scene.about)
    assert case.state is reference.state, reference.reason
    reasons = [reference.reason]
    told = [reference.reason]
    if case.ended is None:
        assert None is reference.record
    else:
        resource = archived.resource(reference.record)
        assert case.ended is resource.ended
        reasons.append(resource.reason)
        told += [resource.reason, *(problem.message for problem in resource.problems)]
        (block,) = (block for block in archived.blocks if block.record_id == reference.record)
        truncated = None if case.ended is Ended.WHOLE else case.ended.value
        assert truncated == block.fields.get("WARC-Truncated")
    if case.says:
        assert case.says in " ".join(told)
    assert True is all(reason[-1:] in {"", "."} for reason in reasons), reasons


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_blocks_are_the_truth(play: Callable[[str, str], Scene], scheme: str, name: str) -> None:
    """Blocks are what was heard and said: to the last octet where whole, from the first on where not."""
    scene = play(scheme, name)
    played, case = scene.played, scene.case
    ours = played.origin.url + ("/" if case.alone is not None else f"/{name}/")
    servers = [(ours, played.origin.url, played.origin)]
    if name in played.peers:
        base, peer = played.peers[name]
        servers.append((base, base, peer))
    compared = set()
    for below, base, server in servers:
        for block in scene.archived.blocks:
            if block.uri.startswith(below) and block.fields["Content-Type"].startswith("application/http"):
                compared.add(block.record_id)
                assert True is is_true(scene, block, block.uri.removeprefix(base).partition("?")[0], server)
    if case.ended is not None and "rebound" not in scene.about:
        assert scene.archived.reference(scene.about).record in compared


def is_true(scene: Scene, block: Block, path: str, server: Origin) -> bool:
    """Tell whether the server's own record of a path has the block."""
    talks = [talk for talk in server.talks if talk.path in {path, ""}]
    if block.kind == "request":
        # Who resets a connection at once hears nothing.
        return block.block in {talk.heard for talk in talks} or End.RESET in server.opening
    said = [bytes(talk.said) for talk in talks]
    if block.kind == "response":
        resource = scene.archived.resource(block.record_id)
        surplus = any(problem.code == "http.surplus" for problem in resource.problems)
        if resource.ended is Ended.WHOLE and not surplus:
            return block.block in said
    return any(truth.startswith(block.block) for truth in said)


def test_the_table_is_long_enough() -> None:
    """There are nearly twice as many hostile cases as were asked for."""
    assert True is (len(HOSTILE) >= 80)


@pytest.mark.parametrize("name", ["endless-body", "endless-chunks"])
def test_limit_is_exact(play: Callable[[str, str], Scene], name: str) -> None:
    """Of an endless body exactly as many octets as the limit are kept."""
    scene = play("http", name)
    (block,) = scene.archived.of("response", scene.about)
    head = block.block.index(b"\r\n\r\n") + 4
    assert LIMITS["body_bytes"] == len(block.block) - head


@pytest.mark.parametrize("name", ["endless-redirects", "redirect-with-new-cookies"])
def test_redirects_are_counted(play: Callable[[str, str], Scene], name: str) -> None:
    """A chain of redirects costs its limit and one request more."""
    scene = play("http", name)
    assert 6 == len(scene.played.origin.said(f"/{name}/it"))


@pytest.mark.parametrize("name", FILE_NAMES)
def test_extracted_names_are_harmless(play: Callable[[str, str], Scene], tmp_path: Path, name: str) -> None:
    """A file is taken out into the folder that was named, under a name that no system trips over."""
    scene = play("http", name)
    target = tmp_path / "out" / "deep"
    files = extract(scene.archived.package, target)
    (path,) = [file.path for file in files if file.url == scene.about]
    there = target / path
    assert True is there.resolve().is_relative_to(target.resolve())
    assert (["documents"], True, True) == (path.split("/")[:-1], there.name.isprintable(), there.is_file())
    assert False is there.name.lower().startswith(("con.", "."))
    assert [target] == list((tmp_path / "out").iterdir())


def test_rebinding_gains_nothing(play: Callable[[str, str], Scene]) -> None:
    """A name is looked up once in a capture, and connected to where it led then."""
    assert 1 == play("http", "rebinding").archived.lookups.count("rebound.test")


def test_frames_stop_at_the_depth(play: Callable[[str, str], Scene]) -> None:
    """Frames in frames are followed as deep as the limit, and the first below it is listed by name."""
    scene = play("http", "frames-without-end")
    frames = [one for one in scene.archived.references if (one.url or "").startswith(scene.about)]
    assert [State.CAPTURED] * 4 + [State.NOT_ATTEMPTED] == [frame.state for frame in frames]


def test_poison_answers_nothing(play: Callable[[str, str], Scene]) -> None:
    """What follows a response unasked is never taken for the answer to the next request."""
    scene = play("http", "poisoned-connection")
    (block,) = scene.archived.of("response", scene.about)
    assert True is block.block.endswith(b"hello")


def test_dropped_links_make_it_partial(play: Callable[[str, str], Scene]) -> None:
    """Links above the limit are counted in the outcome, which is partial by it."""
    scene = play("http", "hundred-thousand-links")
    outcome = scene.archived.package.capture.outcome
    assert (Verdict.PARTIAL, 1000) == (outcome.verdict, len(scene.archived.references))
    assert "references are above the limit" in " ".join(outcome.reasons)


SAME_OR_NOT = (
    # What stands in the page, and the path that is asked for.
    ("/%C3%A9", "/%C3%A9"),
    ("/&eacute;", "/%C3%A9"),
    ("/%c3%a9", "/%c3%a9"),
    ("/e%CC%81", "/e%CC%81"),
    ("/a/b", "/a/b"),
    ("/a%2Fb", "/a%2Fb"),
    ("/a/./x/../b", "/a/b"),
    ("/a/%2e/b", "/a/b"),
    ("/A/b", "/A/b"),
    ("/%61/b", "/%61/b"),
    ("/a/b/", "/a/b/"),
    ("/a//b", "/a//b"),
    ("/a/b?", "/a/b?"),
    ("/a/b?x=%20", "/a/b?x=%20"),
    ("/a/b?x=+", "/a/b?x=+"),
    ("/a/b#part", "/a/b"),
    ("http://ODD.TEST:%PORT%/a/b", "/a/b"),
    ("http://b&uuml;cher.test:%PORT%/idn", "/idn"),
    ("http://xn--bcher-kva.test:%PORT%/idn", "/idn"),
)


def test_only_what_is_the_same_is_merged(capture: Capture) -> None:
    """Each spelling of an address is asked for as a browser asks, once for those that are the same URL."""
    with Origin(scripts={}, name=HOST) as origin:
        page = "".join(f'<object data="{written}"></object>' for written, _ in SAME_OR_NOT)
        body = page.replace("%PORT%", str(origin.port)).encode()
        origin.scripts = {"/": (answer(body),), "/*": (answer(b"hello"),)}
        archived = capture(f"{origin.url}/", limits=Limits(retries=0))
        asked = [
            talk.heard.split(b" ")[1].decode()
            for talk in origin.talks
            if talk.path not in {"/", "/robots.txt"}
        ]
    assert sorted({path for _, path in SAME_OR_NOT}) == sorted(asked)
    asked_for = [one for one in archived.references if one.kind is Kind.DATA]
    assert {State.CAPTURED} == {reference.state for reference in asked_for}
    assert {"odd.test", "xn--bcher-kva.test"} == set(archived.lookups)
