import fc from 'fast-check';
import { createReplyReader, type Reading } from '../../../src/domain/replies/replyReading';
import { noWork } from '../../../src/domain/wording/work';
import { ORDINARY_IN_LINES, ORDINARY_REPLIES } from './ordinaryReplies';
import { DOUBTFUL_REPLIES, PLAIN_WISHES, WISHES_IN_LINES } from './plainWishes';

const readReply = createReplyReader();
const WISHES = [...PLAIN_WISHES, ...WISHES_IN_LINES];
const ORDINARY = [...ORDINARY_REPLIES, ...ORDINARY_IN_LINES];

describe('Of the lists of replies', () => {
  it('no ordinary one opts anybody out', () => {
    expect(ORDINARY.length).toBeGreaterThanOrEqual(300);
    expect(ORDINARY.filter((text) => readReply(text) === 'optOut')).toEqual([]);
  });

  it('at most 3 % of the plain wishes are missed, and a person looks at those', () => {
    expect(WISHES.length).toBeGreaterThanOrEqual(300);
    const missed = WISHES.filter((text) => readReply(text) !== 'optOut');
    expect(missed.length).toBeLessThanOrEqual(WISHES.length * 0.03);
    expect(missed.filter((text) => readReply(text) !== 'doubtful')).toEqual([]);
  });

  it('what may be a wish and may not opts nobody out, and a person looks at it', () => {
    expect(DOUBTFUL_REPLIES.filter((text) => readReply(text) !== 'doubtful')).toEqual([]);
  });
});

describe('Words of one’s own opt out', () => {
  const readOwn = createReplyReader(['Finish', 'ni uno más', '3', '終わり']);
  test.each([
    'FINISH',
    'finish!',
    'Please finish',
    'Ni uno mas',
    'NI UNO MÁS, por favor',
    '3',
    '終わり。',
    'Fi̇nısh',
    'F I N I S H',
  ])('%s', (text) => {
    expect(readOwn(text)).toBe('optOut');
    expect(readReply(text)).not.toBe('optOut');
  });

  test.each(['finish by tomorrow', 'ni uno más tarde', '3pm', 'did you finish?', '33'])('only alone: %s', (text) => {
    expect(readOwn(text)).not.toBe('optOut');
  });
});

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
    expect(texts.filter((text) => readReply(text) !== 'optOut')).toEqual([]);
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
    ['as the sign that says so', '🛑'],
    ['as the sign, again and again', '🛑🛑 🛑!'],
    ['as an answer', 'Yes, stop'],
  ])('%s', (_how, text) => {
    expect(readReply(text)).toBe('optOut');
  });
});

test.each<[Reading, string]>([
  ['optIn', 'START'],
  ['optIn', 'unstop'],
  ['yes', ' Yes! '],
  ['optIn', 'Subscribe'],
  ['optIn', 'opt in'],
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
  expect(readReply(text)).toBe(keyword);
});

describe('A text asks for nothing', () => {
  test.each([
    ['when it is empty', ''],
    ['when it is blank', ' \u00a0\u200b\n'],
    ['when it is punctuation', '?!'],
    ['when it is another word', 'ok'],
    ['when it is politeness only', 'please'],
    ['when it asks for something by a date', 'please stop by tomorrow'],
    ['when it says the opposite', 'don’t stop'],
    ['when it names a date', 'end of the month'],
    ['when it cancels something else', 'cancel my order'],
    ['when it has an article', 'the end'],
    ['when it is a longer word', 'stopwatch'],
    ['when it is a shorter word', 'sto'],
    ['when it is a reaction from an iPhone', 'Liked “STOP”'],
    ['when it says yes and no', 'yes please cancel it?'],
  ])('%s', (_when, text) => {
    expect(readReply(text)).toBeNull();
  });
});

describe('A text opts nobody out, but a person looks at it', () => {
  test.each([
    ['when it is a raised hand only', '✋'],
    ['when there is more beside a stop sign', '🛑 road closed'],
    ['when it asks about a stop sign', '🛑?'],
    ['when emoji are inside a word', 'st🛑op'],
    ['when there is a digit', 'stop 2'],
    ['when it is a compound', 'stop-start'],
    ['when it lists several keywords', 'STOP, END or QUIT'],
    ['when it quotes ours', 'Reply STOP to unsubscribe'],
    ['when it laughs', 'stop 😂'],
    ['when somebody else says so', 'She said unsubscribe me'],
    ['when it makes a condition', 'If I cannot come, take me off your list'],
    ['when it names a time', 'do not text me again before noon'],
    ['when what goes on cannot be read', `STOP ${'and then '.repeat(300)}`],
    ['when it is longer than any text', 'stop '.repeat(2_000_000)],
  ])('%s', (_when, text) => {
    expect(readReply(text)).toBe('doubtful');
  });
});

const HOSTILE = [
  ...['stop ', 'S T O P ', 'please ', '\n', 'no ', 'stop texting me ', 'i want to ', 'a', '"', '> x\n', 'ﷺ', 'e\u0301'],
  ...['remove me from ', 'dont ', 'sent from my ', '- ', '.', 'because i do not ', 'ſ', '\u200b', '😀', 'стоп', '退订'],
  ...['S.', 'a b. ', 'Stop\nJohn\n', 'ааа ', 'ﷺ\n', '$$$㎒\n', '请谢谢', 'how many times do i have to ', 'stop, no. '],
];

/** A text of the greatest length that is read, made of these parts in turn. */
const atLength = (parts: readonly string[]): string =>
  parts
    .join('')
    .repeat(Math.ceil(1600 / Math.max(1, parts.join('').length)))
    .slice(0, 1600);

