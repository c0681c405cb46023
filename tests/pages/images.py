"""Cases: pictures, sound, frames, scripts and everything else that shows a page."""

from __future__ import annotations

from tests.pages.case import Case

__all__ = ["CASES"]

CASES = (
    Case(
        name="img",
        html="<img src=a.png alt=A>\n<img src='no-b.png'><img\nsrc=bad-c.png><img src=''><img src='#x'><IMG SRC=D.png>",
        expected="""
        img@src:1 a.png image/requisite captured
        img@src:2 no-b.png image/requisite absent-at-origin
        img@src:2 bad-c.png image/requisite error-at-origin
        img@src:3 D.png image/requisite captured
        """,
        complete=False,
    ),
    Case(
        name="srcset",
        html="<img src=a.png srcset='a.png 1x, b.png 2x,c.png 3x' sizes='50vw'>"
        "<img srcset='/srcset/w_48,h_32/d.png 48w, e.png 96w'>",
        expected="""
        img@src:1 a.png image/requisite captured
        img@srcset:1 a.png image/requisite captured
        img@srcset:1 b.png image/requisite captured
        img@srcset:1 c.png image/requisite captured
        img@srcset:1 /srcset/w_48,h_32/d.png -> w_48,h_32/d.png image/requisite captured
        img@srcset:1 e.png image/requisite captured
        """,
    ),
    Case(
        name="picture",
        html="<picture><source media='(min-width:1px)' srcset='a.png'><source type=image/x srcset=b.png>"
        "<img src=c.png></picture>",
        expected="""
        source@srcset:1 a.png image/requisite captured
        source@srcset:1 b.png image/requisite captured
        img@src:1 c.png image/requisite captured
        """,
    ),
    Case(
        name="input",
        html="<form action=go><input type=image src=a.png formaction=b><input src=c.png></form>",
        expected="""
        form@action:1 go link/navigation not-followed
        input@src:1 a.png image/requisite captured
        input@formaction:1 b link/navigation not-followed
        """,
    ),
    Case(
        name="media",
        html="<video src=a.mp4 poster=b.png><track default src=c.vtt></video>"
        "<audio><source src=d.mp4 type=audio/mp4></audio><video><source src=e.mp4></video>",
        expected="""
        video@src:1 a.mp4 media/requisite captured
        video@poster:1 b.png image/requisite captured
        track@src:1 c.vtt data/requisite captured
        source@src:1 d.mp4 media/requisite captured
        source@src:1 e.mp4 media/requisite captured
        """,
    ),
    Case(
        name="frames",
        html="<iframe src=frame1.html></iframe>\n<iframe srcdoc='<img src=b.png><base href=/x/>'></iframe>"
        "<iframe src=about:blank></iframe>",
        files={"frame1.html": "<img src=a.png><a href=c.html>c</a>"},
        expected="""
        iframe@src:1 frame1.html frame/requisite captured
        img@src:2 b.png image/requisite captured
        iframe@src:2 about:blank frame/requisite not-followed
        frame1.html img@src:1 a.png image/requisite captured
        frame1.html a@href:1 c.html link/navigation not-followed
        """,
    ),
    Case(
        name="frameset",
        html="<frameset cols='*,*'><frame src=frame1.html longdesc=d.html><frame src=frame2.html></frameset>",
        expected="""
        frame@src:1 frame1.html frame/requisite captured
        frame@longdesc:1 d.html link/navigation not-followed
        frame@src:1 frame2.html frame/requisite captured
        """,
    ),
    Case(
        name="objects",
        html="<object data=a.png type=image/png></object><object data=b.svg type=image/svg+xml></object>"
        "<embed src=c.pdf type=application/pdf><object data=d.pdf></object><embed src=e.png>"
        "<object data=f.html type=text/html></object>",
        expected="""
        object@data:1 a.png image/requisite captured
        object@data:1 b.svg image/requisite captured
        embed@src:1 c.pdf document/document captured
        object@data:1 d.pdf document/document captured
        embed@src:1 e.png data/requisite captured
        object@data:1 f.html frame/requisite captured
        """,
    ),
    Case(
        name="applet",
        html="<applet code=A.class codebase=lib archive='a.jar, b.jar'><param name=image value=c.png></applet>"
        "<object><param name=movie value=d.swf><param name=quality value=high></object>",
        expected="""
        applet@archive:1 a.jar -> lib/a.jar data/requisite captured
        applet@archive:1 b.jar -> lib/b.jar data/requisite captured
        param@value:1 c.png image/requisite captured
        param@value:1 d.swf data/requisite captured
        """,
    ),
    Case(
        name="scripts",
        html="<script src=a.js></script><script type=module src=b.js></script><script>var x='<img src=no.png>'</script>"
        "<link rel=modulepreload href=c.js><noscript><img src=d.png></noscript>",
        expected="""
        script@src:1 a.js script/requisite captured
        script@src:1 b.js script/requisite captured
        link@href:1 c.js script/requisite captured
        img@src:1 d.png image/requisite captured
        """,
    ),
    Case(
        name="icons",
        html="<link rel='shortcut icon' href=a.ico><link rel=icon href=b.png><link rel=apple-touch-icon href=c.png>"
        "<link rel=mask-icon href=d.svg color=red><link rel=apple-touch-startup-image href=e.png>",
        expected="""
        link@href:1 a.ico icon/requisite captured
        link@href:1 b.png icon/requisite captured
        link@href:1 c.png icon/requisite captured
        link@href:1 d.svg icon/requisite captured
        link@href:1 e.png image/requisite captured
        """,
    ),
    Case(
        name="preloads",
        html="<link rel=preload as=image href=a.png><link rel=preload as=style href=b.css>"
        "<link rel=preload as=font crossorigin href=c.woff2><link rel=preload as=fetch crossorigin href=d.json>"
        "<link rel=preload as=image imagesrcset='e.png 1x, f.png 2x'><link rel=dns-prefetch href=//x.invalid>"
        "<link rel=prefetch href=g.html>",
        unfetched=("g.html",),
        expected="""
        link@href:1 a.png image/requisite captured
        link@href:1 b.css style/requisite captured
        link@href:1 c.woff2 font/requisite captured
        link@href:1 d.json data/requisite captured
        link@imagesrcset:1 e.png image/requisite captured
        link@imagesrcset:1 f.png image/requisite captured
        link@href:1 g.html link/navigation not-followed
        """,
    ),
    Case(
        name="alternates",
        html="<link rel=alternate type=application/rss+xml title=Feed href=feed.xml>"
        "<link rel=alternate type=application/atom+xml href=atom.xml><link rel=alternate hreflang=de href=de.html>"
        "<link rel=canonical href=page><link rel=amphtml href=amp.html><link rel=shortlink href=s>"
        "<link rel=next href=n.html><link rel=license href=l.html>"
        "<link rel=alternate type=application/pdf href=a.pdf>",
        expected="""
        link@href:1 feed.xml alternate/navigation not-followed
        link@href:1 atom.xml alternate/navigation not-followed
        link@href:1 de.html alternate/navigation not-followed
        link@href:1 page alternate/navigation not-followed
        link@href:1 amp.html alternate/navigation not-followed
        link@href:1 s alternate/navigation not-followed
        link@href:1 n.html link/navigation not-followed
        link@href:1 l.html link/navigation not-followed
        link@href:1 a.pdf document/document captured
        """,
    ),
    Case(
        name="sheets",
        html="<link rel=stylesheet href=a.css>\n<link rel=stylesheet media=print href=b.css>"
        "<link rel='alternate stylesheet' title=T href=c.css>",
        files={
            "a.css": '@charset "utf-8";\n@import "deep/d.css" screen;\n@import url(e.css);'
            "@font-face{font-family:F;src:url(f.woff2) format('woff2')}body{font-family:F;background:url(g.png)}",
            "deep/d.css": "body{background-image:url(../h.png)}",
        },
        expected="""
        link@href:1 a.css style/requisite captured
        link@href:2 b.css style/requisite captured
        link@href:2 c.css style/requisite captured
        a.css css@@import:2 deep/d.css style/requisite captured
        a.css css@@import:3 e.css style/requisite captured
        a.css css@url:3 f.woff2 font/requisite captured
        a.css css@url:3 g.png image/requisite captured
        deep/d.css css@url:1 ../h.png -> h.png image/requisite captured
        """,
    ),
    Case(
        name="css",
        html="<style>\n@import 'a.css';\n:root{--x:url(b.png)}\nbody{background:var(--x)}\n"
        "p{background:u\\72l('c.png');list-style:image-set('d.png' 1x, url(e.png) 2x)}"
        "q{content:'url(no.png)'/*url(no2.png)*/;filter:url(#f)}</style>"
        "<body><p style='border-image:url(&quot;f.png&quot;)'>x<p style=\"background:image-set('g.png' 1x)\">"
        "<ul><li>a</ul><q>b</q>",
        expected="""
        style@@import:2 a.css style/requisite captured
        style@url:3 b.png image/requisite captured
        style@url:5 c.png image/requisite captured
        style@image-set:5 d.png image/requisite captured
        style@image-set:5 e.png image/requisite captured
        p@style:5 f.png image/requisite captured
        p@style:5 g.png image/requisite captured
        """,
    ),
    Case(
        name="svg",
        html="<svg><image href=a.png /><image xlink:href=b.png /><use href='c.svg#d'/><use href='#e'/>"
        "<a href=f.html><text>f</text></a><rect fill='url(g.svg#h)' mask='url(#i)'/>"
        "<script href=j.js></script><filter><feImage href=k.png /></filter></svg>"
        "<img src=l.svg>",
        files={"l.svg": "<svg xmlns='http://www.w3.org/2000/svg'><image href='m.png'/></svg>"},
        expected="""
        image@href:1 a.png image/requisite captured
        image@xlink:href:1 b.png image/requisite captured
        use@href:1 c.svg#d -> c.svg image/requisite captured
        a@href:1 f.html link/navigation not-followed
        rect@fill:1 g.svg#h -> g.svg image/requisite captured
        script@href:1 j.js script/requisite captured
        feimage@href:1 k.png image/requisite captured
        img@src:1 l.svg image/requisite captured
        l.svg image@href:- m.png image/requisite captured
        """,
    ),
    Case(
        name="background",
        html="<body background=a.png><table background=b.png><tr><td background=c.png>x</table><p background=no.png>",
        expected="""
        body@background:1 a.png image/requisite captured
        table@background:1 b.png image/requisite captured
        td@background:1 c.png image/requisite captured
        """,
    ),
    Case(
        name="noscript",
        html="<head><noscript><link rel=stylesheet href=a.css></noscript><body><noscript><img src=b.png>"
        "</noscript><template><img src=c.png><script src=d.js>"
        "</script></template><div><template shadowrootmode=open><img src=e.png></template></div>",
        expected="""
        link@href:1 a.css style/requisite captured
        img@src:1 b.png image/requisite captured
        img@src:1 c.png image/requisite captured ?
        script@src:1 d.js script/requisite not-followed ?
        img@src:1 e.png image/requisite captured
        """,
    ),
    Case(
        name="lazy",
        html="<img data-src=a.png data-srcset='b/b.png 1x, b/c.png 2x' loading=lazy>\n<img data-original=/lazy/d.png>"
        "<div data-bg='url(e.png)'></div><div data-bg=f/f.png></div><iframe data-src=g/g.html></iframe>"
        "<img data-pin-media=/lazy/h.png><a data-pdf=/lazy/i.pdf>x</a><div data-n=1 data-x='a/b'></div>"
        "<img data-lazy=true>",
        expected="""
        img@data-src:1 a.png image/requisite captured
        img@data-srcset:1 b/b.png image/requisite captured
        img@data-srcset:1 b/c.png image/requisite captured
        img@data-original:2 /lazy/d.png -> d.png image/requisite captured
        div@data-bg:2 e.png image/requisite captured
        div@data-bg:2 f/f.png image/requisite captured ?
        iframe@data-src:2 g/g.html frame/requisite captured
        img@data-pin-media:2 /lazy/h.png -> h.png image/requisite captured ?
        a@data-pdf:2 /lazy/i.pdf -> i.pdf document/document captured ?
        """,
    ),
    Case(
        name="amp",
        html="<amp-img src=a.png srcset='b.png 2x'></amp-img><amp-video src=c.mp4 poster=d.png></amp-video>",
        expected="""
        amp-img@src:1 a.png image/requisite captured
        amp-img@srcset:1 b.png image/requisite captured
        amp-video@src:1 c.mp4 media/requisite captured
        amp-video@poster:1 d.png image/requisite captured
        """,
    ),
    Case(
        name="originals",
        html="<img src=/originals/media/a~mv2.png/v1/fill/w_6,h_4/x.png srcset='/originals/media/a~mv2.png/v1/fill/w_9,h_6/x.png 2x'>"
        "<img src=b-300x200.png><img src=no-c-30x20.png><img src='d.png?format=300w'>",
        expected="""
        img@src:1 /originals/media/a~mv2.png/v1/fill/w_6,h_4/x.png -> media/a~mv2.png/v1/fill/w_6,h_4/x.png image/requisite captured
        img@src:1 /originals/media/a~mv2.png/v1/fill/w_6,h_4/x.png -> media/a~mv2.png image/requisite captured ?
        img@srcset:1 /originals/media/a~mv2.png/v1/fill/w_9,h_6/x.png -> media/a~mv2.png/v1/fill/w_9,h_6/x.png image/requisite captured
        img@src:1 b-300x200.png image/requisite captured
        img@src:1 b-300x200.png -> b.png image/requisite captured ?
        img@src:1 no-c-30x20.png image/requisite absent-at-origin
        img@src:1 no-c-30x20.png -> no-c.png image/requisite absent-at-origin ?
        img@src:1 d.png?format=300w image/requisite captured
        img@src:1 d.png?format=300w -> d.png?format=original image/requisite captured ?
        """,
    ),
    Case(
        name="fullsize",
        html="<a href=big.jpg><img src=small.jpg></a><a href=login.png><img src=s.png></a>"
        "<map name=m><area href=a.html><area href=b.png></map><img usemap='#m' src=c.png>",
        expected="""
        a@href:1 big.jpg image/requisite captured ?
        img@src:1 small.jpg image/requisite captured
        a@href:1 login.png image/requisite unsuitable ?
        img@src:1 s.png image/requisite captured
        area@href:1 a.html link/navigation not-followed
        area@href:1 b.png image/requisite captured ?
        img@src:1 c.png image/requisite captured
        """,
    ),
    Case(
        name="data",
        html="<img src='data:image/png;base64,iVBORw0KGgo='><a href='data:application/pdf;base64,JVBERi0='>PDF</a>"
        "<p style='background:url(data:image/gif;base64,R0lGODlhAQABAAAAACw=)'>",
        expected="""
        img@src:1 data:image/png;base64, image/requisite inline
        a@href:1 data:application/pdf;base64, document/document inline
        p@style:1 data:image/gif;base64, image/requisite inline
        """,
    ),
    Case(
        name="manifest",
        html="<link rel=manifest href=site.webmanifest><link rel=manifest href=api.json>",
        files={
            "site.webmanifest": '{"name":"x","short_name":"y","start_url":"./","icons":[{"src":"a.png"},{"src":"b/b.png"}],'
            '"screenshots":[{"src":"c.png"}],"shortcuts":[{"url":"d.html","icons":[{"src":"e.png"}]}]}',
            "api.json": '{"short_name":"y","icons":[{"src":"f.png"}]}',
        },
        expected="""
        link@href:1 site.webmanifest data/requisite captured
        link@href:1 api.json data/requisite captured
        site.webmanifest manifest@icons[0].src:- a.png icon/requisite captured
        site.webmanifest manifest@icons[1].src:- b/b.png icon/requisite captured
        site.webmanifest manifest@screenshots[0].src:- c.png image/requisite captured
        site.webmanifest manifest@shortcuts[0].icons[0].src:- e.png icon/requisite captured
        site.webmanifest manifest@shortcuts[0].url:- d.html link/navigation not-followed
        site.webmanifest manifest@start_url:- ./ ->  link/navigation not-followed
        api.json manifest@icons[0].src:- f.png icon/requisite captured
        """,
    ),
)
