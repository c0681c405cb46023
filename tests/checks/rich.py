"""How is a sound package made that has what a real one has, and the small one has not?"""

from __future__ import annotations

import io
import random
from functools import lru_cache

import attrs
from PIL import Image

from preserve.formats import cdxj
from preserve.model.capture import Outcome, Verdict
from preserve.model.digest import Digest
from preserve.model.exchange import Ended, Fidelity
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource
from tests.checks.build import AT, SEED, Sample, Warc, add_warcinfo, seal

__all__ = ["SHOWN", "make_bare", "make_rich", "make_unanswered"]

SHOWN = "https://example.org/blog/a-post/"
"""Where the seed redirects to."""
_SITE = "https://example.org/"
_NOISE = random.Random(11).randbytes(300_000)  # noqa: S311 - bytes that do not shrink, the same every time
_PNG = io.BytesIO()
Image.new("RGB", (2, 2)).save(_PNG, "PNG")


def make_rich(sample: Sample) -> None:
    """Make another sound package of a sample."""
    made = _rich(cdxj.BLOCK_LINES)
    sample.files, sample.lines = dict(made.files), list(made.lines)


@attrs.define
class _Site:
    """What is fetched, in order."""

    warc: Warc
    info: str
    resources: list[Resource] = attrs.field(factory=list)

    def fetch(
        self,
        url: str,
        head: str,
        body: bytes,
        *,
        entity: bytes | None = None,
        role: Role = Role.REQUISITE,
        ended: Ended = Ended.WHOLE,
        early: bytes = b"",
    ) -> str:
        """
        Store one exchange, and return the id of its response.

        Args:
            url: What is asked for.
            head: Status and fields, with ``|`` between them; empty: the answer has no head.
            body: As on the connection.
            entity: The body without transfer coding, if that is another.
            role: For the page.
            ended: How it ended.
            early: A 1xx response that came first.
        """
        entity = body if entity is None else entity
        octets = ("HTTP/1.1 " + head.replace("|", "\r\n") + "\r\n\r\n").encode("latin-1") if head else b""
        common = [("WARC-Warcinfo-ID", f"<{self.info}>"), ("WARC-Target-URI", url)]
        response = self.warc.add(
            [
                ("WARC-Type", "response"),
                *common,
                *([("WARC-Truncated", ended)] if ended is not Ended.WHOLE else []),
                ("WARC-Payload-Digest", str(Digest.of(entity))),
                ("Content-Type", "application/http; msgtype=response"),
            ],
            octets + body,
        )
        beside = [*common, ("WARC-Concurrent-To", f"<{response}>")]
        request = self.warc.add(
            [
                ("WARC-Type", "request"),
                *beside,
                ("WARC-Payload-Digest", str(Digest.of(b""))),
                ("Content-Type", "application/http; msgtype=request"),
            ],
            f"GET {url} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode(),
        )
        interim = None
        if early:
            fields = [
                ("WARC-Type", "metadata"),
                *beside,
                ("Content-Type", "application/http; msgtype=response"),
            ]
            interim = self.warc.add(fields, early)
        kind = next((part[14:] for part in head.split("|") if part.startswith("Content-Type: ")), None)
        self.resources.append(
            Resource(
                url=url,
                role=role,
                status=int(head[:3]) if head else None,
                captured_at=AT,
                ended=ended,
                response=response,
                request=request,
                interim=interim,
                block_digest=str(Digest.of(octets + body)),
                payload_digest=str(Digest.of(entity)),
                payload_bytes=len(entity),
                declared_type=kind,
            )
        )
        return response

    def ask(self, url: str, early: bytes) -> None:
        """Store an exchange that was never answered, but perhaps for a 1xx response."""
        common = [("WARC-Warcinfo-ID", f"<{self.info}>"), ("WARC-Target-URI", url)]
        kind = "application/http; msgtype="
        fields = [("WARC-Payload-Digest", str(Digest.of(b""))), ("Content-Type", kind + "request")]
        octets = f"GET {url} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode()
        request = self.warc.add([("WARC-Type", "request"), *common, *fields], octets)
        fields = [("WARC-Concurrent-To", f"<{request}>"), ("Content-Type", kind + "response")]
        if early:
            self.warc.add([("WARC-Type", "metadata"), *common, *fields], early)

    def keep(self, uri: str, kind: str, block: bytes) -> str:
        """Store a record of what was learnt or made, and return its id."""
        fields = [
            ("WARC-Type", "resource"),
            ("WARC-Warcinfo-ID", f"<{self.info}>"),
            ("WARC-Target-URI", uri),
            ("Content-Type", kind),
        ]
        return self.warc.add(fields, block)


def make_bare(sample: Sample) -> None:
    """Make a sound package of a page that was answered with no readable head: there is no page to show."""
    warc = Warc()
    site = _Site(warc, add_warcinfo(warc))
    _seal_bare(sample, site, _bare(site))


def make_unanswered(sample: Sample) -> None:
    """Make a sound package in which requests were not answered, or with a 1xx response alone."""
    warc = Warc()
    site = _Site(warc, add_warcinfo(warc))
    site.ask(_SITE + "first", b"HTTP/1.1 103 Early Hints\r\n\r\n")
    record = _bare(site)
    site.ask(_SITE + "last", b"")
    _seal_bare(sample, site, record)


def _bare(site: _Site) -> str:
    return site.fetch(SEED, "", b"no head at all\n", role=Role.PAGE)


