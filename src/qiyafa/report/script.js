"use strict";
// Comfort only: everything can be read, and is in the same order, without this script.
(() => {
  const words = document.body.dataset;

  function addCopyButtons() {
    for (const address of document.querySelectorAll("td .address")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = words.copy;
      button.addEventListener("click", () => copy(address, button));
      address.after(button);
    }
  }

  async function copy(address, button) {
    try {
      await navigator.clipboard.writeText(address.textContent);
    } catch {
      getSelection().selectAllChildren(address);
      document.execCommand("copy");
    }
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 1500);
  }

  // The rows that open on a click belong to the table above them: sort and find treat them as one.
  function bodies(table) {
    const rest = table.closest(".holders-of")?.querySelectorAll("table.holders");
    return [...(rest ?? [table])].map((each) => each.tBodies[0]);
  }

  function key(row, column) {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent;
  }

  function compare(left, right) {
    const whole = /^\d+$/;
    if (whole.test(left) && whole.test(right)) {
      const [a, b] = [BigInt(left), BigInt(right)];
      return a < b ? -1 : a > b ? 1 : 0;
    }
    return left < right ? -1 : left > right ? 1 : 0;
  }

  function sort(table, column, heads) {
    const falling = heads[column].getAttribute("aria-sort") !== "descending";
    const parts = bodies(table);
    const sizes = parts.map((part) => part.rows.length);
    const rows = parts.flatMap((part) => [...part.rows]);
    rows.sort((a, b) => compare(key(a, column), key(b, column)) * (falling ? -1 : 1));
    parts.forEach((part, at) => part.append(...rows.splice(0, sizes[at])));
    heads.forEach((head, at) => head.setAttribute("aria-sort", at !== column ? "none" : falling ? "descending" : "ascending"));
  }

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.setAttribute("aria-sort", "none");
      head.title = words.sort;
      head.tabIndex = 0;
      head.addEventListener("click", () => sort(table, column, heads));
      head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(table, column, heads); });
    });
  }

  function addFilter(part) {
    const tools = document.createElement("div");
    const input = document.createElement("input");
    const count = document.createElement("span");
    const rows = [...part.querySelectorAll("table.holders tbody tr")];
    tools.className = "tools";
    count.className = "quiet";
    count.setAttribute("role", "status");
    input.type = "search";
    input.placeholder = words.filter;
    input.setAttribute("aria-label", words.filter);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      const shown = rows.filter((row) => !row.hidden).length;
      const rest = part.querySelector("details.rest");
      if (rest && wanted) rest.open = true;
      count.textContent = wanted ? words.shown.replace("{shown}", shown).replace("{count}", rows.length) : "";
    });
    tools.append(input, count);
    part.querySelector("table.holders").before(tools);
  }

  addCopyButtons();
  for (const part of document.querySelectorAll(".holders-of")) {
    makeSortable(part.querySelector("table.holders"));
    if (part.querySelector("details.rest")) addFilter(part);
  }
})();
