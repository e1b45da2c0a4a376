/** May stand before, between and after any word that opts out. */
export const POLITE: readonly string[] = [
  ['please', 'pls', 'plz', 'plse', 'plese', 'pleas', 'plaese', 'pleaseee', 'thank you', 'thanks', 'thx'],
  ['tks', 'thnx', 'ty', 'thank u', 'thankyou', 'thank you very much', 'thanks a lot'],
  ['thank you so much', 'many thanks', 'thanks so much', 'kindly', 'thanks in advance'],
  ['thank you in advance', 'cheers', 'pretty please', 'thanking you', 'tyvm', 'tia', 'if you please'],
  ['por favor', 'porfavor', 'porfa', 'gracias', 'muchas gracias', 'xfa', 'obrigado', 'obrigada', 'pf'],
  ['pfv', 'fazendo favor', 's il vous plait', 's il te plait', 'sil vous plait', 'sil te plait', 'svp'],
  ['stp', 'merci', 'merci beaucoup', 'merci davance', 'bitte', 'danke', 'vielen dank', 'danke schon'],
  ['besten dank', 'bitte bitte', 'alstublieft', 'alsjeblieft', 'aub', 'ajb', 'graag', 'bedankt'],
  ['dank u', 'dank je', 'dank u wel', 'per favore', 'per piacere', 'grazie', 'grazie mille', 'prego'],
  ['prosze', 'dziekuje', 'dzieki', 'lutfen', 'tesekkurler', 'tesekkur ederim', 'sagolun', 'snalla'],
  ['tack', 'tak', 'venligst', 'vaer sa snill', 'vennligst', 'takk', 'pa forhand takk', 'kiitos'],
  ['пожалуйста', 'плиз', 'спасибо', 'будь ласка', 'дякую', 'прошу', 'בבקשה', 'תודה', 'תודה רבה', 'אנא'],
  ['من فضلك', 'من فضلكم', 'لو سمحت', 'لو سمحتم', 'شكرا', 'رجاء', 'الرجاء', 'لطفا', '请', '請', '谢谢', '謝謝'],
  [
    '谢谢你',
    '麻烦',
    'お願いします',
    'お願い致します',
    'おねがいします',
    'ください',
    'ありがとう',
    'ありがとうございます',
    '해주세요',
    '해 주세요',
  ],
  ['부탁드립니다', '부탁합니다', '부탁드려요', '감사합니다', '제발', 'कृपया', 'धन्यवाद', 'प्लीज', 'please ji', 'tolong'],
  ['mohon', 'terima kasih', 'makasih', 'vui long', 'lam on', 'xin', 'cam on', 'xin cam on', 'salamat'],
  ['παρακαλω', 'ευχαριστω', 'prosim', 'dekuji', 'ครับ', 'ค่ะ', 'va rog', 'multumesc', 'kerem'],
  ['koszonom', 'molim', 'hvala'],
].flat();

/**
 * Means nothing by itself, and may stand beside a word that can only be a wish to stop: "No thanks, stop now". Not beside
 * "cancel" or "end".
 */
export const ASIDES: readonly string[] = [
  ['no thanks', 'no thank you', 'no thx', 'no ty', 'hi', 'hello', 'hey', 'hi there', 'hello there'],
  ['good morning', 'good afternoon', 'good evening', 'good day', 'dear sir', 'dear madam'],
  ['dear sir or madam', 'sir', 'madam', 'maam', 'sirs', 'dear sirs', 'to whom it may concern', 'sorry'],
  ['im sorry', 'i am sorry', 'ok', 'okay', 'and', 'also', 'just', 'again', 'so', 'now', 'right now'],
  ['immediately', 'asap', 'at once', 'already', 'forever', 'for good', 'permanently'],
  ['effective immediately', 'for the last time', 'once and for all', 'i repeat', 'seriously'],
  ['thats it', 'enough', 'im good', 'all set', 'im all set', 'please and thank you', 'from now on'],
  ['have a nice day', 'have a good day', 'have a great day', 'god bless', 'bye', 'goodbye', 'good bye'],
  ['regards', 'best regards', 'kind regards', 'best', 'sincerely', 'respectfully', 'best wishes'],
  ['i am good', 'the hell', 'the fuck', 'fucking', 'effing', 'damn', 'damn it', 'dammit', 'nein danke'],
  ['hallo', 'guten tag', 'sofort', 'jetzt', 'ab sofort', 'nee bedankt', 'non merci', 'bonjour'],
  ['maintenant', 'no gracias', 'hola', 'ahora', 'ya', 'buenos dias', 'buenas tardes', 'ahora mismo'],
  ['nao obrigado', 'ola', 'bom dia', 'boa tarde', 'agora', 'nao obrigada', 'no grazie', 'buongiorno'],
  ['ciao', 'subito', 'nie dziekuje', 'dzien dobry', 'merhaba', 'nej tack', 'nej tak', 'nei takk', 'hej'],
  ['нет спасибо', 'здравствуйте', 'добрый день', 'ні дякую', 'добрий день', 'לא תודה', 'שלום'],
  ['لا شكرا', '你好', '您好', 'नमस्ते', '안녕하세요'],
].flat();

/** The same, but only between punctuation marks: "no, stop" is one thing, "no detener" another. */
export const LONE_ASIDES: ReadonlySet<string> = new Set(
  [
    ['no', 'nope', 'no no', 'nah', 'nein', 'nee', 'non', 'nao', 'nie', 'nej', 'nei', 'hayir', 'нет', 'ні', 'לא', 'لا'],
    ['tidak', 'khong', 'नहीं', '아니요', '不', 'いいえ'],
  ].flat(),
);
