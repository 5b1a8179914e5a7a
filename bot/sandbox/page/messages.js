// A chat's messages as bubbles, with their media and inline keyboards.

import { clock, day, size, w } from "./words.js";
import { formatted, icon, make, safeLink } from "./text.js";

const COLOURS = ["#b5532e", "#2f6db3", "#7a5aa6", "#3f7d3a", "#b03a6b", "#8a6a1c"];

export function colour(id) {
  return COLOURS[Math.abs(id) % COLOURS.length];
}

export function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] || "").join("").toUpperCase();
}

export function paint(avatar, id, name, isBot) {
  avatar.replaceChildren(isBot ? icon("horn") : initials(name));
  avatar.style.setProperty("--tint", isBot ? "var(--accent)" : colour(id));
}

// Messages of one album stand together in one bubble.
function gathered(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.media_group_id && last && last[0].media_group_id === message.media_group_id) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

export function drawAll(chat, me, doing) {
  const nodes = [];
  let shownDay = null, lastSender = null;
  for (const group of gathered(chat.messages)) {
    const first = group[0], today = day(first.date);
    if (today !== shownDay) { nodes.push(pill(today, `day ${today}`)); shownDay = today; lastSender = null; }
    const service = serviceText(first);
    if (service) { nodes.push(pill(service, `service ${first.message_id} ${service}`)); lastSender = null; continue; }
    const sender = first.from ? first.from.id : 0;
    const node = draw(group, chat, me, doing, sender !== lastSender);
    node.signature = JSON.stringify([chat.id, me, sender !== lastSender, w("edited"), group]);
    nodes.push(node);
    lastSender = sender;
  }
  if (!nodes.length && chat.kind !== "private") nodes.push(pill(w("empty"), "empty"));
  return nodes;
}

function pill(text, signature) {
  const node = make("div", { class: "day" }, make("span", {}, text));
  node.signature = signature;
  return node;
}

