"""Is a forbidden address refused in every notation, wherever it comes from, without one connection?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.model.capture import Limits
from preserve.model.reference import State
from preserve.model.url import join
from tests.wire.conftest import HOST, Archived, Capture, own
from tests.wire.forbidden import ANSWERS, METADATA, PRIVATE
from tests.wire.hostile_case import answer, then
from tests.wire.origin import Origin

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence
    from pathlib import Path

LIMITS = Limits(retries=0)


@pytest.fixture(scope="module", params=["http", "https"])
def archived(
    request: pytest.FixtureRequest,
    good: ssl.SSLContext,
    make_capture: Callable[[Path], Capture],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Archived, str]:
    """Archive a page that names them all: in links, in redirects, and by names; return its URL too."""
    context = good if request.param == "https" else None
    capture: Capture = make_capture(tmp_path_factory.mktemp("forbidden"))
    with Origin(scripts={}, context=context, name=HOST) as origin:
        links = [f"http://{host}/latest/meta-data/" for host in METADATA.values()]
        links += [f"/to/{name}" for name in METADATA]
        links += [f"{request.param}://{name}.example:{origin.port}/" for name in ANSWERS]
        page = '<meta charset="utf-8">' + "".join(f'<object data="{link}"></object>' for link in links)
        origin.scripts = {
            "/": (answer(page.encode()),),
            **{
                f"/to/{name}": (then(f"http://{host}/latest/meta-data/".encode()),)
                for name, host in METADATA.items()
            },
        }

        def resolve(host: str) -> Sequence[str]:
            return ANSWERS.get(host.removesuffix(".example")) or own(host)

        return capture(f"{origin.url}/", limits=LIMITS, resolve=resolve), origin.url


@pytest.mark.parametrize("name", METADATA)
def test_link(archived: tuple[Archived, str], name: str) -> None:
    """A link to the metadata service, in any notation, is refused with the reason, and listed."""
    package, base = archived
    url = join(base, f"http://{METADATA[name]}/latest/meta-data/")
    (reference, *_) = [
        one for one in package.references if one.written == f"http://{METADATA[name]}/latest/meta-data/"
    ]
    assert (url, State.REFUSED, None) == (reference.url, reference.state, reference.record)
    assert True is reference.reason.endswith(".")
    assert [] == package.of("request", url or "")


@pytest.mark.parametrize("name", METADATA)
def test_redirect(archived: tuple[Archived, str], name: str) -> None:
    """A redirect to it is kept, and what it leads to is refused with the reason."""
    package, base = archived
    reference = package.reference(f"{base}/to/{name}")
    assert (State.REFUSED, None) == (reference.state, reference.record)
    assert [302] == [one.status for one in package.resources if one.url == reference.url]


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_of_a_name_server(archived: tuple[Archived, str], name: str) -> None:
    """A name that leads to a forbidden address, if only beside a good one, is refused with the reason."""
    package, _ = archived
    (reference,) = [one for one in package.references if f"//{name}.example" in (one.url or "")]
    assert (State.REFUSED, None) == (reference.state, reference.record)
    assert f"{name}.example may not be connected to" in reference.reason


@pytest.mark.parametrize("name", PRIVATE)
def test_seed(tmp_path: Path, name: str) -> None:
    """A page at an address that is not public is refused by default, in any notation; nothing is left."""
    with pytest.raises(preserve.CaptureFailed, match="may not be connected to"):
        preserve.archive(f"http://{PRIVATE[name]}/", tmp_path)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", list(PRIVATE)[-5:])
def test_leave_is_for_private_networks_only(tmp_path: Path, name: str) -> None:
    """Leave for private networks opens none that is neither private nor public."""
    with pytest.raises(preserve.CaptureFailed, match="may not be connected to"):
        preserve.archive(f"http://{PRIVATE[name]}/", tmp_path, allow_private_network=True)


def test_the_tables_are_long_enough() -> None:
    """There are more than twenty notations in a URL, and more than twenty answers of a name server."""
    assert True is (min(len(METADATA), len(PRIVATE), len(ANSWERS)) > 20)
