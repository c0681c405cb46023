// Download widgets: what says that it brings a file, has no address of its own, and sends no form.
globalThis.widgets = globalThis.widgets || [];
(function () {
  const says = new RegExp("(?<![\\p{L}])(download(s|en)?|herunterladen|t[ée]l[ée]charger|descargar|scaric(a|are)|baixar|transferir|" +
    "ladda ner|last ned|hent|lataa|pobierz|st[áa]hnout|let[öo]lt[ée]s|indir|unduh|скачать|загрузить|завантажити)(?![\\p{L}])|" +
    "下载|下載|ダウンロード|다운로드|تحميل|تنزيل|הורדה|\\.pdf(?![\\p{L}])", "iu");
  const sends = (element) => {
    const button = element.closest("button, input");
    const form = element.closest("form");
    if (!button) { return Boolean(form) && /submit/i.test(element.getAttribute("type") || ""); }
    return /^(submit|image|reset)$/i.test(button.type) && Boolean(button.form || form);
  };
  const leads = (element) => {
    const anchor = element.closest("a[href]");
    return Boolean(anchor) && /^https?:$/.test(anchor.protocol) &&
      !/^#?$/.test((anchor.getAttribute("href") || "").trim().replace(/^#.*/, "#"));
  };
  globalThis.widgets.length = 0;
  const told = [];
  const selector = "button, [role=button], [role=link], a, input[type=button], [onclick], [data-hook*=file], [class*=download i]";
  for (const tree of treesOf(document)) {
    for (const element of tree.querySelectorAll(selector)) {
      if (globalThis.widgets.length >= 100) { break; }
      if (globalThis.widgets.some((other) => other.contains(element) || element.contains(other))) { continue; }
      const words = [element.innerText, element.value, element.getAttribute("aria-label"), element.title]
        .filter((each) => typeof each === "string").join(" ").replace(/\s+/g, " ").trim();
      const blob = element.tagName === "A" && /^(blob|data):/.test(element.href) && element.hasAttribute("download");
      if (!blob && (words.length > 300 || !says.test(words) || leads(element) || sends(element))) { continue; }
      if (element.disabled || !element.checkVisibility({checkVisibilityCSS: true})) { continue; }
      globalThis.widgets.push(element);
      told.push({text: words.slice(0, 200), element: element.tagName.toLowerCase()});
    }
  }
  return told;
}())
