// What a reader of this frame sees: images, text, and the document as it stands now.
(function () {
  const trees = treesOf(document);
  const seen = new Set();
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 &&
      element.checkVisibility({checkVisibilityCSS: true, contentVisibilityAuto: false});
  };
  const add = (url) => {
    try {
      const whole = new URL(url, document.baseURI);
      whole.hash = "";
      if (/^https?:$/.test(whole.protocol) && seen.size < 20000) { seen.add(whole.href); }
    } catch (_) { /* no address at all, which shows nothing */ }
  };
  let left = 50000;
  for (const tree of trees) {
    for (const element of tree.querySelectorAll("*")) {
      if ((left -= 1) < 0) { break; }
      if (element instanceof HTMLImageElement) {
        if (element.complete && element.naturalWidth > 1 && shown(element)) { add(element.currentSrc); }
      } else if (element instanceof HTMLVideoElement) {
        if (element.poster && shown(element)) { add(element.poster); }
      } else if (element instanceof SVGImageElement) {
        if (element.href.baseVal && shown(element)) { add(element.href.baseVal); }
      } else if (element instanceof HTMLInputElement && element.type === "image" && element.src && shown(element)) {
        add(element.src);
      }
      for (const pseudo of [null, "::before", "::after"]) {
        const style = getComputedStyle(element, pseudo);
        for (const value of [style.backgroundImage, style.listStyleImage, style.borderImageSource]) {
          if (!value || value === "none" || !value.includes("url(") || !shown(element)) { continue; }
          for (const found of value.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) { add(found[1]); }
        }
      }
    }
  }
  const words = [document.body ? document.body.innerText : ""];
  for (const root of trees.slice(1)) {
    for (const child of root.children) {
      if (child instanceof HTMLElement && !/^(STYLE|SCRIPT|TEMPLATE)$/.test(child.tagName)) { words.push(child.innerText); }
    }
  }
  const top = document.documentElement;
  const outer = top ? top.cloneNode(false).outerHTML : "";
  const inner = top ? top.getHTML({serializableShadowRoots: true, shadowRoots: trees.slice(1)}) : "";
  const close = outer.lastIndexOf("</");
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\n" : "";
  return {
    url: location.href,
    title: document.title,
    width: top ? Math.max(top.scrollWidth, document.body ? document.body.scrollWidth : 0) : 0,
    height: top ? Math.max(top.scrollHeight, document.body ? document.body.scrollHeight : 0) : 0,
    images: Array.from(seen),
    text: words.filter((each) => each.trim()).join("\n\n"),
    html: type + (close < 0 ? outer : outer.slice(0, close) + inner + outer.slice(close)),
  };
}())
