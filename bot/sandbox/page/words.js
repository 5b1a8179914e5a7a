// What the page says of itself, in both languages.  What the bot says is the bot's own.

const words = {
  ru: {
    sandbox: "учебный чат", who: "Вы сейчас", chats: "Чаты", newGroup: "Группа", newGroupTitle: "Новая группа или канал", partners: "Сайты партнёров",
    notice: "Всё здесь учебное: люди, сайты и новости выдуманы, в сеть ничего не уходит.",
    theme: "Светлая или тёмная", language: "Тилди алмаштыруу: кыргызча", languageShort: "КЫР", back: "Назад", more: "Действия",
    messages: "Сообщения", menu: "Меню", attach: "Прикрепить файл", write: "Сообщение", keyboard: "Кнопки ответа", send: "Отправить",
    close: "Закрыть", toEnd: "К последним сообщениям", cancel: "Отмена", ok: "Понятно",
    publishTitle: "Опубликовать релиз", publishHint: "Сайт покажет его сразу, а бот узнает о нём и сообщит подписчикам.",
    site: "Где", release: "Что", own: "Свой текст…", title: "Заголовок", body: "Текст", publish: "Опубликовать релиз",
    published: "Опубликовано", sites: "Сайты", latest: "Последние публикации", deepLink: "Ссылка на бота",
    deepLinkHint: "Так бота открывают с плаката или сайта.", open: "Открыть",
    official: "муниципальный служащий", citizen: "житель", staff: "сотрудник пресс-службы",
    bot: "бот", typing: "печатает…", sending: "отправляет файл…", blocked: "заблокирован", group: "группа", channel: "канал",
    noBot: "Бота в этом чате нет.", addBot: "Добавить бота", addAdmin: "Сделать бота администратором", removeBot: "Убрать бота",
    migrate: "Сделать супергруппой", migrated: "Группа стала супергруппой", openNew: "Перейти",
    block: "Заблокировать бота", unblock: "Разблокировать бота", start: "Начать", restart: "Перезапустить: /start",
    reply: "Ответить", forward: "Переслать", copy: "Копировать текст", edit: "Изменить", remove: "Удалить", pressing: "Ждём ответа",
    copied: "Скопировано", edited: "изменено", forwardedFrom: "Переслано от", forwardTo: "Кому переслать", you: "Вы",
    today: "Сегодня", yesterday: "Вчера", empty: "Здесь пока пусто.", openPhoto: "Открыть снимок", saveFile: "Сохранить файл",
    groupName: "Название", groupKind: "Что создаём", kindSuper: "Группа", kindGroup: "Старая группа (до супергруппы)", kindChannel: "Канал",
    withBot: "Сразу добавить бота", members: "Кто в ней", create: "Создать", asFile: "Отправить как файл",
    joined: "добавляет", left: "покидает чат", created: "создаёт чат", becameSuper: "Группа стала супергруппой", topic: "Тема", pinned: "Закреплено",
    disconnected: "Нет связи с учебным чатом, пробуем снова.", saveContact: "Сохранить контакт", shareContact: "Поделиться номером",
    showMore: "Показать полностью", showLess: "Свернуть", women_leaders: "Женщины-лидеры", local_initiatives: "Местные инициативы", pser: "ПСЭР", none: "вне тем",
    inline: "Отправить карточку", photo: "Снимок", document: "Документ", contact: "Контакт", sticker: "Стикер", video_note: "Видеосообщение", location: "Место", poll: "Опрос", failed: "Не получилось",
    listing: "страница со списком", rss: "RSS", atom: "Atom", via: "через",
  },
  ky: {
    sandbox: "окуу чаты", who: "Азыр сиз", chats: "Чаттар", newGroup: "Топ", newGroupTitle: "Жаңы топ же канал", partners: "Өнөктөштөрдүн сайттары",
    notice: "Мунун баары окуу үчүн: адамдар, сайттар жана жаңылыктар ойдон чыгарылган, тармакка эч нерсе кетпейт.",
    theme: "Жарык же караңгы", language: "Переключить на русский", languageShort: "РУС", back: "Артка", more: "Аракеттер",
    messages: "Билдирүүлөр", menu: "Меню", attach: "Файл тиркөө", write: "Билдирүү", keyboard: "Жооп баскычтары", send: "Жөнөтүү",
    close: "Жабуу", toEnd: "Акыркы билдирүүлөргө", cancel: "Жокко чыгаруу", ok: "Түшүнүктүү",
    publishTitle: "Билдирме жарыялоо", publishHint: "Сайт аны дароо көрсөтөт, бот билип, жазылгандарга кабарлайт.",
    site: "Кайда", release: "Эмне", own: "Өз текстим…", title: "Аталышы", body: "Тексти", publish: "Билдирмени жарыялоо",
    published: "Жарыяланды", sites: "Сайттар", latest: "Акыркы жарыялар", deepLink: "Ботко шилтеме",
    deepLinkHint: "Ботту плакаттан же сайттан ушинтип ачышат.", open: "Ачуу",
    official: "муниципалдык кызматчы", citizen: "тургун", staff: "басма сөз кызматкери",
    bot: "бот", typing: "жазып жатат…", sending: "файл жөнөтүп жатат…", blocked: "бөгөттөлгөн", group: "топ", channel: "канал",
    noBot: "Бул чатта бот жок.", addBot: "Ботту кошуу", addAdmin: "Ботту администратор кылуу", removeBot: "Ботту чыгаруу",
    migrate: "Супертопко айландыруу", migrated: "Топ супертопко айланды", openNew: "Өтүү",
    block: "Ботту бөгөттөө", unblock: "Ботту бөгөттөн чыгаруу", start: "Баштоо", restart: "Кайра баштоо: /start",
    reply: "Жооп берүү", forward: "Кайра жөнөтүү", copy: "Текстти көчүрүү", edit: "Өзгөртүү", remove: "Өчүрүү", pressing: "Жооп күтөбүз",
    copied: "Көчүрүлдү", edited: "өзгөртүлдү", forwardedFrom: "Кайра жөнөтүлдү:", forwardTo: "Кимге жөнөтөбүз", you: "Сиз",
    today: "Бүгүн", yesterday: "Кечээ", empty: "Азырынча бош.", openPhoto: "Сүрөттү ачуу", saveFile: "Файлды сактоо",
    groupName: "Аталышы", groupKind: "Эмне түзөбүз", kindSuper: "Топ", kindGroup: "Эски топ (супертопко чейин)", kindChannel: "Канал",
    withBot: "Ботту дароо кошуу", members: "Кимдер бар", create: "Түзүү", asFile: "Файл катары жөнөтүү",
    joined: "кошту:", left: "чаттан чыкты", created: "чат түздү", becameSuper: "Топ супертопко айланды", topic: "Тема", pinned: "Бекитилди",
    disconnected: "Окуу чаты менен байланыш жок, кайра аракет кылып жатабыз.", saveContact: "Байланышты сактоо", shareContact: "Номер бөлүшүү",
    showMore: "Толук көрсөтүү", showLess: "Жыйуу", women_leaders: "Лидер аялдар", local_initiatives: "Жергиликтүү демилгелер", pser: "СЭӨП", none: "темадан тышкары",
    inline: "Карточка жөнөтүү", photo: "Сүрөт", document: "Документ", contact: "Байланыш", sticker: "Стикер", video_note: "Видео билдирүү", location: "Жер", poll: "Сурамжылоо", failed: "Болбой калды",
    listing: "тизмелүү барак", rss: "RSS", atom: "Atom", via: "аркылуу",
  },
};

