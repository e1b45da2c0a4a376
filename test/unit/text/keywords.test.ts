import fc from 'fast-check';
import { keywordOf, type Keyword } from '../../../src/domain/text/keywords';

describe('A text that is one of these words opts out', () => {
  test.each([
    [
      'by the rules of the FCC',
      ['STOP', 'QUIT', 'END', 'REVOKE', 'OPT OUT', 'OPTOUT', 'OPT-OUT', 'CANCEL', 'UNSUBSCRIBE'],
    ],
    ['as carriers take it', ['STOPALL', 'STOP ALL', 'STOP-ALL', 'UNSUB', 'UN-SUBSCRIBE', 'REMOVE']],
    ['in Spanish', ['ALTO', 'PARAR', 'PARE', 'BAJA', 'DAR DE BAJA', 'Darme de baja', 'CANCELAR', 'CANCELA', 'CANCELE']],
    ['in Spanish, the rarer ones', ['ANULAR', 'DETENER', 'DETENGA', 'SALIR', 'DESUSCRIBIR', 'DESUSCRIBIRME']],
    ['in French', ['ARRET', 'ARRÊT', 'arrêter', 'ARRETE', 'Arrêtez', 'DESABONNER', 'désabonner', 'DÉSABONNEZ']],
    [
      'in French, the rarer ones',
      ['Désabonnement', 'DESINSCRIRE', 'désinscription', 'RÉSILIER', 'Résiliation', 'ANNULER'],
    ],
    ['in Portuguese', ['PARAR', 'PARE', 'SAIR', 'CANCELAR', 'DESCADASTRAR', 'DESCADASTRO', 'DESINSCREVER', 'REMOVER']],
    ['in German', ['STOPP', 'STOPPEN', 'ABMELDEN', 'Abmeldung', 'ABBESTELLEN', 'ENDE', 'BEENDEN', 'AUSTRAGEN']],
    ['in German, the rarer ones', ['Abbestellung', 'Widerruf', 'WIDERRUFEN', 'kündigen', 'KUENDIGEN', 'Kündigung']],
  ])('%s', (_where, texts) => {
    expect(texts.filter((text) => keywordOf(text) !== 'optOut')).toEqual([]);
  });
});

describe('A text opts out however it is written', () => {
  test.each([
    ['in mixed case', 'sToP'],
    ['with a full stop', 'Stop.'],
    ['with exclamation marks', 'STOP!!!'],
    ['in quotes', '"stop"'],
    ['in French quotes', '«\u00a0STOP\u00a0»'],
    ['in typographic quotes', '“Stop”'],
    ['in brackets', '[STOP]'],
    ['with a hash', '#stop'],
    ['on a line of its own', '\r\n STOP \n\n'],
    ['between emoji', '🛑 stop 🛑'],
    ['next to emoji of several code points', '👨‍👩‍👧‍👦stop👍🏽❤️🏴󠁧󠁢󠁥󠁮󠁧󠁿🇬🇧'],
    ['next to emoji made of a digit or a letter', '1️⃣ STOP ™️ℹ️'],
    ['after a byte order mark', '\ufeffSTOP'],
    ['with invisible characters inside', 'S\u200bT\u00adO\u2060P'],
    ['from right to left', '\u202eSTOP\u202c'],
    ['with a null character at the end', 'STOP\0'],
    ['next to half an emoji', '\ud83dstop\ude1c'],
    ['with several blanks inside', 'stop \t\u3000 all'],
    ['over two lines', 'opt\nout'],
    ['with a typographic hyphen', 'opt‑out'],
    ['in fullwidth letters', 'ＳＴＯＰ'],
    ['in bold letters', '𝐒𝐓𝐎𝐏'],
    ['with decomposed accents', 'arre\u0302t'],
    ['with accents where none belong', 'stóp'],
    ['on a Turkish keyboard, in capitals', 'UNSUBSCRİBE'],
    ['on a Turkish keyboard, in small letters', 'unsubscrıbe'],
    ['twice', 'STOP STOP'],
    ['again and again', 'stop, stop, STOP!'],
    ['twice, in two words each', 'opt out. opt out.'],
    ['for as long as a text can be', 'STOP '.repeat(320)],
    ['politely', 'please stop'],
    ['politely, after the word', 'STOP please!'],
    ['politely and twice', 'Please stop. Stop, pls.'],
    ['politely in Spanish', 'Baja, por favor'],
    ['politely in French', 'S’il vous plaît : stop'],
    ['politely in French, in short', 'STOP svp'],
    ['politely in German', 'Bitte abmelden'],
  ])('%s', (_how, text) => {
    expect(keywordOf(text)).toBe('optOut');
  });
});

