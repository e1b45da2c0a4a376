/**
 * Words that opt out when they are all that is written, courtesies aside. First those that 47 CFR 64.1200(a)(10) names,
 * then those that carriers and providers take as well, then the usual ones of other languages.
 *
 * `PLAIN` words mean nothing else in an answer to a text, and may stand beside a "no" or a reason. `SHORT` ones do: whoever
 * writes "no, cancel" may mean an appointment, so they must stand alone.
 */
export const PLAIN_STOP_WORDS: readonly string[] = [
  ['stop', 'opt out', 'optout', 'opting out', 'unsubscribe', 'stopall', 'stop all', 'unsub'],
  ['un subscribe', 'stopp', 'un sub', 'unsub scribe', 'un sub scribe', 'stop2quit', 'stop2end'],
  ['stop2stop', 'stop 2 quit', 'stop 2 end', 'stop to quit', 'stop to end', 'no stop', 'please remove'],
  ['pls remove', 'plz remove', 'me descadastra', 'no please stop', 'stopsms', 'stop sms', 'stop pub'],
  ['stop msg', 'unsubscribe all', 'unsuscribe all'],
  // As fingers slip.
  ['stpo', 'sotp', 'tsop', 'stopo', 'sstop', 'stoip', 'unsubcribe', 'unsuscribe', 'unsubscibe'],
  ['unsubsribe', 'unsubscrib', 'unscubscribe', 'unscribe', 'unsubscribr', 'ubsubscribe', 'unsubsrcibe'],
  ['unsubscirbe', 'unsubscride'],
  // Spanish
  ['dar de baja', 'darme de baja', 'dame de baja', 'deme de baja', 'denme de baja', 'darse de baja'],
  ['desuscribir', 'desuscribirme', 'desuscribirse', 'desuscribeme', 'detener', 'detenga'],
  ['no mas mensajes', 'no mas sms'],
  // French
  ['arret', 'desabonner', 'desabonnez', 'desabonnement', 'desabonnez moi', 'me desabonner'],
  ['desinscrire', 'desinscription', 'desinscrivez moi', 'desinscris moi', 'se desabonner'],
  ['me desinscrire', 'arret sms'],
  // German
  ['stoppen', 'abmelden', 'abmeldung', 'abbestellen', 'abbestellung', 'austragen', 'mich abmelden'],
  ['sms abbestellen', 'abo beenden', 'abo kundigen', 'sms stopp', 'melde mich ab', 'ich melde mich ab'],
  // Dutch
  ['afmelden', 'afmelding', 'meld af', 'meld mij af', 'meld me af', 'uitschrijven', 'uitschrijving'],
  ['schrijf mij uit', 'schrijf me uit'],
  // Italian
  ['annulla iscrizione', 'cancellami', 'cancellatemi', 'disiscrivi', 'disiscrivimi', 'disiscrivetemi'],
  ['disiscrizione', 'disiscrivermi', 'rimuovimi', 'rimuovetemi', 'annullare iscrizione'],
  ['annulla liscrizione', 'disiscriviti'],
  // Portuguese
  ['descadastrar', 'descadastre', 'descadastro', 'desinscrever', 'remova me', 'me descadastre'],
  ['me descadastrar', 'cancelar inscricao', 'cancelar subscricao', 'desinscreva me', 'sair da lista'],
  // Polish
  ['wypisz', 'wypisz mnie', 'wypisac', 'wypisuje sie', 'wypiszcie mnie', 'rezygnuje', 'rezygnacja'],
  ['wyrejestruj'],
  // Turkish
  ['abonelikten cik', 'abonelikten cikar', 'abonelikten ayril', 'listeden cikar', 'listeden cikarin'],
  ['beni listeden cikarin', 'sms ret', 'iptal sms', 'sms iptal', 'mesaj istemiyorum', 'sms istemiyorum'],
  ['durdur', 'durdurun'],
  // Swedish, Danish, Norwegian, Finnish
  ['avregistrera', 'avregistrera mig', 'avanmal', 'avanmal mig', 'avprenumerera'],
  ['avsluta prenumeration', 'sluta skicka', 'afmeld', 'afmeld mig', 'frameld', 'frameld mig'],
  ['afmelding', 'avmeld', 'avmeld meg', 'meld meg av', 'avmelding', 'slutt a sende', 'lopeta'],
  ['lopettakaa', 'peru tilaus', 'peruuta tilaus', 'poista listalta'],
  // Russian, Ukrainian, Bulgarian
  ['стоп', 'отписаться', 'отписка', 'отпиши', 'отпишите', 'отпишите меня', 'отпиши меня', 'отписать'],
  ['отписываюсь', 'отменить подписку', 'отмена подписки', 'відписатися', 'відписатись', 'відписка'],
  ['відпишіть', 'відпишіть мене', 'відпиши мене', 'скасувати підписку', 'отпишете ме', 'отписване'],
  // Hebrew, Arabic, Persian, Urdu
  ['הסר', 'הסירו', 'הסירו אותי', 'תסירו אותי', 'הסר אותי', 'הסרה', 'להסיר', 'להסיר אותי', 'תסיר אותי'],
  ['הסרה מרשימה', 'עצור', 'עצרו', 'סטופ', 'توقف', 'توقفوا', 'إيقاف', 'ايقاف', 'أوقف', 'أوقفوا', 'قف'],
  ['إلغاء الاشتراك', 'الغاء اشتراك', 'ستوب', 'أوقفوا الرسائل', 'إيقاف الرسائل', 'لغو', 'لغو عضویت'],
  ['لغو اشتراک', 'ایقاف', 'بند کرو', 'بند کریں'],
  // Chinese, Japanese, Korean
  [
    '退订',
    '退訂',
    '取消订阅',
    '取消訂閱',
    '停止',
    '停止发送',
    '停止發送',
    '停止接收',
    '拒收',
    '退订短信',
    '我要退订',
    '请退订',
    '請退訂',
    '请停止',
  ],
  [
    '請停止',
    '请停止发送',
    '请停止发送短信',
    '不要再发了',
    '不要再发',
    '别再发了',
    '不要再發了',
    '別再發了',
    'td',
    '退订谢谢',
    '不要再发短信',
  ],
  [
    '不要再给我发短信',
    '不要给我发短信',
    '别再给我发短信',
    '取消接收',
    '停止してください',
    '配信停止',
    '配信解除',
    '登録解除',
    '配信停止してください',
    '配信停止希望',
  ],
  [
    '退会',
    '退会します',
    '停止希望',
    'ストップ',
    'やめてください',
    '送らないでください',
    '配信停止をお願いします',
    '登録を解除してください',
    'もう送らないでください',
  ],
  [
    '수신거부',
    '수신 거부',
    '수신거부합니다',
    '수신거부요',
    '중지',
    '문자 중지',
    '수신중지',
    '구독취소',
    '구독 취소',
    '해지',
    '그만',
    '그만 보내세요',
  ],
  ['문자 보내지 마세요', '스톱', '중단', '거부', '그만보내세요'],
  // Hindi, Bengali, Thai
  ['बंद करो', 'बंद करें', 'बंद कर दो', 'बन्द करो', 'बन्द करें', 'रोकें', 'रोको', 'स्टॉप'],
  ['सदस्यता समाप्त करें', 'सदस्यता रद्द करें', 'मैसेज मत भेजो', 'संदेश बंद करें', 'मैसेज बंद करो'],
  ['मुझे मैसेज मत भेजो', 'मुझे मैसेज न भेजें', 'band karo', 'band kar do', 'message mat bhejo'],
  ['বন্ধ করুন', 'বন্ধ', 'หยุด', 'ยกเลิกรับข้อความ', 'หยุดส่ง', 'เลิกรับข้อความ', 'ยกเลิกการสมัคร'],
  // Indonesian, Malay, Vietnamese, Filipino
  ['berhenti', 'berhenti langganan', 'berhenti berlangganan', 'unreg', 'hentikan', 'batal langganan'],
  ['stop langganan', 'jangan kirim lagi', 'jangan sms lagi', 'jangan sms saya lagi'],
  ['jangan hubungi saya lagi', 'henti', 'ngung', 'dung lai', 'huy dang ky', 'hủy đăng ký', 'đừng gửi'],
  ['đừng gửi nữa', 'đừng nhắn tin', 'dung nhan tin nua', 'đừng nhắn tin nữa', 'dung gui'],
  ['dung gui nua', 'dung gui tin nhan', 'dung nhan tin', 'ngung gui', 'tu choi nhan tin', 'itigil'],
  // Greek, Czech, Slovak, Romanian, Hungarian, Croatian
  ['στοπ', 'διαγραφή', 'διακοπή', 'διαγραφή από τη λίστα', 'odhlasit', 'odhlasit odber', 'odhlaste me'],
  ['odhlasuji se', 'dezabonare', 'dezabonati ma', 'dezaboneaza ma', 'leiratkozas', 'leiratkozom'],
  ['leiratkozni', 'odjava', 'odjavi me', 'odjavite me'],
].flat();

