/**
 * What somebody wrote themselves: without what they quote below or above, and without the line that their phone adds. `isEnded`
 * where a quotation begins, so that nothing of their own can follow.
 */
export function ownWords(text: string): { readonly lines: readonly string[]; readonly isEnded: boolean } {
  const lines: string[] = [];
  for (const line of text.split(/\r\n?|\n|\u2028|\u2029/)) {
    const trimmed = line.trim();
    if (lines.length > 0 && trimmed.length >= SHORTEST && isQuoteHead(trimmed)) return { lines, isEnded: true };
    if (trimmed === '' || /^[>|]/.test(trimmed) || isDeviceLine(trimmed, lines.length > 0)) continue;
    lines.push(trimmed);
  }
  return { lines, isEnded: false };
}

/** "de:x" and "发自我的": shorter lines are nobody's but theirs. */
const SHORTEST = 4;

/** "On Mon, 5 Jan 2026 at 9:00, ACME wrote:" and its like; "-----Original Message-----". */
function isQuoteHead(line: string): boolean {
  if (/^[-_*=]{2,}\s{0,3}\p{L}/u.test(line) && /[-_*=]{2,}$/.test(line)) return true;
  if (/^(?:from|de|von|van|da|från|fra|от|od|kimden)\s{0,2}: ?\S/iu.test(line)) return true;
  return (
    line.length <= 200 &&
    /^(?:on|am|le|el|il|op|den|em|dnia|w dniu|\d{1,4}[./-])\s?.{3,160}:$/iu.test(line) &&
    /(?:wrote|schrieb|écrit|escribió|escribio|scritto|schreef|skrev|escreveu|napisał|написал|yazdı)/iu.test(line)
  );
}

const DEVICE_LINE =
  /^(?:[-–—~]{1,2} ?)?(?:sent (?:from|via|with|using|by) |get outlook|von meine[mr] .{2,30} gesendet|gesendet (?:von|mit|über)|diese nachricht wurde von|envoy[ée]e? (?:de|depuis|à partir)|enviado (?:desde|do|de|a partir|via)|inviato d|verstuurd vanaf|verzonden (?:met|vanaf|via)|skickat från|sendt fra|lähetetty|wysłan[eoa] z|отправлено (?:с|из)|надіслано з|iphone.?dan gönderildi|iphone'umdan|נשלח מה|أرسلت من|أُرسلت من|发自我的|發自我的|iphoneから送信|나의 iphone)/iu;

/** Never the first line: whoever writes it there means it. */
const isDeviceLine = (line: string, isLater: boolean) =>
  isLater && line.length >= SHORTEST && line.length <= 80 && DEVICE_LINE.test(line);

/** Words that begin a sentence and no name. */
const NO_NAMES =
  /^(?:the|by|at|in|on|and|it|that|this|to|for|my|your|our|of|or|a|an|is|be|if|when|until|before|after|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|tomorrow|today|tonight|me|you|him|her|them|us|not|no|yes|sign|sign[s]|watch|light|lights|texting|laughing|i|im|we|what|who|why|how|where|being|doing|saying|making|playing)$/iu;

/** Whether lines below a wish are how somebody signs: a name, a role, a telephone number, an address. */
export function isSignature(lines: readonly string[]): boolean {
  const isMarked = lines.length > 1 && /^(?:--|—|–|__|\*\*|~)\s{0,3}$/.test(lines[0] ?? '');
  if (isMarked) return true;
  return lines.length <= 6 && lines.every((line, index) => isSignatureLine(line, index));
}

function isSignatureLine(line: string, index: number): boolean {
  const words = line
    .replace(/^[-–—~]{1,2}\s{0,2}/, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (line.length > 80 || words.length === 0) return false;
  if (/^[^\s@]{1,64}@[^\s@]{1,64}$/.test(line) || /^(?:https?:\/\/|www\.)\S{3,70}$/i.test(line)) return true;
  if (/^(?:tel|phone|cell|mobile|fax|office|direct|m|t|p|c|o|f)?[.:]?\s?\+?[\d\s().-]{7,24}$/i.test(line)) return true;
  const isName =
    words.length <= (index === 0 ? 4 : 6) && words.every((word) => /^\p{Lu}[\p{L}.'’&-]{0,24}$/u.test(word));
  return isName && !words.some((word) => NO_NAMES.test(word));
}
