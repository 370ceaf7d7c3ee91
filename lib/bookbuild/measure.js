// Runs in a built deck, in the browser: measures every slide, returns what deckcheck.py judges.
const style = document.createElement("style");
style.textContent = `svg[data-marpit-svg], svg[data-marpit-svg] * {
  content-visibility: visible !important; animation: none !important; transition: none !important }
  svg[data-marpit-svg] { display: block !important; visibility: visible !important }`;
document.head.append(style);

const slack = 1.5; // pixels of the 1280 x 720 slide
const say = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);
const slides = [];

document.querySelectorAll("svg[data-marpit-svg]").forEach((svg, index) => {
  const layers = [...svg.querySelectorAll("section")];
  const section = layers.find((s) => (s.dataset.marpitAdvancedBackground || "content") === "content");
  const base = section.getBoundingClientRect();
  const scale = base.width / section.offsetWidth;
  const overflow = [], markup = [], images = [];
  const footer = section.querySelector(":scope > footer");
  const footerTop = footer && footer.offsetParent !== null && footer.textContent.trim()
    ? (footer.getBoundingClientRect().top - base.top) / scale : Infinity;

  const report = (what, text) => {
    if (overflow.length < 4) overflow.push(`${what}: "${say(text)}"`);
  };
  const check = (rect, name, text, isFooter) => {
    if (rect.width < 1 || rect.height < 1) return;
    const left = (rect.left - base.left) / scale, right = (rect.right - base.left) / scale;
    const top = (rect.top - base.top) / scale, bottom = (rect.bottom - base.top) / scale;
    const past = [];
    if (left < -slack) past.push(`left by ${Math.round(-left)} px`);
    if (top < -slack) past.push(`top by ${Math.round(-top)} px`);
    if (right > section.offsetWidth + slack)
      past.push(`right by ${Math.round(right - section.offsetWidth)} px`);
    if (bottom > section.offsetHeight + slack)
      past.push(`bottom by ${Math.round(bottom - section.offsetHeight)} px`);
    if (past.length) report(`<${name}> runs over the edge, ${past.join(", ")}`, text);
    else if (!isFooter && bottom > footerTop + slack)
      report(`<${name}> runs into the footer by ${Math.round(bottom - footerTop)} px`, text);
  };

  for (const el of section.querySelectorAll("*")) {
    const drawing = el.parentElement.closest("svg");
    if (drawing && section.contains(drawing)) continue; // inside a formula or a drawing
    const isFooter = Boolean(el.closest("footer, header"));
    const name = el.localName;
    check(el.getBoundingClientRect(), name, el.textContent || el.alt || "", isFooter);
    if (["pre", "marp-pre", "table", "blockquote", "p", "li", "td", "div"].includes(name)
        && el.clientWidth && el.scrollWidth > el.clientWidth + slack)
      report(`<${name}> is wider than its box by ${el.scrollWidth - el.clientWidth} px`,
        el.textContent);
    if (name === "img") {
      const box = el.getBoundingClientRect();
      let problem = "";
      if (!el.complete || !el.naturalWidth) problem = "did not load";
      else if (box.width < 8 || box.height < 8) problem = "is not visible";
      images.push({which: images.length + 1, problem});
    }
  }
  const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    const drawing = parent.closest("svg");
    if (!node.textContent.trim() || (drawing && section.contains(drawing))) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    check(range.getBoundingClientRect(), parent.localName, node.textContent,
      Boolean(parent.closest("footer, header")));
    if (!parent.closest("pre, code, mjx-container, style")
        && (/\$[^$]*[\\^_][^$]*\$/.test(node.textContent) || /\*\*/.test(node.textContent)))
      markup.push(`left as text: ${say(node.textContent)}`);
  }
  for (const bad of section.querySelectorAll("merror, [data-mml-node=merror], [data-mjx-error]"))
    markup.push("mathematics: " + (bad.getAttribute("data-mjx-error")
      || bad.getAttribute("title") || say(bad.textContent) || "error"));
  for (const bad of section.querySelectorAll("[data-mml-node=mtext][fill=red]"))
    markup.push("mathematics: unknown command " + [...bad.querySelectorAll("[data-c]")]
      .map((glyph) => String.fromCodePoint(parseInt(glyph.dataset.c, 16))).join(""));
  if (section.dataset.theme !== "rnnbook")
    markup.push("theme rnnbook is not used: see the front matter");
  const note = document.querySelector(`.bespoke-marp-note[data-index="${index}"]`);
  slides.push({number: index + 1, overflow, markup, images, notes: note ? note.textContent : ""});
});

const requests = performance.getEntriesByType("resource").map((entry) => entry.name);
return {slides, requests: [...new Set([...requests, ...window.blocked])]};
