/* What a page must be for everybody, as a list of what is wrong: WCAG 2.2, levels A and AA, as far as
 * a program can tell.  Numbers are its success criteria.  Details are opened first: what is folded away
 * counts too. */
(() => {
	const wrong = [];
	const say = (what, e) => wrong.push(what + (e ? ": " + e.outerHTML.slice(0, 120) : ""));
	const all = (s, in_) => [...(in_ || document).querySelectorAll(s)];

	all("details").forEach(d => { d.open = true; });

	/* 3.1.1, 2.4.2, 1.3.1, 4.1.2 */
	if (!document.documentElement.lang) say("no language");
	if (!document.title.trim()) say("no title");
	if (all("main").length != 1) say("one main is wanted");
	if (all("h1").length < 1) say("no h1");
	let level = 0;
	for (const h of all("h1,h2,h3,h4,h5,h6")) {
		const n = +h.tagName[1];
		if (n > level + 1) say("a heading is left out before", h);
		if (!h.textContent.trim()) say("an empty heading", h);
		level = n;
	}
	const ids = all("[id]").map(e => e.id);
	ids.forEach((id, i) => { if (ids.indexOf(id) != i) say("id twice: " + id); });
	const name = e => (e.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean).map(id => {
		const at = document.getElementById(id);
		if (!at) say("no such label", e);
		return at ? at.textContent : "";
	}).join(" ") || e.getAttribute("aria-label");
	const names = all("section, nav").map(e => {
		if (!name(e)) say("no name", e);
		return e.tagName + " " + name(e);
	});
	names.forEach((n, i) => { if (names.indexOf(n) != i) say("landmarks of one name: " + n); });
	for (const t of all("table")) {
		if (!t.caption && !t.getAttribute("aria-label")) say("a table without a name", t);
		if (!all("th", t).length) say("a table without headers", t);
	}
	for (const th of all("th")) if (!th.getAttribute("scope")) say("no scope", th);
	for (const a of all("a"))
		if (!a.textContent.trim() && !a.getAttribute("aria-label")) say("a link without words", a);
	for (const s of all("svg"))
		if (s.getAttribute("aria-hidden") != "true" &&
		    !(s.getAttribute("role") == "img" && (s.getAttribute("aria-label") || s.querySelector("title"))))
			say("a drawing without words", s);
	for (const d of all("details"))
		if (!d.firstElementChild || d.firstElementChild.tagName != "SUMMARY" ||
		    !d.firstElementChild.textContent.trim()) say("no summary", d);
	for (const dl of all("dl"))
		for (const c of dl.children)
			if (!["DT", "DD", "DIV"].includes(c.tagName)) say("not a dt or dd", c);
	for (const l of all("ul, ol"))
		for (const c of l.children) if (c.tagName != "LI") say("not an li", c);
	for (const c of all("body *"))
		if (c.childElementCount == 0 && c.textContent.trim() && !c.closest("main, nav, footer, header, .skip"))
			say("outside of landmarks", c);

	/* 2.4.3, 2.1.1: the order is that of the document, and what scrolls can be reached. */
	for (const e of all("[tabindex]")) if (e.tabIndex > 0) say("an order of its own", e);
	for (const e of all("body *")) {
		const o = getComputedStyle(e).overflowX;
		if ((o == "auto" || o == "scroll") && e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 &&
		    !e.querySelector("a, button, [tabindex]")) say("scrolls, and cannot be reached", e);
	}
	/* 1.4.10: no scrolling in two directions. */
	if (document.documentElement.scrollWidth > innerWidth + 1)
		say("wider than the window: " + document.documentElement.scrollWidth);

	/* 1.4.3: 4.5 to 1, 3 to 1 for large text. */
	const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
	const over = (a, b) => { const k = a[3] === undefined ? 1 : a[3]; return [0, 1, 2].map(i => a[i] * k + b[i] * (1 - k)); };
	const light = c => { const l = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };
	const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
	const ground = e => {
		const layers = [];
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c[3] !== 0) layers.push(c);
			if (c[3] === undefined) break;
		}
		return layers.reverse().reduce((b, a) => over(a, b), canvas);
	};
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let texts = 0;
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement, s = getComputedStyle(e);
		if (!walk.currentNode.data.trim() || !e.getClientRects().length || s.visibility == "hidden") continue;
		const b = ground(e), f = over(parse(s.color), b), [x, y] = [light(f), light(b)].sort((p, q) => q - p);
		const px = parseFloat(s.fontSize), large = px >= 24 || (px >= 18.66 && +s.fontWeight >= 700);
		const ratio = (x + .05) / (y + .05);
		texts++;
		if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2), e);
	}
	if (!texts) say("nothing can be read");
	return [...new Set(wrong)];
})()
