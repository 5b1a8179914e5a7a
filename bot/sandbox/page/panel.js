// The panel of partner sites: what they published last, and «Publish a release».

import { clock, day, language, w } from "./words.js";
import { make } from "./text.js";
import { act } from "./server.js";
import { toast } from "./dialogs.js";

const byId = (id) => document.getElementById(id);
let known = null;

const titled = (site) => site.titles[language] || site.titles.ru;

export function drawPanel(state) {
  known = state;
  byId("publish").textContent = w("publish");
  byId("link-base").textContent = `t.me/${state.bot.username}?start=`;
  const sites = byId("publish-site"), choices = byId("publish-choice");
  const [site, choice] = [sites.value, choices.value];
  sites.replaceChildren(...state.partners.map((one) => make("option", { value: one.slug }, titled(one))));
  choices.replaceChildren(...state.prepared.map((one) => make("option", { value: one.slug }, one.title)), make("option", { value: "" }, w("own")));
  if (site) sites.value = site;
  if (choice || site) choices.value = choice;
  else follow();
  byId("sites").replaceChildren(...state.partners.map(siteRow));
  byId("latest").replaceChildren(...state.published.map(publishedRow));
  preview();
}

function siteRow(site) {
  return make("li", {}, make("a", { href: site.url, target: "_blank", rel: "noopener noreferrer" }, titled(site)), make("small", {}, w(site.kind)));
}

function publishedRow(one) {
  const site = known.partners.find((partner) => partner.slug === one.site);
  return make("li", {}, make("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.title),
    make("small", {}, `${site ? titled(site) : one.site} · ${day(one.date)}, ${clock(one.date)}`));
}

const chosen = () => known.prepared.find((one) => one.slug === byId("publish-choice").value);

// A prepared release has a site of its own; another may be chosen after.
function follow() {
  const release = chosen();
  if (release) byId("publish-site").value = release.site;
}

function preview() {
  const release = chosen(), box = byId("publish-preview");
  byId("publish-own").hidden = Boolean(release);
  box.hidden = !release;
  if (!release) return;
  const topics = release.topics.length ? release.topics : ["none"];
  box.replaceChildren(
    make("b", { lang: release.language }, release.title), make("p", { lang: release.language }, release.lead),
    make("div", { class: "chips" }, ...topics.map((topic) => make("span", { class: topic === "none" ? "chip quiet" : "chip" }, w(topic))),
      make("span", { class: "chip quiet" }, release.language === "ky" ? "кыргызча" : "русский")));
}

export function wirePanel(published) {
  byId("publish-choice").addEventListener("change", () => { follow(); preview(); });
  byId("publish-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const release = chosen(), button = byId("publish");
    const order = { site: byId("publish-site").value };
    if (release) order.prepared = release.slug;
    else Object.assign(order, { title: byId("publish-title").value, text: byId("publish-text").value, language: /[өүң]/i.test(byId("publish-title").value + byId("publish-text").value) ? "ky" : "ru" });
    if (!release && !order.title.trim()) { byId("publish-title").focus(); return; }
    button.disabled = true;
    try {
      const answer = await act("publish", order);
      toast(`${w("published")}. `, answer.url);
      next();
      published();
    } catch (error) {
      toast(w("failed"));
      console.info(error.message);
    } finally {
      button.disabled = false;
    }
  });
}

// The next prepared release is offered, so that the same one is not published twice by a second tap.
function next() {
  const choices = byId("publish-choice");
  if (choices.selectedIndex < known.prepared.length - 1) choices.selectedIndex += 1;
  byId("publish-title").value = byId("publish-text").value = "";
  follow();
  preview();
}