export const SHORT_STOP_WORDS: readonly string[] = [
  ['quit', 'end', 'revoke', 'cancel', 'remove', 'halt', 'cease', 'end all', 'quit all', 'cancel all'],
  ['remove all', 'alto', 'parar', 'pare', 'paren', 'baja', 'cancelar', 'cancela', 'cancele', 'anular'],
  ['salir', 'basta', 'detente', 'borrar', 'eliminar', 'arreter', 'arrete', 'arretez', 'resilier'],
  ['resiliation', 'annuler', 'stoppez', 'sortir', 'supprimer', 'supprimez', 'sair', 'remover'],
  ['pare ja', 'parem', 'chega', 'cancelem', 'ende', 'beenden', 'widerruf', 'widerrufen', 'kundigen'],
  ['kuendigen', 'kundigung', 'kuendigung', 'aufhoren', 'loschen', 'annuleren', 'annuleer', 'opzeggen'],
  ['beeindigen', 'stopzetten', 'annulla', 'annullare', 'ferma', 'fermare', 'fermati', 'disdire'],
  ['disdici', 'disattiva', 'rimuovi', 'cancella', 'smettetela', 'smettila', 'revoca', 'cancellare'],
  ['anuluj', 'zatrzymaj', 'koniec', 'usun', 'przestan', 'przestancie', 'iptal', 'iptal et', 'ret'],
  ['cikis', 'cik', 'avsluta', 'sluta', 'avbryt', 'afslut', 'avslutt', 'slutt', 'peruuta', 'poista'],
  ['отмена', 'отменить', 'прекратить', 'прекратите', 'остановить', 'остановите', 'хватит', 'припинити'],
  ['припиніть', 'зупинити', 'зупиніть', 'скасувати', 'відмова', 'відміна', 'спри', 'ביטול', 'לבטל'],
  ['הפסק', 'הפסיקו', 'תפסיקו', 'להפסיק', 'إلغاء', 'الغ', 'وقف', 'كفى', 'ألغ', 'ازالة', 'حذف', '取消', '停'],
  ['解除', '中止', '취소', 'キャンセル', 'बंद', 'रुको', 'रद्द', 'रद्द करें', 'batal', 'batalkan', 'huy', 'huy bo'],
  ['dung', 'tigil', 'ยกเลิก', 'zrusit', 'zrus', 'konec', 'prestante', 'opriti', 'opreste', 'anulare'],
  ['allj', 'torles', 'prekini'],
].flat();