def _seal_bare(sample: Sample, site: _Site, record: str) -> None:
    seed = Reference(
        source=None,
        source_url=None,
        url=SEED,
        written=SEED,
        kind=Kind.PAGE,
        role=Role.PAGE,
        state=State.ERROR,
        record=record,
    )
    outcome = Outcome(verdict=Verdict.PARTIAL, engine="plain", gaps=1, reasons=("One gap.",))
    made = seal([site.warc], site.resources, [seed], outcome=outcome, readable=False)
    sample.files, sample.lines = made.files, made.lines


def _chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@lru_cache(maxsize=2)
def _rich(block_lines: int) -> Sample:
    assert cdxj.BLOCK_LINES == block_lines
    warc = Warc()
    site = _Site(warc, add_warcinfo(warc))
    site.keep("dns:example.org", "text/dns", b"20261122101500\nexample.org.\tIN\tA\t192.0.2.1\n")
    site.keep("urn:x-preserve:tls:example.org:443", "application/pem-certificate-chain", b"-----BEGIN\n")
    site.fetch(SEED, f"301 Moved|Location: {SHOWN}|Content-Length: 0", b"", role=Role.REDIRECT)
    page = b"<!doctype html><title></title>" + b"<p>Words of the post. " * 40
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
    head = "200 OK|Content-Type: Text/HTML; charset=utf-8|Transfer-Encoding: chunked"
    seed = site.fetch(SHOWN, head, _chunked(page), entity=page, role=Role.PAGE, early=early)
    robots = site.fetch(
        _SITE + "robots.txt", "200 OK|Content-Type: text/plain", b"User-agent: *\n", role=Role.ROBOTS
    )
    style = site.fetch(_SITE + "style.css", "200 OK|Content-Length: 9", b"p { c: d}")
    photo = site.fetch(_SITE + "photo.jpg", "200 OK|Content-Type: image/jpeg", _NOISE)
    bare = site.fetch(_SITE + "bare", "", b"no head at all\n")
    cut = site.fetch(
        _SITE + "a.pdf",
        "200 OK|Content-Type: application/pdf|Content-Length: 999",
        b"%PDF-1.7",
        role=Role.DOCUMENT,
        ended=Ended.LENGTH,
    )
    error = site.fetch(_SITE + "error.png", "500 Oh|Content-Type: text/html|Content-Length: 0", b"")
    login = site.fetch(_SITE + "b.pdf", "200 OK|Content-Type: text/html", b"<p>Log in", role=Role.DOCUMENT)
    gone = site.fetch(_SITE + "gone", "410 Gone|Content-Type: text/plain", b"gone")
    shot = site.keep(f"urn:fullPage:{SHOWN}", "image/png", _PNG.getvalue())
    digest = str(Digest.of(_PNG.getvalue()))
    site.resources.append(
        Resource(
            url=f"urn:fullPage:{SHOWN}",
            role=Role.RENDITION,
            status=None,
            captured_at=AT,
            ended=Ended.WHOLE,
            response=shot,
            block_digest=digest,
            payload_digest=digest,
            payload_bytes=len(_PNG.getvalue()),
            content_digest=digest,
            content_bytes=len(_PNG.getvalue()),
            declared_type="image/png",
            fidelity=Fidelity.SYNTHESISED,
            facts={"rendition": "screenshot"},
        )
    )

    def reference(
        url: str,
        kind: Kind,
        role: Role,
        state: State,
        record: str | None = None,
        *,
        source: str | None = seed,
        speculative: bool = False,
    ) -> Reference:
        return Reference(
            source=source,
            source_url=SHOWN if source == seed else None,
            url=url,
            written=url,
            kind=kind,
            role=role,
            state=state,
            record=record,
            speculative=speculative,
        )

    references = [
        reference(SEED, Kind.PAGE, Role.PAGE, State.CAPTURED, seed, source=None),
        reference(
            _SITE + "robots.txt",
            Kind.ROBOTS,
            Role.ROBOTS,
            State.CAPTURED,
            robots,
            source=None,
            speculative=True,
        ),
        reference(_SITE + "style.css", Kind.STYLE, Role.REQUISITE, State.CAPTURED, style),
        reference(_SITE + "photo.jpg", Kind.IMAGE, Role.REQUISITE, State.CAPTURED, photo),
        reference(_SITE + "bare", Kind.SCRIPT, Role.REQUISITE, State.ERROR, bare, speculative=True),
        reference(_SITE + "a.pdf", Kind.DOCUMENT, Role.DOCUMENT, State.TRUNCATED, cut),
        reference(_SITE + "error.png", Kind.IMAGE, Role.REQUISITE, State.ERROR, error),
        reference(_SITE + "b.pdf", Kind.DOCUMENT, Role.DOCUMENT, State.UNSUITABLE, login),
        reference(_SITE + "gone", Kind.IMAGE, Role.REQUISITE, State.ABSENT, gone),
        reference("data:image/png;base64,", Kind.IMAGE, Role.REQUISITE, State.INLINE),
        reference(_SITE + "other", Kind.LINK, Role.NAVIGATION, State.NOT_FOLLOWED),
        reference(_SITE + "private", Kind.LINK, Role.NAVIGATION, State.REFUSED),
        reference(_SITE + "down.js", Kind.SCRIPT, Role.REQUISITE, State.FAILED),
        reference(_SITE + "late.js", Kind.SCRIPT, Role.REQUISITE, State.NOT_ATTEMPTED, source=style),
    ]
    outcome = Outcome(verdict=Verdict.PARTIAL, engine="plain", gaps=5, reasons=("Five gaps.",))
    return seal([warc], site.resources, references, outcome=outcome, shown=SHOWN)
