"""Cases: what a page says of itself, how addresses and text are written, where else they stand."""

from __future__ import annotations

from tests.pages.case import Case

__all__ = ["CASES"]

CASES = (
    Case(
        name="social",
        html="<meta property=og:image content=a.png><meta name=twitter:image content=b.png>"
        "<meta property=og:url content=page><meta property=og:video content=c.mp4><meta name=description content=d.png>"
        "<link rel=image_src href=e.png><meta name=thumbnail content=no-f.png>",
        expected="""
        meta@content:1 a.png image/requisite captured
        meta@content:1 b.png image/requisite captured
        meta@content:1 page alternate/navigation not-followed
        meta@content:1 c.mp4 link/navigation not-followed
        link@href:1 e.png image/requisite captured
        meta@content:1 no-f.png image/requisite absent-at-origin
        """,
    ),
    Case(
        name="tiles",
        html="<meta name=msapplication-TileImage content=a.png><meta name=msapplication-config content=b.xml>"
        "<meta name=msapplication-square70x70logo content=c.png>"
        "<meta name=msapplication-task content='name=X;action-uri=./x;icon-uri=d.ico'>",
        expected="""
        meta@content:1 a.png icon/requisite captured
        meta@content:1 b.xml data/requisite captured
        meta@content:1 c.png icon/requisite captured
        meta@content:1 d.ico icon/requisite captured
        """,
    ),
    Case(
        name="refresh",
        html="<meta http-equiv=refresh content='0; url=next.html'>",
        expected="""
        meta@refresh:1 next.html frame/requisite captured
        """,
    ),
    Case(
        name="later",
        html="<meta http-equiv=Refresh content=\"9;URL='next.html'\">",
        expected="""
        meta@refresh:1 next.html link/navigation not-followed
        """,
    ),
    Case(
        name="jsonld",
        html='<script type="application/ld+json">{"@context":"https://schema.org","@type":"Article","url":"/jsonld/page",\n'
        '"image":["a.png",{"@type":"ImageObject","url":"b.png"}],"publisher":{"logo":{"url":"c.png"}},'
        '"encoding":{"@type":"MediaObject","contentUrl":"d.pdf","encodingFormat":"application/pdf"},'
        '"associatedMedia":[{"contentUrl":"e.mp4","encodingFormat":"video/mp4"}],"thumbnailUrl":"no-f.png",'
        '"description":"g.png is no picture here"}</script>',
        expected="""
        script@$.url:1 /jsonld/page -> page link/navigation not-followed
        script@$.thumbnailUrl:1 no-f.png image/requisite absent-at-origin
        script@$.image[0]:1 a.png image/requisite captured
        script@$.encoding.contentUrl:1 d.pdf document/document captured
        script@$.image[1].url:1 b.png image/requisite captured
        script@$.publisher.logo.url:1 c.png image/requisite captured
        script@$.associatedMedia[0].contentUrl:1 e.mp4 link/navigation not-followed
        """,
    ),
    Case(
        name="microdata",
        html="<div itemscope><meta itemprop=image content=a.png><link itemprop=logo href=b.png>"
        "<span itemprop=thumbnailUrl content=c.png></span><meta itemprop=contentUrl content=d.pdf>"
        "<img itemprop=image src=e.png></div>",
        expected="""
        meta@content:1 a.png image/requisite captured
        link@href:1 b.png image/requisite captured
        span@content:1 c.png image/requisite captured
        meta@content:1 d.pdf document/document captured
        img@src:1 e.png image/requisite captured
        """,
    ),
    Case(
        name="islands",
        html='<script type="application/json" id="wix-warmup-data">\n{"a":"http:\\/\\/x.invalid\\/x.png",\n"doc":"\\/islands\\/a.pdf",'
        '"pic":"/islands/b.png","page":"/islands/c.html","api":"https://api.invalid/v1","css":"/islands/d.css"}</script>'
        "<div data-props='{\"src\":\"/islands/e.png\"}'></div><script>var f = '/islands/f.pdf', g = '/islands/g.png';</script>",
        expected="""
        script@json:2 http://x.invalid/x.png image/requisite failed ?
        script@json:3 /islands/a.pdf -> a.pdf document/document captured ?
        script@json:3 /islands/b.png -> b.png image/requisite captured ?
        script@json:3 https://api.invalid/v1 link/navigation not-followed ?
        div@data-props:3 /islands/e.png -> e.png image/requisite captured ?
        script@text:3 /islands/f.pdf -> f.pdf document/document captured ?
        """,
    ),
    Case(
        name="imagemap",
        html="<img src=a.png usemap='#m' ismap><map name=m><area href=b.html alt=B><area nohref>"
        "<area href=c.pdf alt=C></map>",
        expected="""
        img@src:1 a.png image/requisite captured
        area@href:1 b.html link/navigation not-followed
        area@href:1 c.pdf document/document captured
        """,
    ),
    Case(
        name="anchors",
        html="<a href=a.html>A</a> <a href='#b'>B</a> <a>C</a> <a href='mailto:d@e.invalid'>D</a> <a href='javascript:void(0)'>E</a>"
        "<a href='f.html' ping='g h'>F</a><a href='ftp://i.invalid/'>I</a><a href=''>J</a><a href='?k'>K</a>",
        expected="""
        a@href:1 a.html link/navigation not-followed
        a@href:1 mailto:d@e.invalid link/navigation not-followed
        a@href:1 javascript:void(0) link/navigation not-followed
        a@ping:1 g link/navigation not-followed
        a@ping:1 h link/navigation not-followed
        a@href:1 f.html link/navigation not-followed
        a@href:1 ftp://i.invalid/ link/navigation not-followed
        a@href:1 ?k -> page?k link/navigation not-followed
        """,
    ),
    Case(
        name="cites",
        html="<blockquote cite=a.html>x</blockquote><q cite=b.html>y</q><ins cite=c.html>z</ins><img src=d.png longdesc=e.html>"
        "<form action=f.html><button formaction=g.html>go</button></form>",
        expected="""
        blockquote@cite:1 a.html link/navigation not-followed
        q@cite:1 b.html link/navigation not-followed
        ins@cite:1 c.html link/navigation not-followed
        img@src:1 d.png image/requisite captured
        img@longdesc:1 e.html link/navigation not-followed
        form@action:1 f.html link/navigation not-followed
        button@formaction:1 g.html link/navigation not-followed
        """,
    ),
    Case(
        name="base",
        html="<base href=sub/><base href=no/><img src=a.png><a href=/base/b.html>b</a><img src='../c.png'>",
        expected="""
        img@src:1 a.png -> sub/a.png image/requisite captured
        a@href:1 /base/b.html -> b.html link/navigation not-followed
        img@src:1 ../c.png -> c.png image/requisite captured
        """,
    ),
    Case(
        name="addresses",
        html="<img src=' a.png\n'><img src='b\tb.png'><img src='c\\d.png'><img src='HTTP:e.png'><img src='f%20g h.png'>"
        "<img src='./x/../i.png?j=k#l'><img src='m&amp;n.png'><img src='\u00f6.png?p=\u00f6'><img src='http://['>"
        "<img src='http://u:p@127.0.0.1/q.png'>",
        expected="""
        img@src:1 a.png image/requisite captured
        img@src:2 b b.png -> bb.png image/requisite captured
        img@src:2 c\\d.png -> c/d.png image/requisite captured
        img@src:2 HTTP:e.png -> e.png image/requisite captured
        img@src:2 f%20g h.png -> f%20g%20h.png image/requisite captured
        img@src:2 ./x/../i.png?j=k#l -> i.png?j=k image/requisite captured
        img@src:2 m&n.png image/requisite captured
        img@src:2 ö.png?p=ö -> %C3%B6.png?p=%C3%B6 image/requisite captured
        img@src:2 http://[ -> (none) image/requisite refused
        img@src:2 http://u:p@127.0.0.1/q.png image/requisite refused
        """,
        complete=False,
    ),
    Case(
        name="cyrillic",
        html="<meta charset=windows-1251><img src='\u0430.png?q=\u0430\u20ac\u4e2d'>".encode(
            "cp1251", "xmlcharrefreplace"
        ),
        media_type="text/html",
        expected="""
        img@src:1 \u0430.png?q=\u0430\u20ac\u4e2d -> %D0%B0.png?q=%E0%88%26%2320013%3B image/requisite captured
        """,
    ),
    Case(
        name="sjis",
        html="<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'><img alt='\u8868' src='\u8868.png'>".encode(
            "cp932"
        ),
        media_type="text/html",
        expected="""
        img@src:1 表.png -> %E8%A1%A8.png image/requisite captured
        """,
    ),
    Case(
        name="utf16",
        html="\ufeff<img src='\u00e9.png'>".encode("utf-16-le"),
        media_type="text/html; charset=iso-8859-1",
        expected="""
        img@src:1 é.png -> %C3%A9.png image/requisite captured
        """,
    ),
    Case(
        name="bom",
        html=b"\xef\xbb\xbf" + "<meta charset=koi8-r><img src='\u00e9.png?\u00e9'>".encode(),
        media_type="text/html",
        expected="""
        img@src:1 é.png?é -> %C3%A9.png?%C3%A9 image/requisite captured
        """,
    ),
    Case(
        name="latin",
        html="<img src='\u00e9.png'>".encode("latin-1"),
        media_type="text/html",
        expected="""
        img@src:1 é.png -> %C3%A9.png image/requisite captured
        """,
    ),
    Case(
        name="xhtml",
        html=(
            '<?xml version="1.0" encoding="iso-8859-1"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head>'
            '<script src="a.js"/><title/><style>/*<![CDATA[*/ body{background:url(b.png?c&d)} /*]]>*/</style></head>\n'
            '<body><img src="\u00e9.png"/><iframe src="f.html"/><p><![CDATA[<img src="no.png">]]></p>'
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="g.png"/></svg>'
            "<div/><img src='h.png?i=1&amp;j=2'/></body></html>"
        ).encode("latin-1"),
        media_type="application/xhtml+xml",
        expected="""
        script@src:2 a.js script/requisite captured
        style@url:2 b.png?c&d image/requisite captured
        img@src:3 é.png -> %C3%A9.png image/requisite captured
        iframe@src:3 f.html frame/requisite captured
        image@xlink:href:3 g.png image/requisite captured
        img@src:3 h.png?i=1&j=2 image/requisite captured
        """,
    ),
    Case(
        name="soup",
        html="<p><img src=a.png<b>x</b><table><img src=b.png><tr><td><a href=c.html><a href=d.html>d</table>"
        "<img/src='e.png'/><img src=\"f.png\"alt=x><!-- <img src=no.png> --!><img src=g.png></br><img src=h.png",
        expected="""
        img@src:1 a.png<b -> a.png%3Cb image/requisite unsuitable
        img@src:1 b.png image/requisite captured
        a@href:1 c.html link/navigation not-followed
        a@href:1 d.html link/navigation not-followed
        img@src:1 e.png image/requisite captured
        img@src:1 f.png image/requisite captured
        img@src:1 g.png image/requisite captured
        """,
        complete=False,
    ),
    Case(
        name="texts",
        html="<title><img src=no1.png></title><textarea><img src=no2.png></textarea><xmp><img src=no3.png></xmp>"
        "<!-- <img src=no4.png> --><style>/* url(no5.png) */</style><iframe><img src=no6.png></iframe><img src=a.png>"
        "<plaintext><img src=no7.png>",
        expected="""
        img@src:1 a.png image/requisite captured
        """,
    ),
    Case(
        name="code",
        html="<a href=# onclick=\"window.open('/code/a.pdf')\">x</a><button onclick=\"location='b.pdf'\">y</button>"
        "<a href=\"javascript:show('c/c.pdf')\">z</a>",
        expected="""
        a@onclick:1 /code/a.pdf -> a.pdf document/document captured ?
        button@onclick:1 b.pdf document/document captured ?
        a@href:1 c/c.pdf document/document captured ?
        a@href:1 javascript:show('c/c.pdf') link/navigation not-followed
        """,
    ),
)
