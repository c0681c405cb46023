// Brings a widget into view, and returns where to click; null when something else lies over it.
(function (index) {
  const element = globalThis.widgets[index];
  if (!element.isConnected) { return null; }
  // Whether a click came to it is asked afterwards: "arrived".
  if (globalThis.aimed === undefined) {
    window.addEventListener("click", (event) => {
      if (event.composedPath().includes(globalThis.aimed)) { globalThis.arrived = true; }
    }, {capture: true});
  }
  globalThis.aimed = element;
  globalThis.arrived = false;
  element.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
  const box = element.getBoundingClientRect();
  const x = box.left + box.width / 2;
  const y = box.top + box.height / 2;
  let hit = document.elementFromPoint(x, y);
  while (hit && hit.shadowRoot) {
    const deeper = hit.shadowRoot.elementFromPoint(x, y);
    if (!deeper || deeper === hit) { break; }
    hit = deeper;
  }
  return hit && (element.contains(hit) || hit.contains(element)) ? {x: x, y: y} : null;
}(INDEX))
