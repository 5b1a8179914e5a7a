// The page: who one is, which chat is open, and what happens in it.

import { clock, day, language, sayAll, switchLanguage, w } from "./words.js";
import { icon, make, safeLink } from "./text.js";
import { act, listen, load } from "./server.js";
import { alertBox, choose, copy, form, menu, photo, toast } from "./dialogs.js";
import { drawAll, paint, settle, summary } from "./messages.js";
import { clear, draft, drawCommands, drawKeyboard, edit, encoded, insert, kindOfFiles, reply, wireComposer } from "./composer.js";
import { drawPanel, wirePanel } from "./panel.js";

const byId = (id) => document.getElementById(id);
const app = byId("app");
let state = null;
let open = null;
let typingTimer = 0;
const unread = new Map();
const waiting = new Map();

const me = () => state.me;
const chatOf = (id) => state.chats.find((chat) => chat.id === id);
const current = () => chatOf(open);
const nameOf = (chat) => (chat.kind === "private" ? state.bot.name : chat.title);

async function order(action, body = {}) {
  try {
    return await act(action, { person: me(), ...body });
  } catch (error) {
    toast(w("failed"));
    console.info(error.message);
    return null;
  }
}

// --- what can be done with messages

const doing = {
  say: (text) => order("say", { chat: open, text }),
  command: (text) => order("say", { chat: open, text }),
  contact: () => order("share_contact", { chat: open }),
  copy, photo,
  inline: (query) => insert(`@${state.bot.username} ${query || ""}`),
  jump: (id) => {
    const target = byId("messages").querySelector(`[data-message="${id}"]`);
    atEnd = false;
    target?.scrollIntoView({ block: "center", behavior: "smooth" });
    target?.classList.add("found");
    setTimeout(() => target?.classList.remove("found"), 1500);
  },
  follow: (url) => {
    const payload = startPayload(url);
    if (payload === null) return false;
    startBot(payload);
    return true;
  },
  press: async (message, button, key) => {
    key.classList.add("waiting");
    const answer = await order("press", { chat: open, message: message.message_id, data: button.callback_data });
    if (!answer) { key.classList.remove("waiting"); return; }
    waiting.set(answer.callback, key);
    setTimeout(() => { waiting.delete(answer.callback); key.classList.remove("waiting"); }, 10000);
  },
  actions: (message, anchor, event) => {
    const own = message.from && message.from.id === me(), at = { chat: open, message: message.message_id };
    const items = [{ id: "reply", text: w("reply"), act: () => reply(message) }, { id: "forward", text: w("forward"), act: () => forward(message) }];
    if (message.text || message.caption) items.push({ id: "copy", text: w("copy"), act: () => copy(message.text || message.caption) });
    if (own && !message.forward_origin && (message.text || message.caption)) items.push({ id: "edit", text: w("edit"), act: () => edit(message) });
    items.push({ id: "remove", text: w("remove"), danger: true, act: () => order("delete", at) });
    menu(items, anchor, event);
  },
};

function startPayload(url) {
  const bot = state.bot.username.toLowerCase();
  const [, name] = url.pathname.split("/");
  if (/^(t|telegram)\.me$/.test(url.hostname) && name.toLowerCase() === bot) return url.searchParams.get("start") || "";
  if (url.protocol === "tg:" && (url.searchParams.get("domain") || "").toLowerCase() === bot) return url.searchParams.get("start") || "";
  return null;
}

async function startBot(payload) {
  await order("start", { payload });
  openChat(me());
}

function forward(message) {
  const choices = state.chats.filter((chat) => !chat.migrated_to).map((chat) => ({ id: chat.id, text: nameOf(chat), avatar: avatar(chat) }));
  choose(w("forwardTo"), choices, async (choice) => {
    if (await order("forward", { chat: open, message: message.message_id, to: choice.id })) openChat(choice.id);
  });
}

async function send() {
  const { text, files, replyTo, edit: changed } = draft();
  if (changed) { if (text) await order("edit", { chat: open, message: changed.message_id, text }); }
  else if (files.length) { if (!await order("send_file", { chat: open, kind: kindOfFiles(), files: await encoded(), caption: text })) return; }
  else if (!text) return;
  else if (!await order("say", { chat: open, text, reply_to: replyTo?.message_id })) return;
  clear();
  drawInline(null);
}

// --- inline mode

let asking = 0;

function typed(text) {
  const prefix = `@${state.bot.username} `;
  clearTimeout(asking);
  if (!text.startsWith(prefix)) { drawInline(null); return; }
  asking = setTimeout(() => order("inline", { query: text.slice(prefix.length) }), 300);
}

