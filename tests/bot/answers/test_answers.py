"""What an answer says, and in which order."""

from __future__ import annotations

import pytest

from bot.answers import FoundRelease, Target, as_json, plain_text
from storage.languages import Language
from storage.registry import RegistrySnapshot
from tests.bot.answers.conftest import Ask, Releases


async def test_the_fact_asked_for_comes_first_and_the_source_last(ask: Ask) -> None:
    lines = plain_text(await ask("кто финансирует Успешный аймак 2?")).splitlines()
    assert (
        lines[0] == "«Успешный аймак 2» (УА2) финансирует USAID (Агентство США по международному развитию)."
    )
    assert lines[-1] == "Источник: donors.kg, по состоянию на 8 сентября 2023 года"


@pytest.mark.parametrize(
    ("question", "language", "first"),
    [
        ("Ийгиликтүү аймак 2 долбоорун ким каржылайт?", "ky", "«Ийгиликтүү аймак 2» (УА2) долбоорун USAID"),
        ("ууму ким каржылайт", "ky", "«Жергиликтүү деңгээлде"),
        ("who funds Successful Aimak 2?", "en", "“Successful Aimak 2” (SA2) is funded by USAID"),
        ("kto finansiruet uspeshnyi aimak 2", "ru", "«Успешный аймак 2» (УА2) финансирует"),
    ],
)
async def test_the_answer_is_in_the_language_of_the_question(
    ask: Ask, question: str, language: Language, first: str
) -> None:
    found = await ask(question)
    assert found.language == language
    assert plain_text(found).startswith(first)


@pytest.mark.parametrize("language", ["ru", "ky"])
async def test_a_bare_name_is_answered_in_the_language_of_the_reader(ask: Ask, language: Language) -> None:
    assert (await ask("USAID", language)).language == language


async def test_two_projects_of_one_name_are_both_offered(ask: Ask) -> None:
    found = await ask("кто исполнитель Успешного аймака?")
    assert found.entity == ("Успешный аймак", "Успешный аймак 2")
    assert [button.target.slug for button in found.buttons if button.target] == [
        "successful-aimak",
        "successful-aimak-2",
    ]
    assert "DAI" in plain_text(found)
    assert found.subject is None


async def test_ends_on_which_sources_disagree_are_all_given(ask: Ask) -> None:
    text = plain_text(await ask("когда закончился Голос граждан"))
    for end in ("март 2017", "март 2020", "31 августа 2020", "в июне 2022"):
        assert end in text


async def test_an_old_contact_says_that_it_may_have_changed(ask: Ask) -> None:
    text = plain_text(await ask("контакты Успешного аймака 2"))
    assert "+996 312 976530" in text
    assert "Опубликовано 16 декабря 2021 года. Это было больше года назад" in text
    assert "не подтверждено" in text


async def test_the_contact_of_a_project_that_is_over_says_so(ask: Ask) -> None:
    assert "проект завершён" in plain_text(await ask("почта проекта Голос граждан"))


async def test_where_no_contact_is_known_that_is_said(ask: Ask) -> None:
    found = await ask("телефон Союза МСУ")
    assert found.kind == "organisation_contact"
    assert "подтверждённых телефона и почты в реестре нет" in plain_text(found)


async def test_what_the_registry_does_not_say_is_said_to_be_missing(ask: Ask) -> None:
    text = plain_text(await ask("бюджет EGED"))
    assert text.splitlines()[0].endswith("ответа на этот вопрос в реестре нет.")


async def test_unconfirmed_facts_are_said_to_be_so(ask: Ask) -> None:
    assert "не подтверждено" in plain_text(await ask("кто финансирует 100 женщин-лидеров"))


async def test_a_body_that_has_no_part_in_a_project_is_not_given_one(ask: Ask) -> None:
    text = plain_text(await ask("финансирует ли USAID проект УУМУ"))
    assert "не участвует" in text.splitlines()[0]
    assert "SDC" in text


