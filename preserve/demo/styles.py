"""How does the demo page look, and what does its script do?"""

from __future__ import annotations

__all__ = ["SCRIPT", "SITE_CSS", "THEME_CSS"]

SITE_CSS = """\
@charset "utf-8";
@import url("theme.css");

*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; line-height: 1.65; font-size: 18px; }
a { color: inherit; }
.bar { display: flex; align-items: center; gap: 24px; padding: 14px 32px; font-size: 15px; }
.bar .name { font-size: 20px; margin-right: auto; text-decoration: none; }
.bar a { text-decoration: none; }
.banner { height: 260px; display: flex; align-items: flex-end; padding: 0 0 24px 32px; }
.banner p { margin: 0; padding: 6px 14px; font-size: 16px; }
main { max-width: 780px; margin: 36px auto; padding: 40px 56px 32px; }
.posted { display: flex; align-items: center; gap: 12px; font-size: 14px; }
.posted img { border-radius: 50%; width: 40px; height: 40px; }
h1 { font-size: 42px; line-height: 1.15; margin: 22px 0 8px; }
h2 { font-size: 24px; margin: 34px 0 8px; }
.standfirst { font-size: 20px; font-style: italic; margin: 0 0 20px; }
.source { margin: 0 0 28px; padding: 12px 0; font-size: 16px; line-height: 1.5; }
.source p { margin: 0; }
figure { margin: 30px 0; }
figure img { display: block; width: 100%; height: auto; aspect-ratio: 3 / 2; }
figcaption { font-size: 14px; line-height: 1.45; padding-top: 8px; }
figcaption .credit { display: block; font-size: 12px; }
.boxed { margin: 30px 0; padding: 18px 28px; font-size: 16px; }
.boxed h3 { margin: 0 0 6px; font-size: 17px; }
.boxed ul { margin: 0; padding-left: 20px; }
.signature { display: inline-block; min-width: 120px; min-height: 40px; font-style: italic; }
.afterword { margin-top: 36px; padding-top: 20px; font-size: 16px; }
.file { display: flex; flex-direction: column; margin: 22px 0; padding: 16px 20px; text-decoration: none; }
.file .file-name { font-size: 16px; }
.file .file-facts { font-size: 13px; }
.knot { width: 24px; height: 24px; margin: 24px auto 0; background-size: cover; }
.bell p { margin: 0 0 6px; }
.bell audio { width: 100%; max-width: 420px; height: 40px; }
.related { margin-top: 30px; }
.related h3 { margin: 0 0 10px; font-size: 17px; }
.tiles { display: flex; gap: 20px; margin-bottom: 14px; }
.tiles a { width: 240px; font-size: 15px; text-decoration: none; }
.tile { display: block; height: 160px; margin-bottom: 6px; background-size: cover; }
iframe { border: 0; }
.lamp { vertical-align: -4px; }
.counts { display: flex; gap: 18px; font-size: 13px; padding-top: 16px; margin-top: 24px; }
footer { text-align: center; font-size: 13px; padding: 12px 0 48px; }
"""

THEME_CSS = """\
/* The colours of the marsh. */
:root { --ink: #2b2a2e; --quiet: #6b6a70; --reed: #c4b260; --dusk: #2b3a67; --line: #ddd8cc; }
body { background: #f3f1ea; color: var(--ink); font-family: Georgia, "Times New Roman", serif; }
.bar { background: #ffffff; border-bottom: 3px solid var(--reed); }
.bar .name { color: var(--dusk); font-weight: bold; }
.banner {
  background-color: #62828a;
  background-image: url(../media/marsh-banner.jpg);
  background-position: center;
  background-size: cover;
}
.banner p { background: rgba(43, 58, 103, .82); color: #ffffff; }
main { background: #ffffff; border: 1px solid var(--line); }
.posted, .standfirst, figcaption, .counts, footer { color: var(--quiet); }
.source { border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.boxed {
  border: 2px solid var(--reed);
  background-color: #f4ecd8;
  background-image: image-set("../media/paper.png" 1x, "../media/paper@2x.png" 2x);
}
.file { border: 1px solid var(--line); border-left: 6px solid var(--dusk); }
.file .file-facts { color: var(--quiet); }
.tile { background-color: #62828a; }
.afterword, .counts { border-top: 1px solid var(--line); }
"""

SCRIPT = """\
// Puts the pictures in place of their placeholders.
(function () {
  "use strict";
  function swap(image) {
    if (image.dataset.srcset) { image.srcset = image.dataset.srcset; }
    image.src = image.dataset.src;
    image.removeAttribute("data-src");
    image.removeAttribute("data-srcset");
  }
  document.querySelectorAll("img[data-src]").forEach(swap);
  document.querySelectorAll("[data-bg]").forEach(function (tile) {
    tile.style.backgroundImage = "url(" + tile.dataset.bg + ")";
    tile.removeAttribute("data-bg");
  });
}());
"""
