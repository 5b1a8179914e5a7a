// What opens over the chat: a short notice, an alert, a menu of actions, a form.

import { w } from "./words.js";
import { make, formatted } from "./text.js";

const byId = (id) => document.getElementById(id);
let fading = 0;

export function toast(text, link) {
  const box = byId("toast");
  box.replaceChildren(text, link ? make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, w("open")) : "");
  box.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => box.classList.remove("shown"), 4000);
}

export function alertBox(text) {
  const box = byId("alert");
  box.querySelector("p").replaceChildren(text);
  box.showModal();
}

// items: [{text, danger, act}]
export function menu(items, anchor, event) {
  const box = byId("context");
  close();
  box.replaceChildren(...items.map((item) => make("button", {
    type: "button", role: "menuitem", class: item.danger ? "danger" : "", data: item.id ? { action: item.id } : {},
    on: { click: () => { close(); item.act(); } },
  }, item.text)));
  box.hidden = false;
  const at = anchor.getBoundingClientRect();
  const left = event ? event.clientX : at.right - box.offsetWidth, top = event ? event.clientY : at.bottom + 4;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${top + box.offsetHeight > innerHeight - 8 ? Math.max(8, at.top - box.offsetHeight - 4) : top}px`;
  box.querySelector("button")?.focus();
  setTimeout(() => document.addEventListener("click", outside), 0);
  document.addEventListener("keydown", keys);
  box.returnTo = anchor;
}

function outside(event) {
  if (!byId("context").contains(event.target)) close();
}

function keys(event) {
  const box = byId("context"), items = [...box.querySelectorAll("button")];
  if (event.key === "Escape") { close(); box.returnTo?.focus(); }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus(); }
}

function close() {
  byId("context").hidden = true;
  document.removeEventListener("click", outside);
  document.removeEventListener("keydown", keys);
}

export function form(title, fields, submitText, submit) {
  const box = byId("dialog");
  const body = make("form", { method: "dialog" }, make("h3", {}, title), ...fields,
    make("div", { class: "ends" },
      make("button", { type: "button", class: "text-button", on: { click: () => box.close() } }, w("cancel")),
      submitText ? make("button", { class: "text-button strong", id: "dialog-submit" }, submitText) : ""));
  body.addEventListener("submit", (event) => { event.preventDefault(); if (body.reportValidity()) { box.close(); submit(new FormData(body)); } });
  box.className = "";
  box.replaceChildren(body);
  box.showModal();
  return box;
}

export function choose(title, choices, chosen) {
  const rows = choices.map((choice) => make("button", {
    type: "button", class: "choice", data: { choice: choice.id },
    on: { click: () => { byId("dialog").close(); chosen(choice); } },
  }, choice.avatar || "", make("span", {}, choice.text)));
  form(title, rows, null, () => {});
}

export function photo(address, caption) {
  const box = byId("dialog");
  const image = make("img", { src: address, alt: caption });
  box.className = "photo";
  box.replaceChildren(image, caption ? make("p", {}, formatted(caption, [], {})) : "");
  image.addEventListener("click", () => box.close());
  box.showModal();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(`${w("copied")}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`);
}