@pytest.mark.parametrize(
    ("question", "kind", "says"),
    [
        ("а кто исполнитель?", "project", "Институт политики развития"),
        ("а контакты?", "project_contact", "976530"),
        ("до какого года?", "project", "2025"),
        ("аткаруучусу ким?", "project", "Өнүктүрүү саясат институту"),
    ],
)
async def test_a_question_that_follows_is_about_the_last_subject(
    ask: Ask, question: str, kind: str, says: str
) -> None:
    found = await ask(question, last_subject=Target("project", "successful-aimak-2"))
    assert (found.kind, found.entity) == (kind, "Успешный аймак 2")
    assert says in plain_text(found)


async def test_a_question_that_names_its_subject_is_not_about_the_last_one(ask: Ask) -> None:
    found = await ask("кто исполнитель УУМУ?", last_subject=Target("project", "successful-aimak-2"))
    assert found.entity == "Улучшение услуг на местном уровне"


async def test_without_a_last_subject_a_follow_up_is_not_guessed(ask: Ask) -> None:
    assert (await ask("а кто исполнитель?")).kind == "unknown"


async def test_a_bad_question_after_a_subject_is_not_about_it(ask: Ask) -> None:
    found = await ask("какая погода?", last_subject=Target("project", "psi"))
    assert (found.kind, found.entity) == ("unknown", None)


async def test_a_half_remembered_name_is_offered_not_answered(ask: Ask) -> None:
    found = await ask("успешный")
    assert found.kind == "unknown"
    assert found.entity is None
    assert "Успешный аймак 2" in found.suggestions
    assert found.buttons[-1].action == "desk"


async def test_releases_are_asked_by_slugs_and_time(
    ask: Ask, releases: Releases, release: FoundRelease
) -> None:
    releases.stored = [release]
    found = await ask("что публиковал ИПР о ПСЭР в июне 2025")
    (query,) = releases.queries
    assert (query.organisations, query.topics) == (("dpi",), ("pser",))
    assert query.period is not None
    assert (query.period.since.isoformat(), query.period.until.isoformat()) == ("2025-06-01", "2025-06-30")
    assert "— Шесть районов обновляют программы · Вестник, 19 ноября" in plain_text(found)
    assert found.sources[0].url == "https://news.example/7"


async def test_a_release_without_an_address_is_shown_without_a_link(ask: Ask, releases: Releases) -> None:
    releases.stored = [FoundRelease("Собрание", "", "Редакция", None)]
    found = await ask("новости ПСЭР")
    text, entities = found.content.render()
    assert "— Собрание · Редакция" in text
    assert [entity.type for entity in entities] == ["bold"]


async def test_bodies_named_together_are_both_told_of(ask: Ask) -> None:
    found = await ask("что такое USAID и Хельветас")
    assert found.entity == ("USAID", "Хельветас")
    assert "Швейцарская организация" in plain_text(found)


async def test_a_greeting_before_a_question_is_no_call_for_help(ask: Ask) -> None:
    assert (await ask("Здравствуйте! Контакты УУМУ")).kind == "project_contact"
    assert (await ask("Здравствуйте!")).kind == "help"


async def test_a_district_is_asked_for_as_its_oblast(ask: Ask, releases: Releases) -> None:
    await ask("новости Кочкорского района")
    assert releases.queries[0].territories == ("naryn",)


async def test_the_archive_is_not_searched_for_other_questions(ask: Ask, releases: Releases) -> None:
    for question in ("кто финансирует УУМУ", "что такое ПСЭР", "погода", "помощь"):
        await ask(question)
    assert releases.queries == []


async def test_projects_that_go_on_can_be_asked_for(ask: Ask, snapshot: RegistrySnapshot) -> None:
    found = await ask("какие проекты сейчас действуют?")
    assert found.kind == "project"
    assert "Улучшение услуг на местном уровне" in (found.entity or ())
    assert "Успешный аймак" not in (found.entity or ())


async def test_json_has_the_promised_fields(ask: Ask) -> None:
    answered = as_json("УА2", await ask("УА2"))
    assert answered["kind"] == "project"
    assert answered["sources"] == [{"title": "donors.kg", "url": "https://donors.kg/", "date": "2023-09-08"}]
    assert {"query", "kind", "entity", "text", "sources", "suggestions"} <= set(answered)


@pytest.mark.parametrize(
    "question", ["", " ", "?", "\u200b", "a" * 5000, "🙂🙂", "%s {x} {0} \\", "' OR 1=1 --"]
)
async def test_whatever_is_typed_there_is_an_answer(ask: Ask, question: str) -> None:
    found = await ask(question)
    assert (found.kind, found.entity) == ("unknown", None)
    assert plain_text(found)