function drawInline(event) {
  const box = byId("commands");
  if (!event) { if (box.dataset.inline) { box.hidden = true; delete box.dataset.inline; } return; }
  box.dataset.inline = event.query;
  box.hidden = !event.results.length;
  box.replaceChildren(...event.results.map((result) => make("button", { type: "button", role: "menuitem", data: { result: result.id }, on: { click: async () => {
    await order("choose", { query: event.query, result: result.id, chat: open });
    clear();
    drawInline(null);
  } } }, make("b", {}, result.title || ""), make("span", {}, result.description || ""))));
}

// --- drawing

function avatar(chat) {
  const face = make("span", { class: "avatar" });
  paint(face, chat.id, nameOf(chat), chat.kind === "private");
  return face;
}

function drawPeople() {
  byId("people").replaceChildren(...state.people.map((person) => {
    const face = make("span", { class: "avatar" });
    paint(face, person.id, person.name, false);
    const news = [...unread.keys()].some((key) => key.startsWith(`${person.id}:`));
    return make("button", { type: "button", class: "person", "aria-pressed": String(person.id === me()), data: { person: person.id, role: person.role },
      on: { click: () => become(person.id) } }, face, make("span", { class: "lines" }, make("b", {}, person.name), make("small", {}, w(person.role))), news ? make("i", { class: "dot" }) : "");
  }));
}

function drawChats() {
  const latest = (chat) => chat.messages.at(-1)?.date || 0;
  const shown = state.chats.filter((chat) => !chat.migrated_to).sort((a, b) => (b.kind === "private") - (a.kind === "private") || latest(b) - latest(a));
  byId("chats").replaceChildren(...shown.map((chat) => {
    const last = chat.messages.at(-1), count = unread.get(`${me()}:${chat.id}`);
    const when = last ? (day(last.date) === w("today") ? clock(last.date) : day(last.date)) : "";
    return make("button", { type: "button", class: "chat-row", "aria-current": chat.id === open ? "true" : null, data: { chat: chat.id, kind: chat.kind }, on: { click: () => openChat(chat.id) } },
      avatar(chat), make("span", { class: "lines" }, make("span", { class: "line" }, make("b", {}, nameOf(chat)), make("time", {}, when)),
        make("span", { class: "line" }, make("small", {}, last ? summary(last) : state.bot.about || w("empty")), count ? make("i", { class: "count" }, count) : "")));
  }));
}

function drawChat({ stay = false } = {}) {
  const chat = current();
  if (!chat) return;
  paint(byId("chat-avatar"), chat.id, nameOf(chat), chat.kind === "private");
  byId("chat-title").textContent = nameOf(chat);
  drawStatus();
  settle(byId("messages"), [...intro(chat), ...drawAll(chat, me(), doing)]);
  drawBanner(chat);
  drawFooter(chat);
  if (!stay || atEnd) toEnd();
}

// Pictures load and keyboards open after a message is shown: whoever reads the end stays at the end.
let atEnd = true;

function toEnd() {
  atEnd = true;
  byId("to-end").hidden = true;
  byId("scroll").scrollTop = byId("scroll").scrollHeight;
}

function keepAtEnd() {
  const scroll = byId("scroll");
  const settle = new ResizeObserver(() => { if (atEnd) scroll.scrollTop = scroll.scrollHeight; });
  settle.observe(scroll);
  settle.observe(byId("messages"));
  let touched = 0;
  for (const event of ["wheel", "touchmove", "pointerdown", "keydown"]) scroll.addEventListener(event, () => { touched = Date.now(); }, { passive: true });
  scroll.addEventListener("scroll", () => {
    const near = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
    if (near || Date.now() - touched < 1500) atEnd = near;
    byId("to-end").hidden = near;
  }, { passive: true });
}

function intro(chat) {
  if (chat.kind !== "private" || chat.messages.length) return [];
  const face = avatar(chat);
  const card = make("div", { class: "intro" }, face, make("b", {}, state.bot.name), make("p", {}, state.bot.description || state.bot.about || ""));
  card.signature = `intro ${card.textContent}`;
  return [card];
}

function drawStatus(doingNow) {
  const chat = current(), status = byId("chat-status");
  status.classList.toggle("busy", Boolean(doingNow));
  if (doingNow) { status.textContent = doingNow; return; }
  if (chat.kind === "private") status.textContent = chat.bot === "kicked" ? w("blocked") : w("bot");
  else status.textContent = `${w(chat.kind === "channel" ? "channel" : "group")} · ${chat.members.map((one) => one.name.split(" ")[0]).join(", ")}${["member", "administrator"].includes(chat.bot) ? `, ${state.bot.name}` : ""}`;
}