const MONTHS = {
  ru: ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
  ky: ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
};

const asked = new URLSearchParams(location.search).get("lang") || localStorage.getItem("language");
export let language = asked === "ky" ? "ky" : "ru";

export function w(name) {
  return words[language][name] ?? name;
}

export function switchLanguage() {
  language = language === "ru" ? "ky" : "ru";
  localStorage.setItem("language", language);
  sayAll();
}

export function sayAll(root = document) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = w(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", w(element.dataset.label));
    if (element.tagName === "BUTTON") element.title = w(element.dataset.label);
  }
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = w(element.dataset.placeholder);
}

export function clock(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.getHours()}`.padStart(2, "0") + ":" + `${date.getMinutes()}`.padStart(2, "0");
}

export function day(seconds) {
  const date = new Date(seconds * 1000), now = new Date();
  const days = Math.round((new Date(now.toDateString()) - new Date(date.toDateString())) / 86400000);
  if (days === 0) return w("today");
  if (days === 1) return w("yesterday");
  const month = MONTHS[language][date.getMonth()];
  return language === "ru" ? `${date.getDate()} ${month}` : `${date.getDate()}-${month}`;
}

export function size(bytes) {
  const units = language === "ru" ? ["Б", "КБ", "МБ"] : ["Б", "КБ", "МБ"];
  let place = 0;
  while (bytes >= 1024 && place < 2) { bytes /= 1024; place += 1; }
  return `${bytes < 10 && place ? bytes.toFixed(1).replace(".", ",") : Math.round(bytes)} ${units[place]}`;
}