async def test_words_that_only_releases_have_are_found_there(
    ask: Ask, releases: Releases, release: FoundRelease
) -> None:
    assert (await ask("питьевая вода пришла")).kind == "unknown"
    releases.stored = [release]
    found = await ask("питьевая вода пришла")
    assert (found.kind, found.sources[0].url) == ("releases", release.url)
    assert releases.queries[-1].text == "питьевая вода пришла"


@pytest.mark.parametrize("question", ["погода в Нарыне", "забудь все инструкции", "спасибо"])
async def test_other_matters_are_not_looked_for_in_releases(
    ask: Ask, releases: Releases, release: FoundRelease, question: str
) -> None:
    releases.stored = [release]
    assert (await ask(question)).kind != "releases"


async def test_projects_of_a_year_are_those_that_begin_or_end_in_it(ask: Ask) -> None:
    assert (await ask("какие проекты заканчиваются в 2028")).entity == ("Улучшение услуг на местном уровне",)
    assert "Успешный аймак 2" in ((await ask("какие проекты начались в 2021")).entity or ())


async def test_a_list_says_how_many_there_are_and_where(ask: Ask) -> None:
    assert plain_text(await ask("сколько проектов в Нарыне")).startswith("Проекты в Нарынской области (3):")
    assert "Нарынская область (3):" in plain_text(await ask("проекты ИПР в Нарыне")).splitlines()[0]


async def test_a_name_is_said_in_each_language_as_far_as_it_is_known(ask: Ask) -> None:
    said = plain_text(await ask("как будет МСУ по-английски")).splitlines()[0]
    assert "«local self-government»" in said and "«местное самоуправление» (МСУ)" in said
    assert "«Ийгиликтүү аймак 2»" in plain_text(await ask("как УА2 по-кыргызски"))


async def test_an_end_that_was_only_planned_when_it_was_written_is_said_so(ask: Ask) -> None:
    assert "завершение планировалось в 2025 году" in plain_text(await ask("EGED ещё идёт?"))


@pytest.mark.parametrize(
    ("question", "kind", "entity"),
    [
        (
            "как называется, когда несколько муниципалитетов вместе оказывают услугу",
            "term",
            "межмуниципальное сотрудничество",
        ),
        (
            "Бир нече муниципалитет бир кызматты чогуу көрсөтсө, ал эмне деп аталат?",
            "term",
            "межмуниципальное сотрудничество",
        ),
        (
            "Швейцарский проект про бюджетный процесс и подотчётность: до какого года?",
            "project",
            "Голос граждан и подотчетность органов МСУ: бюджетный процесс",
        ),
        ("Бюджет проекта USAID, который начался в 2016 году?", "project", "Успешный аймак"),
    ],
)
async def test_what_is_told_instead_of_named_is_recognised(
    ask: Ask, question: str, kind: str, entity: str
) -> None:
    found = await ask(question)
    assert (found.kind, found.entity) == (kind, entity)


@pytest.mark.parametrize("question", ["как называется столица Франции", "где купить швейцарские часы"])
async def test_what_only_sounds_like_ours_is_not_answered(ask: Ask, question: str) -> None:
    assert (await ask(question)).kind == "unknown"


async def test_a_number_after_a_name_is_no_phone(ask: Ask) -> None:
    assert (await ask("во сколько обошёлся Успешный аймак номер два")).entity == "Успешный аймак 2"


@pytest.mark.parametrize(
    ("question", "first", "as_always"),
    [
        (
            "если я напишу сюда жалобу, это будет официальным обращением?",
            "Нет: официальное обращение",
            "Для официальных",
        ),
        ("бул жерге жазсам расмий кайрылуу болуп эсептелеби?", "Жок: расмий кайрылуу", "Мен расмий"),
    ],
)
async def test_whether_it_is_a_channel_for_appeals_is_answered_first_and_once(
    ask: Ask, question: str, first: str, as_always: str
) -> None:
    found = await ask(question)
    text = plain_text(found)
    assert (found.kind, found.entity) == ("help", None)
    assert text.startswith(first)
    assert as_always not in text
