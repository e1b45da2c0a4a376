import { isFaxName, isPhoneName } from '../../../src/domain/columns/columnNames';

const listed = (names: string) => names.split('|').map((name) => name.trim());

describe('A column holds the numbers of people where it is called so', () => {
  test.each([
    [
      'in English',
      `Phone #|Ph. No.|Phone1|Phone 2|Phone (mobile)|Phone - Mobile|Phone/Mobile|Mob No|mobile_number|Cell #|Contact Number|
       billing_phone|Billing: Phone|Default Address Phone|Guest Phone|Parent Mobile|Employee Mobile|Lead Phone|Alt Phone|
       Emergency Phone|Tel. No.|TelMobile|WhatsApp Number|E.164|international_number|Text Number|to_number`,
    ],
    [
      'with what explains it',
      `Phone Number (Required)|*Phone|What is your phone number?|Please enter your phone number|Mobile number with country code|
       Phone (with country code)|Phone Number (E.164)|Phone number (format +1...)`,
    ],
    [
      'in German',
      `Tel.-Nr.|Telefon-Nr.|Telefon mobil|Telefon (mobil)|Mobil-Nr.|Handy-Nr.|Kundentelefon|Kontakttelefon|Mobilfunk-Nr.|Natel`,
    ],
    ['in French', 'Tél.|Tél. portable|N° de téléphone|Numéro de portable|N° portable|Téléphone mobile|GSM'],
    ['in Spanish', 'Teléfono móvil|Tel. móvil|Nº de teléfono|Número de celular|Cel.|Teléfono 1'],
    ['in Italian', 'Cellulare|Cell.|N. cellulare|Numero di telefono|Recapito telefonico'],
    ['in Portuguese', 'Telefone celular|Celular 1|Nº telemóvel|Fone'],
    ['in Dutch', 'Mobiele telefoon|Tel.nr.|06-nummer|Telefoonnummer'],
    ['in the Nordic languages', 'Tlf.|Tlf.nr.|Mobilnr|Mobiltelefon|Puhelinnumero|Matkapuhelin'],
    ['in Polish', 'Telefon komórkowy|Nr tel.|Tel. kom.|Telefon kontaktowy|Numer telefonu'],
    [
      'in other languages of Central Europe',
      'Telefonní číslo|Mobilné číslo|Telefonszám|Număr de telefon|Broj telefona|Mobitel',
    ],
    ['in Russian and Ukrainian', 'Моб. телефон|Сотовый|Контактный телефон|Мобільний телефон|Номер телефону'],
    ['in Greek and Turkish', 'Κινητό τηλέφωνο|Αριθμός τηλεφώνου|Telefon Numarası|Cep Tel|GSM No'],
    ['in Hebrew and Arabic', 'מספר טלפון|נייד|פלאפון|رقم الهاتف|رقم الجوال|الموبايل|شماره موبایل'],
    ['in languages of India', 'फ़ोन नंबर|मोबाइल नंबर|মোবাইল নম্বর'],
    ['in Chinese', '联系电话|手机号码|移动电话|電話號碼|聯絡電話|行動電話'],
    ['in Japanese and Korean', 'お電話番号|携帯番号|휴대폰 번호|핸드폰 번호|연락처'],
    [
      'in Thai, Vietnamese and Malay',
      'เบอร์โทรศัพท์|มือถือ|Số điện thoại|SĐT|Di động|No. HP|Nomor WhatsApp|No. Telp|No. Telefon Bimbit',
    ],
  ])('%s', (_language, names) => {
    expect(listed(names).filter((name) => !isPhoneName(name))).toEqual([]);
  });

  test('but not where it says something else', () => {
    const others = `Order Number|Kundennummer|Order ID|Phone Type|Phone 1 - Label|Phone Model|Phone Country Code|Phone Opt In|
      SMS Consent|Mobile Opt Out|Cell Carrier|Mobile App Version|Contact Name|Tax Number|Ticket Number|Area Code|Call Count|
      SMS Text|Handy Modell|Numéro client|Номер заказа|订单号|注文番号|주문번호||  |-|°`;
    expect(listed(others).filter((name) => isPhoneName(name))).toEqual([]);
  });

  test('and no text reaches a fax', () => {
    const faxes = listed('Fax|Business Fax|Fax1|Faxnummer|Télécopie|Факс|传真|ファックス|팩스|Mobile Fax');
    expect(faxes.filter((name) => isPhoneName(name) || !isFaxName(name))).toEqual([]);
  });
});