function drawBanner(chat) {
  const banner = byId("banner"), text = banner.querySelector("span"), button = banner.querySelector("button");
  const missing = chat.kind !== "private" && !["member", "administrator"].includes(chat.bot) && ["creator", "administrator"].includes(chat.status);
  banner.hidden = !missing && !chat.migrated_to;
  if (banner.hidden) return;
  text.textContent = w(chat.migrated_to ? "migrated" : "noBot");
  button.textContent = w(chat.migrated_to ? "openNew" : "addBot");
  button.onclick = () => (chat.migrated_to ? openChat(chat.migrated_to) : order("add_bot", { chat: chat.id }));
}

function drawFooter(chat) {
  const closed = chat.kind === "private" && chat.bot !== "member";
  const mute = chat.kind === "channel" && chat.status === "member";
  byId("composer").hidden = closed || mute;
  const start = byId("start");
  start.hidden = !closed;
  start.textContent = w(chat.bot === "kicked" ? "unblock" : "start");
  start.dataset.action = chat.bot === "kicked" ? "unblock" : "start";
  start.onclick = () => (chat.bot === "kicked" ? order("unblock") : order("start"));
  drawKeyboard(closed ? null : chat.keyboard, doing);
  drawCommands(chat.commands, doing);
}

function chatMenu(event) {
  const chat = current(), items = [], at = { chat: chat.id };
  if (chat.kind === "private") {
    items.push({ id: "restart", text: w("restart"), act: () => order("start") });
    if (chat.bot === "kicked") items.push({ id: "unblock", text: w("unblock"), act: () => order("unblock") });
    else if (chat.bot === "member") items.push({ id: "block", text: w("block"), danger: true, act: () => order("block") });
  } else if (["creator", "administrator"].includes(chat.status)) {
    const inside = ["member", "administrator"].includes(chat.bot);
    if (!inside) items.push({ id: "add-bot", text: w("addBot"), act: () => order("add_bot", at) });
    if (chat.bot !== "administrator") items.push({ id: "add-admin", text: w("addAdmin"), act: () => order("add_bot", { ...at, admin: true }) });
    if (chat.kind === "group") items.push({ id: "migrate", text: w("migrate"), act: migrate });
    if (inside) items.push({ id: "remove-bot", text: w("removeBot"), danger: true, act: () => order("remove_bot", at) });
  }
  if (items.length) menu(items, event.currentTarget);
}

async function migrate() {
  const answer = await order("migrate", { chat: open });
  if (answer) { await refresh(); openChat(answer.chat); }
}

function newGroup() {
  const others = state.people.filter((person) => person.id !== me());
  form(w("newGroupTitle"), [
    make("label", {}, make("span", {}, w("groupName")), make("input", { name: "title", required: true, maxlength: 128, id: "group-title" })),
    make("label", {}, make("span", {}, w("groupKind")), make("select", { name: "kind", id: "group-kind" },
      ...[["supergroup", "kindSuper"], ["group", "kindGroup"], ["channel", "kindChannel"]].map(([value, word]) => make("option", { value }, w(word))))),
    make("fieldset", {}, make("legend", {}, w("members")), ...others.map((person) => make("label", { class: "check" }, make("input", { type: "checkbox", name: "member", value: person.id, checked: true }), person.name))),
    make("label", { class: "check" }, make("input", { type: "checkbox", name: "bot", checked: true }), w("withBot")),
  ], w("create"), async (data) => {
    const answer = await order("create_group", { title: data.get("title"), kind: data.get("kind"), members: data.getAll("member").map(Number) });
    if (!answer) return;
    if (data.get("bot")) await order("add_bot", { chat: answer.chat });
    await refresh();
    openChat(answer.chat);
  });
}

// --- moving about

function show(screen) {
  app.dataset.screen = screen;
}

function openChat(id) {
  if (!chatOf(id)) id = me();
  const changed = open !== id;
  open = id;
  unread.delete(`${me()}:${id}`);
  history.replaceState(null, "", `#person=${me()}&chat=${id}`);
  if (changed) clear();
  show("chat");
  drawPeople();
  drawChats();
  drawChat();
}

// The page belongs to the person chosen last: what was asked for on behalf of another comes too late.  What is heard
// while the answer is on its way may be newer than it, so it is put in once more.
let chosen = null;
let underWay = 0;
let meanwhile = [];

async function take(person) {
  chosen = person;
  underWay += 1;
  try {
    const loaded = await load(person);
    if (chosen !== person) return false;
    state = loaded;
    chosen = me();
    meanwhile.forEach(put);
    return true;
  } finally {
    underWay -= 1;
    if (!underWay) meanwhile = [];
  }
}

async function become(person) {
  if (!await take(person)) return;
  localStorage.setItem("person", person);
  const narrow = matchMedia("(max-width: 860px)").matches;
  openChat(state.chats.some((chat) => chat.id === open && chat.kind !== "private") ? open : person);
  if (narrow) show("list");
  drawPanel(state);
}

let refreshing = null;

