// Writing: text, files, commands, the bot's reply keyboard.

import { size, w } from "./words.js";
import { icon, make } from "./text.js";
import { summary } from "./messages.js";

const byId = (id) => document.getElementById(id);
let files = [];
let answered = null, edited = null;

export const draft = () => ({ text: byId("text").value.trim(), files, replyTo: answered, edit: edited });

export function clear() {
  byId("text").value = "";
  files = [];
  answered = edited = null;
  byId("file").value = "";
  showFiles();
  showReply();
  fit();
}

export function reply(message) {
  answered = message;
  edited = null;
  showReply();
  byId("text").focus();
}

export function edit(message) {
  edited = message;
  answered = null;
  byId("text").value = message.text || message.caption || "";
  showReply();
  fit();
  byId("text").focus();
}

export function insert(text) {
  byId("text").value = text;
  fit();
  byId("text").focus();
  byId("text").dispatchEvent(new Event("input"));
}

function showReply() {
  const bar = byId("reply-bar"), message = answered || edited;
  bar.hidden = !message;
  if (!message) return;
  bar.querySelector("b").textContent = edited ? w("edit") : message.from ? message.from.first_name : "";
  bar.querySelector("span").textContent = summary(message);
}

function showFiles() {
  const box = byId("files");
  box.hidden = !files.length;
  const pictures = files.length && files.every((file) => file.type.startsWith("image/"));
  box.replaceChildren(...files.map((file) => make("span", { class: "chip" }, icon("file"), ` ${file.name} · ${size(file.size)} `,
    make("button", { type: "button", "aria-label": w("cancel"), on: { click: () => { files = files.filter((one) => one !== file); showFiles(); } } }, "×"))),
    pictures ? make("label", { class: "check" }, make("input", { type: "checkbox", id: "as-file" }), w("asFile")) : "");
}

function fit() {
  const area = byId("text");
  area.style.height = "";
  if (area.value) area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}

export function kindOfFiles() {
  return files.every((file) => file.type.startsWith("image/")) && !byId("as-file")?.checked ? "photo" : "document";
}

export async function encoded() {
  return Promise.all(files.map(async (file) => {
    const address = await new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = () => failed(reader.error);
      reader.readAsDataURL(file);
    });
    return { name: file.name, mime: file.type, data: address.slice(address.indexOf(",") + 1) };
  }));
}

export function drawKeyboard(keyboard, doing) {
  const box = byId("keyboard"), toggle = byId("toggle-keyboard");
  const rows = keyboard && keyboard.keyboard;
  toggle.hidden = !rows;
  byId("text").placeholder = (keyboard && keyboard.input_field_placeholder) || w("write");
  if (!rows) { box.hidden = true; box.replaceChildren(); box.drawn = ""; return; }
  const same = JSON.stringify(rows);
  if (box.drawn === same) return;
  box.drawn = same;
  box.hidden = false;
  box.replaceChildren(...rows.map((row) => make("div", { class: "keys" }, ...row.map((button) =>
    make("button", { type: "button", class: "key", data: { reply: button.text }, on: { click: () => (button.request_contact ? doing.contact() : doing.say(button.text)) } }, button.text)))));
}

export function drawCommands(commands, doing) {
  const area = byId("text"), box = byId("commands"), open = byId("menu");
  open.hidden = !commands.length;
  const show = (list) => {
    box.replaceChildren(...list.map((one) => make("button", { type: "button", role: "menuitem", data: { command: one.command },
      on: { click: () => { hide(); area.value = ""; doing.say(`/${one.command}`); } } }, make("b", {}, `/${one.command}`), make("span", {}, one.description))));
    box.hidden = !list.length;
    open.setAttribute("aria-expanded", String(!box.hidden));
  };
  const hide = () => { box.hidden = true; open.setAttribute("aria-expanded", "false"); };
  open.onclick = () => (box.hidden ? show(commands) : hide());
  area.onkeyup = () => {
    const typed = area.value;
    if (/^\/\w*$/.test(typed)) show(commands.filter((one) => one.command.startsWith(typed.slice(1))));
    else if (!typed.startsWith("/")) hide();
  };
  hide();
}

export function wireComposer(send, typed) {
  const area = byId("text");
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    if (event.key === "Escape") { byId("commands").hidden = true; clear(); }
  });
  area.addEventListener("input", () => { fit(); typed(area.value); });
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => { files = [...byId("file").files].slice(0, 10); showFiles(); area.focus(); });
  byId("reply-bar").querySelector("button").addEventListener("click", () => { answered = edited = null; showReply(); });
  byId("toggle-keyboard").addEventListener("click", () => { byId("keyboard").hidden = !byId("keyboard").hidden; });
  area.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files || [])];
    if (pasted.length) { event.preventDefault(); files = pasted.slice(0, 10); showFiles(); }
  });
}
