// What pages do beyond reading: narrow the time by drawing, decide by keyboard, follow what runs.
// Everything works without it. No markup is made from texts: what is put in came from the desk, escaped.
"use strict";
document.documentElement.classList.add("js");

// On a wide screen what narrows stands open.
const wide = matchMedia("(min-width: 48.01rem)");
const unfold = () => document.querySelectorAll("details[data-wide-open]").forEach((each) => { each.open = wide.matches; });
unfold();
wide.addEventListener("change", unfold);

// Draw across the chart to narrow the time.
for (const chart of document.querySelectorAll("svg[data-brush]")) {
  const brush = chart.querySelector(".brush");
  const hits = [...chart.querySelectorAll(".hit")];
  let from = null;
  let moved = false;
  const place = (event) => {
    const box = chart.getBoundingClientRect();
    return Math.max(0, Math.min(960, ((event.clientX - box.left) / box.width) * 960));
  };
  const draw = (at) => {
    brush.setAttribute("x", String(Math.min(from, at)));
    brush.setAttribute("width", String(Math.abs(at - from)));
  };
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = place(event);
    moved = false;
  });
  chart.addEventListener("pointermove", (event) => {
    if (from === null) return;
    if (!moved && Math.abs(place(event) - from) > 6) {
      moved = true;
      chart.setPointerCapture(event.pointerId);
    }
    if (moved) draw(place(event));
  });
  chart.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const [first, last] = [from, place(event)].sort((one, other) => one - other);
    from = null;
    if (!moved) return;
    const inside = hits.filter((hit) => {
      const x = Number(hit.getAttribute("x"));
      return x + Number(hit.getAttribute("width")) > first && x < last;
    });
    if (!inside.length) return;
    const there = new URL(location.href);
    there.searchParams.set("since", inside[0].dataset.since);
    there.searchParams.set("until", inside[inside.length - 1].dataset.until);
    there.searchParams.delete("cursor");
    location.assign(there);
  });
  chart.addEventListener("pointercancel", () => { from = null; });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  // A drawing that ends on a bar is no click on it.
  chart.addEventListener("click", (event) => { if (moved) { event.preventDefault(); moved = false; } }, true);
}

// Decide by keyboard: a key presses what bears it. Single keys can be switched off (WCAG 2.1.4).
const form = document.querySelector("form[data-keys]");
const keysSwitch = document.querySelector("[data-keys-switch]");
const keysOn = () => { try { return localStorage.getItem("communique-keys") !== "off"; } catch { return true; } };
const tellKeys = () => {
  if (!keysSwitch) return;
  keysSwitch.setAttribute("aria-pressed", String(keysOn()));
  keysSwitch.textContent = keysOn() ? "Keys on" : "Keys off";
};
if (keysSwitch) {
  tellKeys();
  keysSwitch.addEventListener("click", () => {
    try { localStorage.setItem("communique-keys", keysOn() ? "off" : "on"); } catch { /* nothing is kept */ }
    tellKeys();
  });
}
if (form || document.querySelector("[data-key]")) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !keysOn()) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (pressed) {
      event.preventDefault();
      pressed.click();
    }
  });
}

// Follow what runs: the part that changes is asked for again until nothing runs.
for (const part of document.querySelectorAll("[data-poll]")) {
  const told = document.getElementById(part.dataset.told);
  const live = () => part.querySelector("[data-live]")?.dataset.live === "yes";
  let was = live();
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(part.dataset.poll, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        if (answer.ok) {
          const focused = part.contains(document.activeElement);
          if (!focused) part.innerHTML = await answer.text();
          if (was && !live() && told) told.textContent = "Everything that ran has ended.";
          was = live();
        }
      } catch { /* the desk is away: ask again */ }
    }
    setTimeout(look, live() ? 1000 : 10000);
  };
  setTimeout(look, was ? 1000 : 10000);
}
