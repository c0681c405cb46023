// What a patient reader does: the functions that the behaviours call one by one, kept in our own world.
globalThis.preserve = globalThis.preserve || (function () {
  const forced = [];
  const scrollers = [];
  const all = (selector) => treesOf(document).flatMap((tree) => Array.from(tree.querySelectorAll(selector)));
  const place = () => {
    const top = document.scrollingElement || document.documentElement;
    return {y: Math.round(scrollY), height: top ? top.scrollHeight : 0, view: innerHeight};
  };
  return {
    // Lazy images and frames are asked for now; afterwards their attribute is as the page had it.
    force() {
      for (const element of all("img[loading=lazy], iframe[loading=lazy]")) {
        forced.push(element);
        element.loading = "eager";
      }
      return forced.length;
    },
    restore() {
      forced.splice(0).forEach((element) => { element.loading = "lazy"; });
    },
    open() {
      const closed = all("details:not([open])").slice(0, 500);
      closed.forEach((element) => { element.open = true; });
      return closed.length;
    },
    play() {
      const media = all("video, audio").slice(0, 10);
      media.forEach((element) => { element.muted = true; element.play().catch(() => undefined); });
      return media.length;
    },
    // Whether each of them has begun, or cannot.
    plays() {
      return all("video, audio").slice(0, 10).every((element) =>
        element.currentTime > 0 || element.ended || element.error || element.networkState === element.NETWORK_NO_SOURCE);
    },
    pause() {
      all("video, audio").slice(0, 10).forEach((element) => { element.pause(); });
    },
    step() {
      window.scrollBy({top: innerHeight * 0.9, behavior: "instant"});
      return place();
    },
    back() {
      window.scrollTo({top: 0, left: 0, behavior: "instant"});
      return place();
    },
    // Boxes within the page that can be scrolled and are large enough to be read in.
    boxes() {
      const top = document.scrollingElement;
      for (const element of all("*").slice(0, 20000)) {
        if (element === top || element === document.body || scrollers.length >= 10) { continue; }
        const down = element.scrollHeight > element.clientHeight + 40;
        const along = element.scrollWidth > element.clientWidth + 40;
        if (!(down || along) || element.clientHeight < 80 || element.clientWidth < 80) { continue; }
        const style = getComputedStyle(element);
        if (/auto|scroll/.test(down ? style.overflowY : style.overflowX)) { scrollers.push(element); }
      }
      return scrollers.length;
    },
    // One step in one box; false at its end.
    within(index) {
      const box = scrollers[index];
      const before = box.scrollTop + box.scrollLeft;
      const down = box.scrollHeight > box.clientHeight + 40;
      box.scrollBy(down ? {top: box.clientHeight * 0.9, behavior: "instant"} : {left: box.clientWidth * 0.9, behavior: "instant"});
      return box.scrollTop + box.scrollLeft > before;
    },
    home(index) {
      scrollers[index].scrollTo({top: 0, left: 0, behavior: "instant"});
    },
  };
}());
undefined