// What has not changed stays the element it was: an opened quote stays open, and nothing is read aloud twice.
export function settle(container, nodes) {
  const known = new Map([...container.children].map((node) => [node.signature, node]));
  let place = container.firstChild;
  for (const fresh of nodes) {
    const node = known.get(fresh.signature) ?? fresh;
    if (node === place) place = place.nextSibling;
    else container.insertBefore(node, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function serviceText(message) {
  const who = message.from ? message.from.first_name : "";
  if (message.new_chat_members) return `${who} ${w("joined")} ${message.new_chat_members.map((one) => one.first_name).join(", ")}`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} ${w("left")}`;
  if (message.group_chat_created || message.supergroup_chat_created || message.channel_chat_created) return `${who} ${w("created")}`;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return w("becameSuper");
  if (message.forum_topic_created) return `${w("topic")}: ${message.forum_topic_created.name}`;
  return null;
}

function draw(group, chat, me, doing, firstOfRow) {
  const message = group[0];
  const mine = message.from && message.from.id === me;
  const fromBot = Boolean(message.from && message.from.is_bot);
  const from = mine ? "me" : fromBot ? "bot" : "other";
  const named = !mine && chat.kind !== "private" && firstOfRow;
  const bubble = make("div", { class: "bubble" });
  if (named) bubble.append(senderName(message, chat));
  if (message.via_bot) bubble.append(make("div", { class: "origin" }, `${w("via")} @${message.via_bot.username}`));
  if (message.forward_origin) bubble.append(origin(message.forward_origin));
  if (message.reply_to_message) bubble.append(quoted(message.reply_to_message, doing));
  const pictures = group.filter((one) => one.photo || one.animation);
  if (pictures.length) bubble.append(album(pictures, doing));
  for (const one of group) bubble.append(...attachments(one, doing));
  const body = group.find((one) => one.text || one.caption) || message;
  const text = body.text || body.caption || "";
  const holder = make("div", { class: "text", dir: "auto" }, formatted(text, body.entities || body.caption_entities, doing));
  const stamp = make("span", { class: "stamp" }, message.edit_date ? `${w("edited")} ` : "", make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)));
  bubble.append(holder);
  holder.append(stamp);
  if (!text) bubble.classList.add("bare");
  if (onlyEmoji(text)) bubble.classList.add("emoji");
  const actions = make("button", { class: "icon act", type: "button", "aria-label": w("more"), "aria-haspopup": "menu", on: { click: (event) => doing.actions(message, event.currentTarget) } }, icon("more"));
  const stack = make("div", { class: "stack" }, bubble, keyboard(message, doing));
  const article = make("article", { class: `message ${from}${firstOfRow ? " first" : ""}`, data: { message: message.message_id, from } }, stack, actions);
  bubble.addEventListener("contextmenu", (event) => { event.preventDefault(); doing.actions(message, actions, event); });
  return article;
}

function onlyEmoji(text) {
  return /^(?:\p{Extended_Pictographic}[\u{fe0f}\u{1f3fb}-\u{1f3ff}]?\u200d?){1,3}$/u.test(text);
}

function senderName(message, chat) {
  const name = message.from ? [message.from.first_name, message.from.last_name].filter(Boolean).join(" ") : chat.title;
  const line = make("div", { class: "sender" }, name);
  line.style.color = message.from && message.from.is_bot ? "var(--accent-ink)" : `color-mix(in srgb, ${colour(message.from ? message.from.id : 0)} 80%, var(--ink))`;
  return line;
}

function origin(forward) {
  const name = forward.type === "channel" ? forward.chat.title : [forward.sender_user?.first_name, forward.sender_user?.last_name].filter(Boolean).join(" ");
  return make("div", { class: "origin" }, `${w("forwardedFrom")} `, make("b", {}, name));
}

export function summary(message) {
  if (message.text || message.caption) return message.text || message.caption;
  for (const kind of ["photo", "document", "contact", "sticker", "video_note", "location", "poll"]) if (message[kind]) return w(kind);
  return serviceText(message) || "…";
}

function quoted(message, doing) {
  const name = message.from ? message.from.first_name : "";
  return make("button", { class: "quoted", type: "button", on: { click: () => doing.jump(message.message_id) } }, make("b", {}, name), make("span", {}, summary(message)));
}

function album(messages, doing) {
  const grid = make("div", { class: `album n${Math.min(messages.length, 4)}` });
  for (const one of messages) {
    const file = one.photo ? one.photo.at(-1) : one.animation;
    const address = `/sandbox/files/${encodeURIComponent(file.file_unique_id)}`;
    const image = make("img", { src: address, alt: one.caption || w("photo"), loading: "lazy", width: file.width, height: file.height });
    grid.append(make("button", { type: "button", "aria-label": w("openPhoto"), on: { click: () => doing.photo(address, one.caption || "") } }, image));
  }
  return grid;
}

function attachments(message, doing) {
  const found = [];
  for (const kind of ["document", "video", "audio", "voice", "video_note", "sticker"]) {
    const file = message[kind];
    if (!file || message.animation) continue;
    const name = file.file_name || w(kind);
    const address = `/sandbox/files/${encodeURIComponent(file.file_unique_id)}`;
    const isPicture = (file.mime_type || "").startsWith("image/");
    found.push(make("a", { class: "file", href: address, download: name, title: w("saveFile") },
      isPicture ? make("img", { class: "file-picture", src: address, alt: "" }) : make("span", { class: "file-icon" }, icon("file")), make("span", {}, make("b", {}, name), make("small", {}, size(file.file_size || 0)))));
  }
  if (message.contact) found.push(contact(message.contact, doing));
  if (message.venue) found.push(make("div", { class: "venue" }, make("b", {}, message.venue.title), make("span", {}, message.venue.address)));
  else if (message.location) found.push(make("div", { class: "venue" }, make("b", {}, w("location")), make("span", {}, `${message.location.latitude}, ${message.location.longitude}`)));
  if (message.poll) found.push(make("div", { class: "venue" }, make("b", {}, message.poll.question), ...message.poll.options.map((option) => make("span", {}, option.text))));
  return found;
}

function contact(card, doing) {
  const name = [card.first_name, card.last_name].filter(Boolean).join(" ");
  const avatar = make("span", { class: "avatar" });
  paint(avatar, [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0), name, false);
  const block = make("div", { class: "contact" }, avatar, make("span", {}, make("b", {}, name),
    make("button", { type: "button", class: "phone", title: w("copy"), on: { click: () => doing.copy(card.phone_number) } }, card.phone_number)));
  if (card.vcard) {
    const save = make("a", { class: "save", download: `${name}.vcf`, href: "#" }, w("saveContact"));
    save.addEventListener("click", () => {
      save.href = URL.createObjectURL(new Blob([card.vcard], { type: "text/vcard" }));
      setTimeout(() => URL.revokeObjectURL(save.href), 5000);
    });
    block.append(save);
  }
  return block;
}

function keyboard(message, doing) {
  const rows = message.reply_markup && message.reply_markup.inline_keyboard;
  if (!rows || !rows.length) return null;
  const box = make("div", { class: "inline-keyboard", role: "group" });
  for (const row of rows) {
    const line = make("div", { class: "keys" });
    for (const button of row) line.append(inlineButton(button, message, doing));
    box.append(line);
  }
  return box;
}

function inlineButton(button, message, doing) {
  const style = ["primary", "success", "danger"].includes(button.style) ? ` ${button.style}` : "";
  const url = button.url && safeLink(button.url);
  if (url) {
    const link = make("a", { class: `key${style}`, href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href }, button.text, icon("link"));
    link.addEventListener("click", (event) => { if (doing.follow(url)) event.preventDefault(); });
    return link;
  }
  const key = make("button", { class: `key${style}`, type: "button" }, button.text);
  if (button.callback_data !== undefined) {
    key.dataset.callback = button.callback_data;
    key.addEventListener("click", () => doing.press(message, button, key));
  } else if (button.copy_text) {
    key.append(icon("copy"));
    key.dataset.copy = button.copy_text.text;
    key.addEventListener("click", () => doing.copy(button.copy_text.text));
  } else if (button.switch_inline_query_current_chat !== undefined || button.switch_inline_query !== undefined) {
    key.addEventListener("click", () => doing.inline(button.switch_inline_query_current_chat ?? button.switch_inline_query));
  } else key.disabled = true;
  return key;
}
