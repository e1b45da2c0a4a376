/** What the number of a person is called by us, in a header or as a key. */
export const NUMBER_NAMES = ['recipient', 'number', 'phone', 'to'] as const;

/** A name without what spreadsheets and people write differently: case, accents, underscores, quotes, blanks. */
export const plainName = (name: string): string => wordsOf(name).join('');

/** What stands beside a name to explain it: "with country code", "(required)". */
const EXPLAINED =
  /\b(?:with|incl|including|mit|avec|con|med|met)\.?\s(?:the\s|the full\s|full\s)?(?:country|area|dial\S{0,4}|international)\s?(?:code|prefix)?\b|[([](?:required|optional|e\.?164|format[^)\]]{0,40}|obligatoire|obligatorio|pflichtfeld|international)[)\]]/giu;

/** "Phone 1 - Value" is phone, 1, value; "Phone2" is phone. */
function wordsOf(name: string): string[] {
  const said = name.slice(0, LONGEST_NAME).replace(EXPLAINED, ' ');
  // Composed again, for the syllables of Hangul.
  const bare = said.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC');
  const plain = bare.toLowerCase().replace(/[ßłđøı]/g, (letter) => AS_PLAIN[letter] ?? letter);
  return plain.replace(/(?<=\p{L}{2})(?=\d{1,2}(?![\p{L}\p{Nd}]))/gu, ' ').match(/[\p{L}\p{Nd}]+/gu) ?? [];
}

const AS_PLAIN: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', đ: 'd', ø: 'o', ı: 'i' };

/** "mobilePhone" is mobile, phone; but "WhatsApp" is one word. */
const withoutHumps = (name: string): string => name.slice(0, LONGEST_NAME).replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ');

const LONGEST_NAME = 100;

const listed = (names: string): ReadonlySet<string> =>
  // A dot in the list is a blank in the name; those do not count.
  new Set(
    names
      .trim()
      .split(/\s+/)
      .map((name) => plainName(name)),
  );

/** Whole names that mean a person's number, or a whole word that does: those in the exports of many programs and languages. */
const PHONE_NAMES = listed(`
  phone phones telephone phonenumber telephonenumber mobile mobilephone mobilenumber cell cellphone cellular cellnumber
  tel telno telnr handphone landline msisdn whatsapp wa e164 smsnumber smsphone textnumber ph phno mob mobno mobileno
  telefon telefonnummer telefonnr telefonnumer handy handynummer handynr mobil mobilnummer mobilnr mobiltelefon mobilfunk
  mobilfunknummer mobilrufnummer rufnummer festnetz festnetznummer natel
  telephone telephoneportable portable fixe numerodetelephone
  telefono telefonos movil telefonomovil celular telefonocelular numerodetelefono numerodemovil numerodecelular
  telemovel telefone telefonecelular numerodetelefone numerodetelemovel
  cellulare telefonino telefonocellulare numerocellulare numeroditelefono numerodicellulare
  telefoon telefoonnummer mobieltelefoon mobiel mobielnummer mobielenummer gsm gsmnummer gsmnumara
  telefonu komorka komorkowy numertelefonu telefonkomorkowy
  mobiltelefonnummer mobilnummer puhelin puhelinnumero matkapuhelin kannykka telefonszam mobilszam telefonas telefons
  telefonni cisloutelefonu telefonnicislo mobilni cep ceptelefonu telefonnumarasi
  телефонный телефону телефонен телефон телефона телефоны мобильный мобильного мобилен мобільний номертелефона моб тел
  сотовый сотового
  τηλεφωνο τηλεφωνου κινητο κινητου
  telefonska telefonski telefona mobitel mobitela mobitelu fon fone tlf tlfnr cel celulares recapitotelefonico
  telefonne telefonicke mobilne mobilniho bimbit telp telepon telefonski simu telepono
  电话 电话号码 手机 手机号 手机号码 電話 電話番号 手機 携帯 携帯電話 携帯番号 携帯電話番号
  전화 전화번호 휴대폰 휴대전화 핸드폰 휴대폰번호 연락처 联系方式
  هاتف الهاتف جوال الجوال موبايل الموبايل محمول تلفن موبایل همراه موبائل فون
  טלפון הטלפון נייד הנייד סלולרי פלאפון
  फोन मोबाइल मोबाईल दूरभाष ফোন মোবাইল
  เบอร์โทร โทรศัพท์ เบอร์โทรศัพท์ มือถือ เบอร์มือถือ dienthoai sodienthoai didong sdt nohp nomorhp hp nowa notelp notel sodidong sodt
`);