function refresh() {
  refreshing ??= new Promise((done) => setTimeout(done, 30)).then(async () => {
    refreshing = null;
    if (!await take(chosen)) return;
    drawPeople();
    drawChats();
    drawChat({ stay: true });
    drawPanel(state);
  });
  return refreshing;
}

// --- hearing

function heard(event) {
  if (underWay && ["message", "deleted"].includes(event.type)) meanwhile.push(event);
  if (event.type === "message") newMessage(event);
  else if (event.type === "deleted") gone(event);
  else if (event.type === "answer") answered(event);
  else if (event.type === "typing" && event.chat === open) {
    drawStatus(w(event.action.startsWith("upload") ? "sending" : "typing"));
    clearTimeout(typingTimer);
    typingTimer = setTimeout(drawStatus, 5000);
  } else if (event.type === "inline" && event.person === me()) drawInline(event);
  else if (["chat", "commands", "published", "reload"].includes(event.type)) refresh();
}

// Puts a message where it belongs or takes it out; doing so twice changes nothing.
function put({ type, chat: id, message }) {
  const chat = chatOf(id);
  if (!chat) return;
  if (type === "deleted") { chat.messages = chat.messages.filter((one) => one.message_id !== message); return; }
  const place = chat.messages.findIndex((one) => one.message_id === message.message_id);
  if (place >= 0) chat.messages[place] = message;
  else chat.messages.push(message);
}

function newMessage(event) {
  const { chat: id, message } = event, chat = chatOf(id);
  const fresh = !chat || !chat.messages.some((one) => one.message_id === message.message_id);
  const owner = id > 0 ? id : me();
  if (fresh && message.from?.id !== me() && (id !== open || owner !== me()) && (id < 0 || state.people.some((person) => person.id === id))) {
    if (id > 0 || chat) unread.set(`${owner}:${id}`, (unread.get(`${owner}:${id}`) || 0) + 1);
  }
  if (!chat) { drawPeople(); return; }
  put(event);
  if (id === open) {
    if (message.from?.is_bot) { clearTimeout(typingTimer); drawStatus(); }
    drawChat({ stay: !fresh || message.from?.id !== me() });
  }
  drawChats();
  drawPeople();
}

function gone(event) {
  if (!chatOf(event.chat)) return;
  put(event);
  if (event.chat === open) drawChat({ stay: true });
  drawChats();
}

function answered(event) {
  waiting.get(event.callback)?.classList.remove("waiting");
  waiting.delete(event.callback);
  if (event.person !== me()) return;
  const link = event.url && safeLink(event.url);
  const payload = link ? startPayload(link) : null;
  if (payload !== null) startBot(payload);
  if (event.text && event.alert) alertBox(event.text);
  else if (event.text) toast(event.text);
}

// --- beginning

function theme(next) {
  if (next) localStorage.setItem("theme", next);
  const wanted = new URLSearchParams(location.search).get("theme") || localStorage.getItem("theme");
  if (wanted) document.documentElement.dataset.theme = wanted;
}

const isDark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function redraw() {
  byId("language").textContent = w("languageShort");
  drawPeople();
  drawChats();
  drawChat({ stay: true });
  drawPanel(state);
}

function wire() {
  byId("back").addEventListener("click", () => show("list"));
  for (const id of ["open-panel", "show-panel"]) byId(id).addEventListener("click", () => { app.dataset.panel = app.dataset.panel === "open" ? "" : "open"; });
  byId("close-panel").addEventListener("click", () => { app.dataset.panel = ""; });
  byId("chat-more").addEventListener("click", chatMenu);
  byId("new-group").addEventListener("click", newGroup);
  byId("theme").addEventListener("click", () => theme(isDark() ? "light" : "dark"));
  byId("language").addEventListener("click", () => { switchLanguage(); redraw(); });
  byId("link-form").addEventListener("submit", (event) => { event.preventDefault(); app.dataset.panel = ""; startBot(byId("link-payload").value); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") app.dataset.panel = ""; });
  wireComposer(send, typed);
  keepAtEnd();
  byId("to-end").addEventListener("click", toEnd);
  wirePanel(() => { if (matchMedia("(max-width: 1180px)").matches) { app.dataset.panel = ""; show("chat"); } });
}

async function begin() {
  theme();
  sayAll();
  const wanted = new URLSearchParams(location.hash.slice(1));
  await take(wanted.get("person") || localStorage.getItem("person") || "");
  wire();
  openChat(Number(wanted.get("chat")) || me());
  if (!wanted.get("chat")) show("list");
  redraw();
  let lost = false;
  listen(heard, () => { document.body.dataset.live = "yes"; if (lost) { lost = false; refresh(); } }, () => {
    document.body.dataset.live = "no";
    if (!lost) toast(w("disconnected"));
    lost = true;
  });
}

begin();