/** At most four times is something looked up for each letter, and patterns are tried at 300 places at most. */
function expectLittleWork(text: string): void {
  const work = noWork();
  readReply(text, work);
  expect(work.tries).toBeLessThanOrEqual(300);
  expect(work.lookUps).toBeLessThanOrEqual(4 * 1600);
}

describe('To read any text takes little work', () => {
  test.each(HOSTILE)('1,600 letters of %j', (part) => expectLittleWork(atLength([part])));

  test.each(['no', 'stop', 'i', 'do not', 'please'])(
    'many clauses that begin with "%s" and go on otherwise',
    (word) => {
      expectLittleWork(Array.from({ length: 300 }, (_, index) => `${word} ${index.toString(36)}. `).join(''));
    },
  );

  test('whatever it is made of', () => {
    const parts = fc.oneof(
      fc.constantFrom(...HOSTILE, ...WISHES, ...ORDINARY),
      fc.constantFrom(...WISHES.join(' ').split(/\s+/)).map((word) => `${word} `),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 40 }), (some) => expectLittleWork(atLength(some))),
      { numRuns: 300 },
    );
  });

  test('of what people write, most takes a tenth of what is allowed', () => {
    const tries = [...WISHES, ...ORDINARY].map((text) => {
      const work = noWork();
      readReply(text, work);
      return work.tries;
    });
    expect(tries.sort((a, b) => a - b).at(Math.floor(tries.length * 0.9))).toBeLessThanOrEqual(15);
    expect(tries.at(-1)).toBeLessThanOrEqual(75);
  });

  test('what is said again is read once', () => {
    const works = ['stop it now please. ', 'stop it now please. '.repeat(80)].map((text) => {
      const work = noWork();
      readReply(text, work);
      return work.tries;
    });
    expect(works[1]).toBe(works[0]);
  });
});

describe('No pattern goes over a text again and again', () => {
  test.each(HOSTILE)('100 kB of %j', (part) => {
    const text = part.repeat(Math.ceil(100_000 / part.length));
    readReply(text);
    const began = performance.now();
    for (let times = 0; times < 5; times++) readReply(text);
    // Half a millisecond, on a machine that may be busy; again and again would be minutes.
    expect((performance.now() - began) / 5).toBeLessThan(500);
  });
});

describe('To opt in takes the bare word, as it ends what somebody asked for', () => {
  test.each([
    ['not twice', 'start start'],
    ['not politely', 'start please'],
    ['not a word that differs by an accent', 'Résumé'],
    ['not two words', 'un-stop'],
    ['not in Spanish', 'sí'],
    ['not in French', 'oui'],
    ['not in German', 'ja'],
  ])('%s', (_case, text) => {
    expect(readReply(text)).not.toBe('optIn');
  });
});

const examples: [string, Reading][] = [
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
      expect(readReply(before + written + after)).toBe(keyword);
    }),
  );
});

test('No keyword counts among other words', () => {
  const others = fc.array(fc.constantFrom('do', 'not', 'my', 'order', 'tomorrow', 'at', '10', 'her', '日本'));
  fc.assert(
    fc.property(example, others, others, fc.constantFrom(' ', ', ', '. ', '\n'), ([word], before, after, between) => {
      fc.pre(before.length + after.length > 0);
      expect([null, 'doubtful']).toContain(readReply([...before, word, ...after].join(between)));
    }),
  );
});

test('No text whatever makes it fail', () => {
  const units = fc.array(fc.nat({ max: 0xffff }), { maxLength: 200 });
  fc.assert(
    fc.property(units, (codes) => {
      expect([null, 'optOut', 'optIn', 'yes', 'help', 'doubtful']).toContain(readReply(String.fromCharCode(...codes)));
    }),
    { numRuns: 300 },
  );
});

const lines = fc.array(
  fc.constantFrom(
    ...ORDINARY_REPLIES.filter((text) => text.length > 12 && !/^(?:thank you|all set|i don.t want)/i.test(text)),
  ),
  {
    minLength: 1,
    maxLength: 3,
  },
);

test('No bare word to stop counts beside sentences that ask for something else', () => {
  fc.assert(
    fc.property(fc.constantFrom('Stop', 'end', 'CANCEL', 'quit'), lines, fc.boolean(), (word, others, isFirst) => {
      const text = (isFirst ? [word, ...others] : [...others, word]).join(' ');
      expect(readReply(text)).not.toBe('optOut');
    }),
  );
});

test('Courtesies around a plain wish change nothing', () => {
  const courtesy = fc.constantFrom('', 'please', 'Thanks.', 'Hello,', 'Sorry,', 'thank you', '🙏', 'No thanks,');
  const wish = fc.constantFrom(
    ...[
      'stop',
      'STOP!',
      'unsubscribe me',
      'stop texting me',
      'do not text me',
      'remove me from your list',
      'I opt out',
    ],
  );
  fc.assert(
    fc.property(courtesy, wish, courtesy, (before, wanted, after) => {
      expect(readReply(`${before} ${wanted} ${after}`)).toBe('optOut');
    }),
  );
});

test('A quotation below never changes what was written above it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...WISHES, ...ORDINARY_REPLIES), fc.constantFrom(...WISHES), (own, quoted) => {
      const quotation = quoted.split('\n').map((line) => `> ${line}`);
      fc.pre(!['yes', 'help', 'optIn'].includes(readReply(own) ?? ''));
      expect(readReply([own, ...quotation].join('\n')) === 'optOut').toBe(readReply(own) === 'optOut');
    }),
  );
});