/** Whole names only: as a word beside others they mean something else ("Order Number"). */
const WHOLE_NAMES = listed(`
  recipient recipients number numbers to nummer numero numer номер destination destinationnumber tonumber recipientnumber
  sendto contactnumber contactno subscriber subscribernumber receiver empfanger destinataire destinatario
  internationalnumber dest 06nummer رقم شماره
`);

/** Words that may stand beside one of those without making it mean something else. */
const BESIDE = listed(`
  number numbers num no nr nummer value values primary main default preferred first second other home work business
  private privat personal contact customer client person owner my your full international formatted intl sms text company
  office day daytime evening assistant assistants billing shipping mailing person's s the of de du di da do la le el van
  geschaftlich dienstlich beruflich arbeit zuhause nomor numero numer номер основной рабочий домашний pro professionnel
  domicile bureau casa trabajo lavoro ufficio praca dom werk thuis zakelijk prive cislo hovedtelefon movil 1 2 3 4 5
  a raw clean e164 car radio for and or line direct what is please enter best alternate alternative alt secondary
  emergency lead guest patient student parent guardian member employee user attendee buyer tenant donor voter volunteer
  recipient subscriber contactperson address kontakt kontakta kontaktowy контактный кунде kunden numarasi numara no kom
  broj cislo numar numarul ng ya nambari mobil portatil מספר رقم شماره نمبر नंबर নম্বর αριθμος so di n
`);

/** Compounds end with what they are about, in Germanic languages and in those that set no blanks. */
const ENDING =
  /(?:telefon|telefonnummer|telefonnr|handy|handynummer|handynr|mobilnummer|mobilnr|rufnummer|telefoon|telefoonnummer|(?:电话|電話|手机|手機|携帯|전화|휴대폰|핸드폰|휴대전화)(?:号码|号|號碼|番号|번호)?)$/u;

/** What is never chosen: no text arrives there. */
const FAX = /fax|telecopie|pager|telex|факс|传真|ファックス|팩스/;

const FROM_NAMES =
  listed(`from sender absender von fromnumber sourcenumber source originator src expediteur remitente mittente
  senderid sendernumber afzender nadawca отправитель de da`);
const TO_NAMES =
  listed(`to recipient recipients tonumber destination destinationnumber dst receiver an empfanger destinataire
  destinatario ontvanger odbiorca получатель recipientnumber`);

export const isFaxName = (name: string): boolean => FAX.test(plainName(name));
export const isFromName = (name: string): boolean => FROM_NAMES.has(plainName(name));
export const isToName = (name: string): boolean => TO_NAMES.has(plainName(name));

/** One of ours to the letter: such a column goes before those that are called so in other words. */
export const isOwnName = (name: string): boolean => (NUMBER_NAMES as readonly string[]).includes(name.trim());

/** Whether a column of this name holds the numbers of people, by its name alone. */
export function isPhoneName(name: string): boolean {
  const whole = plainName(name);
  if (FAX.test(whole)) return false;
  if (PHONE_NAMES.has(whole) || WHOLE_NAMES.has(whole) || ENDING.test(whole)) return true;
  return [name, withoutHumps(name)].some((spelt) => {
    const words = wordsOf(spelt);
    return (
      words.some((word) => PHONE_NAMES.has(word)) && words.every((word) => PHONE_NAMES.has(word) || BESIDE.has(word))
    );
  });
}

const OTHER_NAMES =
  listed(`name firstname lastname givenname surname vorname nachname email e-mail mail id city town street
  zip plz ort country company firma notes note date prenom nom ville nombre apellido ciudad nome cognome citta naam
  voornaam achternaam stad imie nazwisko miasto имя фамилия город address adresse status tags label type birthday text
  message body sid`);

/** Whether a cell is the name of a column, of whatever kind. */
export const isColumnName = (cell: string): boolean =>
  isPhoneName(cell) ||
  isFaxName(cell) ||
  OTHER_NAMES.has(plainName(cell)) ||
  (plainName(cell).length > 3 && isFromName(cell));
