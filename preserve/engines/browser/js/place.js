// Called on the element of a frame: where a point within the frame stands in the document around it, which is
// brought into view; null when something else lies over it.
function (x, y) {
  const place = () => {
    const box = this.getBoundingClientRect();
    const style = getComputedStyle(this);
    const within = {x: this.clientLeft + parseFloat(style.paddingLeft) + x, y: this.clientTop + parseFloat(style.paddingTop) + y};
    return {x: box.left + within.x * box.width / this.offsetWidth, y: box.top + within.y * box.height / this.offsetHeight};
  };
  this.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
  let at = place();
  if (at.x < 0 || at.y < 0 || at.x >= innerWidth || at.y >= innerHeight) {
    window.scrollBy({left: at.x - innerWidth / 2, top: at.y - innerHeight / 2, behavior: "instant"});
    at = place();
  }
  let hit = document.elementFromPoint(at.x, at.y);
  while (hit && hit.shadowRoot) {
    const deeper = hit.shadowRoot.elementFromPoint(at.x, at.y);
    if (!deeper || deeper === hit) { break; }
    hit = deeper;
  }
  return hit === this ? at : null;
}
