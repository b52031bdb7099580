// Small comforts; every page works without them.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const show = () => {
    const wish = localStorage.getItem("theme") || "auto";
    root.dataset.bsTheme = wish === "auto" ? (dark.matches ? "dark" : "light") : wish;
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === wish));
    }
  };
  dark.addEventListener("change", show);
  show();

  document.addEventListener("DOMContentLoaded", () => {
    show();
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.addEventListener("click", () => {
        localStorage.setItem("theme", button.dataset.theme);
        show();
      });
    }
  });

  // Long work: what is marked is fetched again until it has ended, then the whole page. The longer
  // it takes, the more rarely.
  let wait = 1000;
  const poll = async () => {
    const open = [...document.querySelectorAll('[data-poll=""]')];
    if (!open.length) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const one of open) {
        const now = page.getElementById(one.id);
        if (!now || now.dataset.poll) return location.reload();
        if (!one.contains(document.activeElement)) one.replaceWith(now);
      }
    } catch {
      // The server is away for a moment; the work goes on.
    }
    wait = Math.min(wait * 1.1, 15000);
    setTimeout(poll, wait);
  };
  document.addEventListener("DOMContentLoaded", () => setTimeout(poll, wait));

  // How a file is read: what changes is shown at once.
  document.addEventListener("change", async (event) => {
    const part = event.target.closest("[data-live]");
    const shown = part && document.getElementById(part.dataset.live);
    if (!shown) return;
    const body = new FormData(event.target.form);
    body.set("read", "1");
    const answer = await fetch(event.target.form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(shown.id);
    if (!now) return location.assign(answer.url);
    shown.replaceWith(now);
  });

  // By physical key, so that they work on every keyboard layout.
  const rows = () => [...document.querySelectorAll("tbody a[data-row]")];
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  };
  const keys = {
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    Slash: () => document.querySelector("input[type=search]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (keys[event.code]) {
      event.preventDefault();
      keys[event.code]();
    }
  });
})();
