// Every tree of a document: itself, and the open shadow roots within, in the order of the page.
function treesOf(top) {
  const trees = [top];
  for (let at = 0; at < trees.length && trees.length < 2000; at += 1) {
    for (const element of trees[at].querySelectorAll("*")) {
      if (element.shadowRoot) { trees.push(element.shadowRoot); }
    }
  }
  return trees;
}
