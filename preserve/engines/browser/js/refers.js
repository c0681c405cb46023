// Everything this frame refers to, its shadow roots and the rules of its style sheets included.
(function () {
  const found = [];
  const add = (written, kind, element, attribute, text) => {
    if (!written || found.length >= 20000) { return; }
    let url = null;
    try { url = new URL(written, document.baseURI); url.hash = ""; } catch (_) { return; }
    if (!/^https?:$/.test(url.protocol)) { return; }
    found.push({
      written: String(written).slice(0, 4000), url: url.href, kind: kind, element: element, attribute: attribute,
      text: (text || "").replace(/\s+/g, " ").trim().slice(0, 200),
    });
  };
  const candidates = (value) => Array.from(
    (value || "").matchAll(/\s*,?\s*(\S*[^\s,])(?:\s+[^,]+)?/g), (each) => each[1]);
  const addresses = (value) => Array.from(
    value.matchAll(/url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^)"'\s]+))\s*\)/g),
    (each) => each[1] || each[2] || each[3]);
  const kinds = {
    IMG: "image", SOURCE: "media", VIDEO: "media", AUDIO: "media", TRACK: "media", SCRIPT: "script",
    IFRAME: "frame", FRAME: "frame", EMBED: "data", INPUT: "image",
  };
  const rels = [
    [/\bstylesheet\b/i, "style"], [/icon\b/i, "icon"], [/\bmodulepreload\b/i, "script"],
    [/\bmanifest\b/i, "data"], [/\b(preload|prefetch)\b/i, "data"],
  ];
  const styles = (rules) => {
    for (const rule of rules) {
      if (found.length >= 20000) { return; }
      if (rule.style) {
        for (const name of rule.style) {
          const value = rule.style.getPropertyValue(name);
          if (value.includes("url(")) { addresses(value).forEach((one) => add(one, "image", "css", "url", "")); }
        }
        const source = rule instanceof CSSFontFaceRule ? rule.style.getPropertyValue("src") : "";
        addresses(source).forEach((one) => add(one, "font", "css", "url", ""));
      }
      if (rule.cssRules) { styles(rule.cssRules); }
    }
  };
  const sheet = (one) => {
    // A sheet of another origin tells nothing here; its file is read instead, since it crossed the wire.
    try { styles(one.cssRules); } catch (_) { return; }
  };
  for (const tree of treesOf(document)) {
    for (const element of tree.querySelectorAll("*")) {
      const tag = element.tagName.toUpperCase();
      const low = tag.toLowerCase();
      const get = (name) => element.getAttribute(name);
      if (tag === "A" || tag === "AREA") {
        const href = get("href");
        const words = element.innerText || get("aria-label") || get("title") || "";
        if (href) { add(href, element.hasAttribute("download") ? "document" : "link", low, "href", words); }
      } else if (tag === "LINK") {
        const rel = rels.find((each) => each[0].test(get("rel") || ""));
        if (rel) { add(get("href"), rel[1], low, "href", ""); candidates(get("imagesrcset")).forEach((one) => add(one, "image", low, "imagesrcset", "")); }
      } else if (tag === "META") {
        if (/^(og:image(:url|:secure_url)?|twitter:image(:src)?)$/i.test(get("property") || get("name") || "")) { add(get("content"), "image", low, "content", ""); }
      } else if (tag === "OBJECT") {
        add(get("data"), "data", low, "data", "");
      } else if (kinds[tag] && (tag !== "INPUT" || element.type === "image")) {
        const inPicture = tag === "SOURCE" && element.parentElement && element.parentElement.tagName === "PICTURE";
        add(get("src"), kinds[tag], low, "src", get("alt"));
        candidates(get("srcset")).forEach((one) => add(one, "image", low, "srcset", get("alt")));
        if (inPicture) { add(get("data-src"), "image", low, "data-src", ""); }
        add(get("poster"), "image", low, "poster", "");
      } else if (element instanceof SVGElement && (tag === "IMAGE" || tag === "USE")) {
        const href = get("href") || get("xlink:href");
        if (href && !href.startsWith("#")) { add(href, "image", low, "href", ""); }
      }
      if (element.style && element.style.cssText.includes("url(")) {
        addresses(element.style.cssText).forEach((one) => add(one, "image", low, "style", ""));
      }
    }
    for (const one of [...(tree.styleSheets || []), ...(tree.adoptedStyleSheets || [])]) { sheet(one); }
  }
  return found;
}())
