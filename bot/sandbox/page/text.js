// Formatted text as elements.  Nothing from a message is ever read as HTML: only text nodes and chosen elements.

import { w } from "./words.js";

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// Only addresses that cannot run anything.
export function safeLink(address) {
  try {
    const url = new URL(address, "http://nowhere.invalid/");
    if (url.hostname === "nowhere.invalid") return null;
    return ["http:", "https:", "mailto:", "tel:", "tg:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

// Entities may nest but not cross: offsets are UTF-16 units, as the indexes of a JavaScript string are.
export function formatted(text, entities, doing) {
  const fragment = document.createDocumentFragment();
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  fragment.append(...within(text, 0, text.length, sorted, doing));
  return fragment;
}

const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);

function within(text, begin, end, entities, doing) {
  const nodes = [];
  let position = begin;
  let place = 0;
  while (place < entities.length) {
    const entity = entities[place];
    const from = Math.max(entity.offset, position), to = Math.min(entity.offset + entity.length, end);
    place += 1;
    if (from >= to) continue;
    const inner = [];
    while (place < entities.length && entities[place].offset < to) inner.push(entities[place++]);
    if (from > position) nodes.push(text.slice(position, from));
    const later = inner.filter((one) => one.offset + one.length > to)
      .map((one) => ({ ...one, length: one.offset + one.length - to, offset: to }));
    nodes.push(element(entity, text.slice(from, to), within(text, from, to, inner, doing), doing));
    position = BLOCKS.has(entity.type) && text[to] === "\n" ? to + 1 : to;
    entities = [...later, ...entities.slice(place)];
    place = 0;
  }
  if (position < end) nodes.push(text.slice(position, end));
  return nodes;
}

const PLAIN = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

function element(entity, text, children, doing) {
  switch (entity.type) {
    case "bold": case "italic": case "underline": case "strikethrough":
      return make(PLAIN[entity.type], {}, ...children);
    case "code":
      return copyable(make("code", { title: w("copy") }, ...children), text, doing);
    case "pre":
      return copyable(make("pre", { title: w("copy") }, make("code", {}, ...children)), text, doing);
    case "spoiler":
      return spoiler(children);
    case "blockquote":
      return make("blockquote", {}, ...children);
    case "expandable_blockquote":
      return expandable(children);
    case "url":
      return link(/^\w+:/.test(text) ? text : `https://${text}`, children, doing);
    case "text_link":
      return link(entity.url, children, doing);
    case "email":
      return link(`mailto:${text}`, children, doing);
    case "phone_number":
      return link(`tel:${text.replace(/[^+\d]/g, "")}`, children, doing);
    case "bot_command":
      return make("a", { href: "#", class: "command", on: { click: (event) => { event.preventDefault(); doing.command(text); } } }, ...children);
    case "text_mention": case "mention": case "hashtag": case "cashtag":
      return make("span", { class: "mention" }, ...children);
    case "date_time":
      return make("time", { datetime: new Date(entity.unix_time * 1000).toISOString() }, ...children);
    default:
      return make("span", {}, ...children);
  }
}

function copyable(element, text, doing) {
  element.addEventListener("click", () => doing.copy(text));
  return element;
}

function spoiler(children) {
  const hidden = make("span", { class: "spoiler", tabindex: "0", role: "button", "aria-pressed": "false" }, ...children);
  const show = () => { hidden.classList.add("shown"); hidden.setAttribute("aria-pressed", "true"); };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", (event) => { if (event.key === "Enter") show(); });
  return hidden;
}

function expandable(children) {
  const more = make("button", { type: "button", class: "more" }, w("showMore"));
  const quote = make("blockquote", { class: "expandable" }, make("div", {}, ...children), more);
  more.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    more.textContent = w(open ? "showLess" : "showMore");
  });
  return quote;
}

function link(address, children, doing) {
  const url = safeLink(address);
  if (!url) return make("span", {}, ...children);
  const opened = make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href }, ...children);
  opened.addEventListener("click", (event) => { if (doing.follow(url)) event.preventDefault(); });
  return opened;
}
