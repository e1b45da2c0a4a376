import type { Clause } from '../wording/clauses';
import { DOUBTS, DOUBTS_WITHIN } from '../wording/doubtfulPhrases';
import { onFirstUse } from '../onFirstUse';
import { PLAIN_STOP_WORDS } from '../wording/stopWords';
import { phraseBook, phrasesAt } from '../wording/phraseBook';
import { asCompared } from '../wording/vocabulary';
import type { Work } from '../wording/work';

/**
 * Whether a reply that opts nobody out may still be a wish to stop, so that a person should look at it. Wide on purpose: what
 * is marked in vain costs a glance, what is missed is somebody who is texted against their will.
 */
export function mayBeWish(clauses: readonly Clause[], work: Work): boolean {
  const words = ` ${clauses.map((clause) => clause.words).join('')}`.replace(HARMLESS, ' ');
  return (
    saysSo(words, work) ||
    ABOUT_TEXTS.some((pattern) => pattern.test(words)) ||
    within().some((part) => words.includes(part)) ||
    (NEGATION.test(words) && TEXTS.test(words) && words.length < 160)
  );
}

/** Turns of speech with "stop" in them that are about something else. */
const HARMLESS =
  / (?:(?:bus|train|tram|truck|pit|rest|next|last|first|metro|subway|short|full|non|one|every|dead|back|door|whistle|traffic|tube|shuttle|taxi|ferry|coach) stops?|(?:dont|do not|cant|cannot|can not|couldnt|wont|wouldnt|never|didnt|doesnt|not) (?:ever )?stop|stop (?:by|in|at|over|off|around|through|sign|signs|light|lights|watch|motion|loss|gap|laughing|smiling|crying|thinking|worrying|smoking|drinking|raining|bleeding)|quit smoking|nonstop|who is this for|that is enough|(?:never|didnt|did not|havent|have not|hasnt|cant|could not|couldnt) (?:get|got|receive|received|see|saw|gotten|seen|open|read)|no (?:text|texts|message|messages) (?:received|came|yet|arrived|has|have|here)|(?:got|received|get) no)(?= )/gu;

/** Of other languages, or as likely a jest as a wish. */
const DOUBTFUL_ALONE = ['dur', 'بس', 'די', 'slut', 'uit', 'no text', 'no texts', 'no message', 'no sms'];
/** As likely a wish as not where nothing else is written. */
const DOUBTFUL_AS_A_WHOLE = [
  ...[
    'delete',
    'block',
    'block me',
    'blocked',
    'youre blocked',
    'you are blocked',
    'enough',
    'pause',
    'not me',
    'mute',
  ],
  ...[
    'cancel sub',
    'cancel subs',
    'cancel this',
    'end this',
    'delete this',
    'dont want',
    'do not want',
    'lassen sie das',
  ],
  ...['istemiyorum', 'ayril', 'отказ', 'otkaz', 'เลิก', 'tu choi', 'tama na', 'ayoko na', 'simamisha', 'ondoa', 'tutup'],
  ...['不要です', '차단', '止めて', '不要', '拒否', 'بند'],
];
const STOPPING = ['stop it', 'stop this', 'stop that', 'quit it', 'knock it off', 'cut it out', 'stops', 'stopping'];
const ENDED = ['unsubscribed', 'opted out', 'dont text', 'do not call'];

const doubtful = onFirstUse(() => {
  const phrases = [...DOUBTS, ...PLAIN_STOP_WORDS, ...DOUBTFUL_ALONE, ...STOPPING, ...ENDED].map(asCompared);
  const wholes = new Set(DOUBTFUL_AS_A_WHOLE.map(asCompared));
  return { phrases: phraseBook(new Map(phrases.map((phrase) => [phrase, true]))), wholes };
});

/** Whether some of the words are a phrase that says so. */
function saysSo(words: string, work: Work): boolean {
  const { phrases, wholes } = doubtful();
  if (wholes.has(words.slice(1))) return true;
  for (let at = 1; at < words.length; at = words.indexOf(' ', at) + 1)
    if (phrasesAt(phrases, words, at, work).length > 0) return true;
  return false;
}

const within = onFirstUse(() => DOUBTS_WITHIN.map((part) => asCompared(part).trim()));

