(() => {
  // Answers by keyboard, for who has switched it on: j and k go to the next and the previous card, a letter presses its
  // button. Everything can be done without it. Reads the page, and sends nothing but the page's own forms.
  const box = document.getElementById("keys-on"), keys = document.getElementById("keys");
  if (!box) return;
  const store = { get: () => { try { return localStorage.getItem("keys"); } catch { return null; } },
    set: on => { try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* kept for this page only */ } } };
  keys.hidden = false;
  box.checked = store.get() === "on";
  box.addEventListener("change", () => store.set(box.checked));
  const cards = [...document.querySelectorAll("article.notice, article.item")];
  const buttons = { r: "keep", n: "not-relevant", c: "already-covered", l: "later" };
  let at = cards.findIndex(card => card.matches(":target"));
  const go = step => {
    at = Math.min(Math.max(at + step, 0), cards.length - 1);
    const card = cards[at];
    const fold = card.querySelector(":scope > details.row-fold");
    if (fold) fold.open = true;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", event => {
    if (event.repeat && event.key !== "j" && event.key !== "k") return;  // a held key answers once
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(at < 0 ? 0 : -1);
    else if (event.key === "u") document.querySelector("#undo button")?.click();
    else if (event.key === "x" && cards[at]) cards[at].querySelector("input[form=many]")?.click();
    else if (event.key in buttons && cards[at]) {
      const reason = cards[at].querySelector("input[name=reason]");
      const closes = event.key === "n" || event.key === "c";
      // A notice is closed with a reason only.
      if (closes && cards[at].matches(".notice") && reason && !reason.value.trim()) reason.focus();
      else cards[at].querySelector(`form.answer button[value="${buttons[event.key]}"]`)?.click();
    } else return;
    event.preventDefault();
  });
})();
