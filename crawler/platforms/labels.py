"""The ordinary labels of press offices, by language: what a site's own word for a text means here.

A definition takes those of its languages: `kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("de", "fr"))`,
and adds its site's own with `| {"Medienrohstoff": KindOfRelease.ADVISORY}`. Case and accents do not matter.
A word that a language uses for two kinds is not listed: each site says what it means by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crawler.items import KindOfRelease

_C = KindOfRelease.COMMUNIQUE
_S = KindOfRelease.STATEMENT
_R = KindOfRelease.REMARKS
_T = KindOfRelease.TRANSCRIPT
_P = KindOfRelease.PRESS_CONFERENCE
_O = KindOfRelease.READOUT
_D = KindOfRelease.SPEECH
_A = KindOfRelease.ADVISORY
_F = KindOfRelease.FACT_SHEET


def _told(labels: Mapping[KindOfRelease, str]) -> Mapping[str, KindOfRelease]:
    return MappingProxyType({each.strip(): kind for kind, told in labels.items() for each in told.split("|")})


LABELS: Mapping[str, Mapping[str, KindOfRelease]] = MappingProxyType(
    {
        "en": _told(
            {
                _C: "Press release|Press releases|News release|News releases|Media release"
                "|Press communiqué|Communiqué|Joint press release|Joint communiqué|News"
                "|News story|News item|Press note",
                _S: "Statement|Statements|Joint statement|Press statement|Declaration|Message|Condolences"
                "|Statement by the Spokesperson|Declaration by the High Representative",
                _R: "Remarks|Press remarks|Doorstep",
                _T: "Transcript|Transcripts|Interview|Interviews",
                _P: "Press conference|Press conferences|Press briefing|Media briefing|Briefing",
                _O: "Readout|Readouts|Phone call|Telephone conversation",
                _D: "Speech|Speeches|Keynote speech|Address",
                _A: "Media advisory|Press advisory|Media advisories|Notice|Note to editors",
                _F: "Fact sheet|Factsheet|Backgrounder|Backgrounders|Questions and answers",
            }
        ),
        "fr": _told(
            {
                _C: "Communiqué de presse|Communiqués de presse|Communiqué|Communiqués"
                "|Communiqué conjoint|Actualités",
                _S: "Déclaration|Déclarations|Déclaration conjointe|Message",
                _T: "Entretien|Interview|Verbatim",
                _P: "Conférence de presse|Point de presse|Points de presse",
                _O: "Compte rendu|Comptes rendus|Entretien téléphonique",
                _D: "Discours|Allocution",
                _A: "Avis aux médias|Note aux rédactions|Avis",
                _F: "Document d’information|Fiche d’information|Questions et réponses",
            }
        ),
        "de": _told(
            {
                _C: "Pressemitteilung|Pressemitteilungen|Medienmitteilung|Gemeinsame Pressemitteilung|Artikel"
                "|Meldung",
                _S: "Erklärung|Gemeinsame Erklärung|Statement|Pressestatement",
                _T: "Mitschrift|Interview|Wortlaut",
                _P: "Pressekonferenz|Pressekonferenzen|Regierungspressekonferenz|Pressebriefing",
                _D: "Rede|Reden|Ansprache",
                _A: "Terminhinweis|Hinweis für Medien|Medienhinweis",
                _F: "Faktenblatt|Hintergrund|Fragen und Antworten",
            }
        ),
        "it": _told(
            {
                _C: "Comunicato|Comunicati|Comunicato stampa|Comunicati stampa|Nota stampa|Nota congiunta",
                _S: "Dichiarazione|Dichiarazioni|Dichiarazione congiunta|Messaggio",
                _T: "Intervista|Interviste|Trascrizione",
                _P: "Conferenza stampa",
                _D: "Discorso|Discorsi|Intervento|Interventi",
                _A: "Avviso|Nota alle redazioni",
                _F: "Scheda informativa|Domande e risposte",
            }
        ),
        "es": _told(
            {
                _C: "Comunicado|Comunicados|Comunicado de prensa|Comunicado conjunto|Nota de prensa"
                "|Notas de prensa|Boletín|Boletín de prensa|Nota informativa|Noticia|Noticias",
                _S: "Declaración|Declaraciones|Declaración conjunta|Declaración institucional|Mensaje",
                _T: "Versión estenográfica|Transcripción|Entrevista|Entrevistas",
                _P: "Conferencia de prensa|Rueda de prensa|Comparecencia",
                _D: "Discurso|Discursos|Intervención|Intervenciones",
                _A: "Aviso|Convocatoria|Agenda",
                _F: "Ficha informativa|Preguntas y respuestas",
            }
        ),
        "pt": _told(
            {
                _C: "Nota à imprensa|Notas à imprensa|Comunicado|Comunicado conjunto|Comunicado de imprensa"
                "|Notícia|Notícias",
                _S: "Declaração|Declaração conjunta|Mensagem",
                _T: "Transcrição|Entrevista",
                _P: "Conferência de imprensa|Coletiva de imprensa",
                _D: "Discurso|Discursos|Intervenção",
                _A: "Aviso de pauta|Aviso às redações|Aviso",
                _F: "Ficha informativa|Perguntas e respostas",
            }
        ),
        "nl": _told(
            {
                _C: "Persbericht|Persberichten|Nieuwsbericht|Nieuws",
                _S: "Verklaring|Gezamenlijke verklaring",
                _P: "Persconferentie",
                _D: "Toespraak|Toespraken",
                _A: "Persuitnodiging|Mediabericht",
            }
        ),
        "sv": _told(
            {
                _C: "Pressmeddelande|Pressmeddelanden|Nyhet",
                _S: "Uttalande|Gemensamt uttalande",
                _P: "Presskonferens|Pressträff",
                _D: "Tal|Anförande",
                _A: "Pressinbjudan|Inbjudan",
            }
        ),
        "no": _told(
            {
                _C: "Pressemelding|Pressemeldinger|Nyhet|Nyheter",
                _S: "Uttalelse|Felles uttalelse",
                _P: "Pressekonferanse",
                _D: "Tale|Tale/innlegg|Innlegg",
                _A: "Presseinvitasjon|Kalenderhendelse",
            }
        ),
        "id": _told(
            {
                _C: "Siaran Pers|Berita",
                _S: "Pernyataan|Pernyataan Bersama",
                _P: "Konferensi Pers",
                _D: "Pidato|Sambutan",
            }
        ),
        "fi": _told(
            {
                _C: "Tiedote|Tiedotteet|Lehdistötiedote|Uutinen|Uutiset",
                _S: "Lausunto|Yhteinen julkilausuma|Julkilausuma",
                _P: "Tiedotustilaisuus|Lehdistötilaisuus",
                _D: "Puhe|Puheet",
                _T: "Haastattelu",
            }
        ),
        "pl": _told(
            {
                _C: "Komunikat|Komunikat prasowy|Informacja prasowa|Aktualności",
                _S: "Oświadczenie|Stanowisko|Wspólne oświadczenie|Deklaracja",
                _T: "Wywiad|Stenogram",
                _P: "Konferencja prasowa|Briefing prasowy",
                _D: "Przemówienie|Wystąpienie",
                _A: "Zapowiedź|Zaproszenie dla mediów",
            }
        ),
        "ru": _told(
            {
                _C: "Сообщение для СМИ|Пресс-релиз|Новости|Сообщение",
                _S: "Заявление|Совместное заявление|Комментарий",
                _R: "Выступление",
                _T: "Интервью|Стенограмма",
                _P: "Брифинг|Пресс-конференция",
                _O: "Телефонный разговор",
                _D: "Речь|Обращение",
                _A: "Анонс|Медиаадвайзори",
                _F: "Справочная информация",
            }
        ),
        "uk": _told(
            {
                _C: "Новини|Пресреліз|Повідомлення",
                _S: "Заява|Заяви|Спільна заява|Коментар",
                _T: "Інтерв'ю|Стенограма",
                _P: "Брифінг|Брифінги|Пресконференція",
                _D: "Промова|Виступ",
                _A: "Анонс",
            }
        ),
        "tr": _told(
            {
                _C: "Basın Açıklaması|Duyuru|Basın Bildirisi",
                _S: "Açıklama|Ortak Açıklama|Ortak Bildiri",
                _T: "Mülakat|Röportaj",
                _P: "Basın Toplantısı|Sözcü Açıklaması",
                _D: "Konuşma|Hitap",
            }
        ),
        "ja": _told(
            {
                _C: "報道発表|プレスリリース|お知らせ",
                _S: "談話|外務大臣談話|外務報道官談話|共同声明|声明",
                _P: "会見|外務大臣会見記録|外務大臣会見|記者会見|報道官会見",
                _D: "演説|挨拶|スピーチ",
                _T: "会見記録|インタビュー",
            }
        ),
        "zh": _told(
            {
                _C: "新闻|新闻稿|新闻公报|外交部新闻",
                _S: "声明|联合声明|公报|联合公报|发言人谈话|发言人表态",
                _P: "例行记者会|记者会|新闻发布会",
                _D: "讲话|致辞|演讲",
                _T: "采访|答记者问",
            }
        ),
        "ko": _told(
            {
                _C: "보도자료|외교부 보도자료|언론보도",
                _S: "성명|대변인 성명|공동성명|논평|대변인 논평",
                _P: "정례브리핑|브리핑|기자회견",
                _D: "연설|연설문|축사",
                _A: "보도참고자료|안내",
            }
        ),
        "hi": _told({_C: "प्रेस विज्ञप्ति|विज्ञप्ति", _S: "वक्तव्य|संदेश|संयुक्त वक्तव्य", _D: "भाषण|संबोधन"}),
        "ar": _told(
            {
                _C: "بيان صحفي|بلاغ صحفي|خبر|أخبار",
                _S: "بيان|تصريح|بيان مشترك|إعلان",
                _P: "مؤتمر صحفي|إحاطة صحفية",
                _D: "كلمة|خطاب",
                _T: "مقابلة|حوار",
            }
        ),
    }
)
"""Language tag -> label -> kind of release."""


def usual(*languages: str) -> dict[str, KindOfRelease]:
    """The labels of these languages together; KeyError for a language that has none here."""
    return {label: kind for language in languages for label, kind in LABELS[language].items()}