const ABOUT_TEXTS = [
  / (?:dont|do not|never|quit|cease|end|halt|without|tired of|sick of|enough|no|any|cancel|turn off|less|fewer|hate|discontinue|refuse|off) (?:\S{1,20} ){0,5}(?:text|txt|texts|texted|texting|message|messages|messaging|messaged|msg|msgs|sms|send|sending|sent|contact|contacted|contacting|spam|notifications?|reminders|alerts|bother|bothered|subscriptions?|promos|promotions|ads|updates|newsletters?|communications?|solicitations?) /u,
  / (?:remove|delete|take|get|erase|drop|scratch|strike|pull|removed|deleted|taken|exclude|lose|cut) (?:\S{1,20} ){0,4}(?:me|us|number|off|list|lists|database|out|contacts|records) /u,
  / (?:off|from|on) (?:your|the|this|ur|that|these|any|all|you) (?:\S{1,20} ){0,2}(?:list|lists|database|contacts) /u,
  / (?:unsub\S{0,20}|unsc\S{0,20}|optout\S{0,5}|opt (?:\S{1,12} )?out|opt-out|revoke|consent|quit it|stop\S{1,2}|s top|st op|sto p|not a customer|not your (?:customer|client|patient)|not (?:the|a) (?:right|correct) (?:person|number)|nobody (?:here )?by that name|no one (?:here )?by that name|want (?:off|out)|wanted out|bug off|stfu|shut up|unfollow|unlist\S{0,3}|let me go|dnc|do not disturb|please no|no please) /u,
  / (?:desuscri|suscri|desabon|desinscri|abmeld|abbestell|abbestel|austrag|afmeld|uitschrij|disiscri|descadast|desinscre|wypis|rezygn|avregistr|avanm|avprenum|frameld|avmeld|отпис|отпиш|відпис|відпиш|рассыл|розсил|הסר|הסיר|berhenti|langgan|abonel|odhlas|dezabon|leiratk|quero sair|unenrol|disenrol|unregist|odjav|widerr|einwillig|verteiler)/u,
  / (?:retir|enlev|supprim|remov|quit|borr|elimin|saqu|tire|rimuov|cancell|tolg|verwijd|haal|losch|entfern|streich|usun|wykresl|fjern|slet|удал|убер|убра|видал|прибер|תסיר|להסיר|תוריד|להוריד|احذف|ازل|hapus|xoa|sil|cikar)\S{0,10} (?:\S{1,14} ){0,4}(?:list|lista|liste|listan|listen|lijst|listy|bazy|numero|numer|nummer|nummeret|номер|списка|списку|המספר|רשימה|מרשימת|رقمي|daftar|nomor)/u,
];

/** "No more texts" in words that no pattern has. */
const NEGATION =
  / (?:no|not|ne|pas|plus|aucun|keine|kein|keinen|nicht|nichts|geen|niet|non|basta|nao|sem|nie|dosc|istemiyorum|atmayin|gondermeyin|yeter|inte|inga|ikke|ingen|ei|не|нет|хватит|больше|більше|אל|לא|די|لا|بدون|jangan|tidak|gak|khong|dung|đung|mat|na|मत|नहीं|बंद|arretez|arrete|cessez|pare|parem|paren|dejen|deja|deje|stopp|stoppt|sluta|slutt|hort|horen|smettete|smettetela|ya|nechci|nu|μη|μην|quiten|quitenme|borren|toglietemi|cancellate|tirem|haal|verwijder|losche|loschen|entfernen|fjern|slett|slet|poista) /u;
const TEXTS =
  / (?:mensajes?|messages?|sms\S{0,4}|textos?|texte|nachricht\S{0,2}|werbung|berichten|bericht|messagg[io]|mensagens|mensagem|wiadomosc\S{0,3}|mesaj\S{0,8}|meddelande\S{0,2}|besked\S{0,3}|melding\S{0,3}|viest\S{0,4}|сообщен\S{0,3}|смс\S{0,3}|повідомлен\S{0,3}|реклам\S{0,2}|спам\S{0,2}|הודעות|הודעה|סמס\S{0,3}|رسائل|الرسائل|رسالة|pesan|tin|nhan|मैसेज|संदेश|message|msg|zpravy|mesaje|uzenet\S{0,3}|μηνυματα|publicidad|publicite|pub|pubblicita|propaganda|reclame|reklam\S{0,2}|liste?|lista|lijst|список|списка|listy|escrib\S{0,4}|envi\S{0,4}|mand\S{0,4}|schreib\S{0,3}|schick\S{0,3}|ecri\S{0,4}|menvo\S{0,4}|stuur|scriv\S{0,5}|invi\S{0,5}|pisz\S{0,4}|wysyl\S{0,4}|пиш\S{0,4}|писать|присыл\S{0,4}|шл\S{0,4}|תשלח\S{0,2}|לשלוח|ترسل\S{0,3}|kirim\S{0,2}|ganggu|gui|sms a|skick\S{0,3}|send\S{0,2}) /u;