test.each<[Keyword, string]>([
  ['optIn', 'START'],
  ['optIn', 'unstop'],
  ['optIn', ' Yes! '],
  ['optIn', '«Resume» ▶️'],
  ['help', 'HELP'],
  ['help', 'info?'],
  ['help', 'ℹ️ İnfo'],
  ['help', 'Ayuda'],
  ['help', '¡AYUDA!'],
  ['help', 'aide'],
  ['help', 'Hilfe'],
  ['help', 'ajuda'],
])('It is %s to say "%s"', (keyword, text) => {
  expect(keywordOf(text)).toBe(keyword);
});

describe('A text is no keyword', () => {
  test.each([
    ['when it is empty', ''],
    ['when it is blank', ' \u00a0\u200b\n'],
    ['when it is punctuation', '?!'],
    ['when it is a stop sign only', '🛑'],
    ['when it is another word', 'ok'],
    ['when it is politeness only', 'please'],
    ['when it asks for something by a date', 'please stop by tomorrow'],
    ['when it says the opposite', 'don’t stop'],
    ['when it names a date', 'end of the month'],
    ['when it cancels something else', 'cancel my order'],
    ['when it has an article', 'the end'],
    ['when it is a longer word', 'stopwatch'],
    ['when it is a shorter word', 'sto'],
    ['when it is spelt out', 'S T O P'],
    ['when emoji are inside a word', 'st🛑op'],
    ['when there is a digit', 'stop 2'],
    ['when it is an address', 'stop@example.com'],
    ['when it is a compound', 'stop-start'],
    ['when it lists several keywords', 'STOP, END or QUIT'],
    ['when it quotes ours', 'Reply STOP to unsubscribe'],
    ['when it is a reaction from an iPhone', 'Liked “STOP”'],
    ['when it says yes and no', 'yes please cancel it?'],
    ['when it is in another script', 'СТОП'],
    ['when it is longer than any text', 'stop '.repeat(2_000_000)],
  ])('%s', (_when, text) => {
    expect(keywordOf(text)).toBeNull();
  });
});

describe('To opt in takes the bare word, as it ends what somebody asked for', () => {
  test.each([
    ['not twice', 'yes yes'],
    ['not politely', 'start please'],
    ['not a word that differs by an accent', 'Résumé'],
    ['not two words', 'un-stop'],
    ['not in Spanish', 'sí'],
    ['not in French', 'oui'],
    ['not in German', 'ja'],
  ])('%s', (_case, text) => {
    expect(keywordOf(text)).toBeNull();
  });
});

const examples: [string, Keyword][] = [
  ['stop', 'optOut'],
  ['opt out', 'optOut'],
  ['unsubscribe', 'optOut'],
  ['désinscrire', 'optOut'],
  ['kündigung', 'optOut'],
  ['start', 'optIn'],
  ['resume', 'optIn'],
  ['info', 'help'],
  ['hilfe', 'help'],
];
const example = fc.constantFrom(...examples);
const wrapping = fc
  .array(
    fc.constantFrom(
      ...Array.from(' .,!?"\'«»“”‘’()*_-—…/´¡¿\n\t\u00a0\u200b\u200d\ufeff'),
      '🛑',
      '👍🏽',
      '❤️',
      '👨‍👩‍👧',
      '2️⃣',
      '🇬🇧',
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));

test('Nothing around a keyword, and no change of case, hides it', () => {
  const writing = fc.record({ before: wrapping, after: wrapping, capitals: fc.infiniteStream(fc.boolean()) });
  fc.assert(
    fc.property(example, writing, ([word, keyword], { before, after, capitals }) => {
      const written = Array.from(word, (letter) => (capitals.next().value ? letter.toUpperCase() : letter)).join('');
      expect(keywordOf(before + written + after)).toBe(keyword);
    }),
  );
});

test('No keyword counts among other words', () => {
  const others = fc.array(fc.constantFrom('I', 'do', 'not', 'my', 'order', 'tomorrow', 'at', '10', 'thanks', '日本'));
  fc.assert(
    fc.property(example, others, others, fc.constantFrom(' ', ', ', '. ', '\n'), ([word], before, after, between) => {
      fc.pre(before.length + after.length > 0);
      expect(keywordOf([...before, word, ...after].join(between))).toBeNull();
    }),
  );
});

test('No text whatever makes it fail', () => {
  const units = fc.array(fc.nat({ max: 0xffff }), { maxLength: 200 });
  fc.assert(
    fc.property(units, (codes) => {
      expect([null, 'optOut', 'optIn', 'help']).toContain(keywordOf(String.fromCharCode(...codes)));
    }),
    { numRuns: 1000 },
  );
});
