// Called on the element of a frame: whether a reader sees it.
function () {
  const box = this.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && this.checkVisibility({checkVisibilityCSS: true});
}
