"""Cases: documents that a page links, and what comes in their place."""

from __future__ import annotations

from tests.pages.case import Case

__all__ = ["CASES"]

CASES = (
    Case(
        name="signs",
        html="<a href=a.pdf>x</a><a href=b type=application/pdf>x</a><a href=to-c.pdf download>x</a>"
        "<a href=to-d.pdf>d.pdf (1,2 KB)</a><a href=to-e.pdf>PDF herunterladen</a><a href=to-f.pdf>T\u00e9l\u00e9charger (PDF)</a>"
        "<a href=to-g.pdf rel=enclosure>x</a><a href=to-h.pdf><i class='fa fa-file-pdf-o'></i> Report</a>"
        "<meta name=citation_pdf_url content=i.pdf><a class=file-download href=to-j.pdf>\u4e0b\u8f7d</a>",
        files={},
        expected="""
        a@href:1 a.pdf document/document captured
        a@href:1 b document/document unsuitable
        a@href:1 to-c.pdf document/document captured
        a@href:1 to-d.pdf document/document captured
        a@href:1 to-e.pdf document/document captured
        a@href:1 to-f.pdf document/document captured
        a@href:1 to-g.pdf document/document captured
        a@href:1 to-h.pdf document/document captured
        meta@content:1 i.pdf document/document captured
        a@href:1 to-j.pdf document/document captured
        """,
        complete=False,
    ),
    Case(
        name="widget",
        html="<a href=to-a.pdf class=file><div>From the book\u2026.pdf</div><div>Download \u2022 1KB</div></a>"
        "<div data-hook=file-viewer>b.pdf<p>1KB</p><p><a href=b.pdf>Download</a></p></div>",
        expected="""
        a@href:1 to-a.pdf document/document captured
        a@href:1 b.pdf document/document captured
        """,
    ),
    Case(
        name="login",
        html="<a href=login.pdf>The letters (PDF)</a>",
        expected="""
        a@href:1 login.pdf document/document unsuitable
        """,
        complete=False,
    ),
    Case(
        name="signin",
        html="<a href=to-login>PDF</a><a href=login2>Downloads</a>",
        expected="""
        a@href:1 to-login document/document unsuitable
        a@href:1 login2 document/document unsuitable ?
        """,
        complete=False,
    ),
    Case(
        name="button",
        html="<div role=button tabindex=0><span>letters\u2026.pdf</span> <span>Download \u2022 717KB</span></div>",
        expected="""
        div@role:1  -> (none) document/document unresolved
        """,
        complete=False,
    ),
    Case(
        name="pressed",
        html="<div role=button><span>letters\u2026.pdf</span> Download \u2022 1KB</div>"
        '<script type="application/json">{"file":{"docUrl":"ugd/1f0c_ab.pdf"},"other":"/pressed/x.html"}</script>',
        files={},
        expected="""
        div@role:1  -> (none) document/document captured
        script@json:1 /_files/ugd/1f0c_ab.pdf document/document captured ?
        """,
    ),
    Case(
        name="found",
        html="<div role=button><span>letters\u2026.pdf</span> Download \u2022 1KB</div>\n"
        '<script type="application/json">\n{"file":{"docUrl":"\\/found\\/a.pdf"}}</script>',
        expected="""
        div@role:1  -> (none) document/document captured
        script@json:3 /found/a.pdf -> a.pdf document/document captured ?
        """,
    ),
    Case(
        name="doubtful",
        html="<div role=button>letters\u2026.pdf Download \u2022 1KB</div>"
        '<script type="application/json">{"a":"/doubtful/a.pdf","b":"/doubtful/b.pdf"}</script>',
        expected="""
        div@role:1  -> (none) document/document unresolved
        script@json:1 /doubtful/a.pdf -> a.pdf document/document captured ?
        script@json:1 /doubtful/b.pdf -> b.pdf document/document captured ?
        """,
        complete=False,
    ),
    Case(
        name="sizes",
        html="<a href=a.pdf>a.pdf 1KB</a><a href=b.pdf>b.pdf 717KB</a><a href=cut-c.pdf>c.pdf 717KB</a>"
        "<a href=cut-d.pdf>d.pdf</a>",
        expected="""
        a@href:1 a.pdf document/document captured
        a@href:1 b.pdf document/document captured
        a@href:1 cut-c.pdf document/document unsuitable
        a@href:1 cut-d.pdf document/document captured
        """,
        complete=False,
    ),
    Case(
        name="packed",
        html="<a href=zip-a.pdf>x</a>",
        expected="""
        a@href:1 zip-a.pdf document/document unsuitable
        """,
        complete=False,
    ),
    Case(
        name="kinds",
        html="<a href=a.docx>a</a><a href=b.zip>b</a><a href=c.csv>c</a><a href=d.odt>d</a><a href=e.mp3>e</a><a href=f.pdf>f</a>"
        "<a href=g download='g.xlsx'>g</a><a href=h.exe>h</a>",
        expected="""
        a@href:1 a.docx document/document not-followed
        a@href:1 b.zip document/document not-followed
        a@href:1 c.csv document/document not-followed
        a@href:1 d.odt document/document not-followed
        a@href:1 e.mp3 document/document not-followed
        a@href:1 f.pdf document/document captured
        a@href:1 g document/document not-followed
        a@href:1 h.exe document/document not-followed
        """,
    ),
    Case(
        name="widened",
        html="<a href=a.zip>a</a><a href=b.csv>b</a><a href=c.odt>c</a><a href=d.mp3>d</a><a href=e.pdf>e</a>",
        documents="zip,csv,odf",
        expected="""
        a@href:1 a.zip document/document captured
        a@href:1 b.csv document/document captured
        a@href:1 c.odt document/document captured
        a@href:1 d.mp3 document/document not-followed
        a@href:1 e.pdf document/document captured
        """,
    ),
    Case(
        name="gone",
        html="<a href=no-a.pdf>x</a><a href=bad-b.pdf>y</a>",
        expected="""
        a@href:1 no-a.pdf document/document absent-at-origin
        a@href:1 bad-b.pdf document/document error-at-origin
        """,
        complete=False,
    ),
)
