(() => {
  // Narrows the queue as one types; without script the page shows everything. Reads the page, sends nothing.
  const form = document.getElementById("find"), said = document.getElementById("found");
  const entries = [...document.querySelectorAll(".queue > li")];
  if (!form || !entries.length) return;
  const words = document.getElementById("words"), boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const texts = entries.map(entry => entry.textContent.toLowerCase());
  const narrow = () => {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = boxes.filter(box => box.checked).map(box => box.value);
    let shown = 0;
    entries.forEach((entry, n) => {
      const fits = asked.every(word => texts[n].includes(word));
      entry.hidden = !(fits && (!chosen.length || chosen.some(name => entry.classList.contains(name))));
      shown += !entry.hidden;
    });
    said.textContent = shown === entries.length ? "" : `${shown} of ${entries.length} articles shown`;
  };
  form.hidden = false;
  form.addEventListener("input", narrow);
})();
