/** Wishes to get no more texts that any reasonable person understands. One a line. */
export const PLAIN_WISHES: readonly string[] = `
stop sub
Stop subscription
stop my subscription please
sms stop
FIN
fin, gracias
No mas
No más, por favor
Yes stop
yes please stop
Yes, unsubscribe me
nope stop
oui stop
Ja, stopp
sí, stop
Да, стоп
STOP 729725
can you please stop
please can you stop
You can stop now
No texts please
no messages, please
no sms thanks
dont text
cease and desist
Consent revoked.
basta mensajes
Nummer löschen
STOP करें
मत भेजो
退订TD
別再傳了
لغو11
stop parakalo
pare de me mandar mensagem
STOP
stop
Stop.
Stop!!!
StOp
STOP please
Please stop
pls stop
plz stop!!
Stop. Thank you
STOP thanks
Stop, thank you very much
Thanks, stop
No thanks, stop
No. Stop.
No thank you. Please stop.
Hi, please stop.
Hello stop please
stop now
STOP IMMEDIATELY
stop asap
Stop it. Stop texting me.
STOP STOP STOP
stop stop stop please
Stop! Stop! Stop!
"STOP"
'stop'
(stop)
*STOP*
#stop
🛑 STOP 🛑
stop 🙏
Stop 😡
STOP 👎
S T O P
s t o p
S.T.O.P.
S-T-O-P
s t o p please
STOPPP
stoppppp
SSTTOOOPPP
STOOOOP
ST0P
STОP
ЅTOP
ＳＴＯＰ
𝐒𝐓𝐎𝐏
Stóp
ŞTOP
stpo
sotp
STOPP
STOP ALL
stopall
STOP2QUIT
STOP2END
stop 2 quit
STOP TO END
END
end please
QUIT
Quit.
CANCEL
cancel please
please cancel
UNSUBSCRIBE
unsubscribe please
Please unsubscribe
UNSUB
unsubscribe all
un-subscribe
unsuscribe
unsubcribe
Unsubscribe!!
OPT OUT
opt-out
OPTOUT
optout please
REVOKE
REMOVE
remove please
Remove me
remove me please
please remove me
Pls remove me from your list
Please remove me from this list
remove me from the list
remove me from all lists
REMOVE ME FROM YOUR MAILING LIST
remove my number
Please remove my number from your list
Please remove my number from your database
remove this number
remove this number from your contact list
take me off your list
Take me off this list
take me off the list please
please take me off your texting list
Take my number off your list
Please take my name off your list.
take me off
get me off this list
Get me off your list now
delete my number
Delete me from your list
delete me
Please delete my phone number from your system
unsubscribe me
Please unsubscribe me
unsubscribe me from this list
Unsubscribe me from all texts
I want to unsubscribe
I would like to unsubscribe
I'd like to unsubscribe please
can you unsubscribe me
Could you please unsubscribe me?
I want to be removed from your list
I would like to be taken off your list
I want off your list
please have me removed from your list
I opt out
I'm opting out
I want to opt out
I would like to opt out of these texts
Opt me out
Please opt me out
opt me out of all messages
opting out
opt out of texts
I wish to opt out
Stop texting me
stop texting
Please stop texting me
STOP TEXTING ME!!!
Stop texting me please
stop texting me now
stop texting this number
Stop messaging me
stop messaging this number please
please stop contacting me
Stop contacting me
stop bothering me
stop spamming me
Stop harassing me
quit texting me
Quit messaging me
Stop txting me
stop texting my phone
Can you please stop texting me
could you stop texting me please
Will you stop texting me
I want you to stop texting me
I need you to stop texting me
You need to stop texting me
I said stop texting me
I told you to stop texting me
I already told you to stop texting me
I have asked you to stop texting me
stop texting me I don't know you
Stop texting me or I will report you
Stop texting me, I never signed up for this
stop texting me. wrong number
Wrong number, stop texting me
You have the wrong number. Please stop texting me.
You have the wrong number, please remove me
Wrong number. Stop
Who is this? Stop texting me
I don't know who this is. Stop texting me.
Leave me alone. Stop
Not interested. Stop.
not interested, please stop
Not interested please remove me from your list
not interested take me off your list
I'm not interested, stop texting me
This is spam. Stop.
I never signed up for this. Unsubscribe
Stop texting me anymore
Stop texting me ever again
never text me again
Do not text me
do not text me again
Don't text me
don't text me anymore
Please don't text me anymore
dont text me again
Please do not text this number
do not text this number again
do not contact me
Do not contact me again
don't contact me anymore
please do not message me
Don't message me again
don't ever text me again
Don't send me any more texts
do not send me any more messages
please do not send me texts
Don't send me messages
please don't send any more texts
do not send text messages
don't send me anything
stop sending me texts
Stop sending me messages
please stop sending me these texts
please stop sending text reminders
Stop sending these
stop sending me this
stop sending texts
Stop sending me this crap
please stop sending me text messages
quit sending me texts
Stop sending messages to this number
STOP SENDING ME ADS
I want you to stop sending me messages
stop the texts
Stop these texts
stop these messages please
Stop all texts
Stop all messages
please stop the messages
stop the spam
stop text
stop texts
stop sms
stop messages
stop alerts
Stop reminders
stop notifications
Stop all notifications
end texts
end all messages
cancel texts
cancel text alerts
Cancel all texts
turn off text alerts
discontinue texts
Please discontinue messages
Cease all contact
stop all contact
No more texts
no more texts please
No more messages
no more text messages please
Please no more texts
no more reminders
I don't want these texts
I don't want your texts
I do not want these messages
I don't want any more texts
I don't want text messages from you
I do not want to receive these messages
I don't want to receive texts anymore
I no longer want to receive these messages
I no longer wish to receive text messages
I no longer wish to receive texts from you
I do not wish to receive any more messages
I don't want to get these texts anymore
We no longer want to receive these
I don't want to be contacted
I do not want to be on this list
I don't want to be on your list anymore
I revoke my consent
I withdraw my consent
I hereby revoke consent
I do not consent to receive texts
I said STOP
I already said stop
I have already said stop
Stop means stop
Please stop, I mean it
I moved, please remove me from your list
I moved away. Please remove me from your list
I sold my house, take me off your list
I don't live in Texas anymore, please remove me from your list
I am not your patient anymore please unsubscribe me
My dad passed away, please remove this number from your list
Why am I getting this? Remove me from your list
Please remove me from your list. I have asked three times
for the last time stop
For the last time: STOP TEXTING ME
Please stop and remove me from your list
stop and unsubscribe me
STOP. Remove me.
Unsubscribe. Stop.
Please stop. Thank you.
hey stop texting me
stop fucking texting me
Stop already
enough, stop
OK stop
lose my number and stop texting me
TD
td
STOP 36180
stop au 36180
STOP SMS
Stop pub
ARRET
Arrêt
arret svp
ARRETER
désabonner
me désabonner svp
désabonnez-moi
Stop merci
STOP s'il vous plaît
plus de sms svp
plus de messages merci
Ne m'envoyez plus de messages
ne m'envoyez plus de sms s'il vous plaît
Je ne veux plus recevoir de messages
je ne veux plus recevoir vos sms
Arrêtez de m'envoyer des messages
arrêtez les messages
Retirez-moi de votre liste
retirez moi de la liste svp
Je souhaite me désabonner
ALTO
BAJA
baja por favor
Darme de baja
quiero darme de baja
dar de baja
PARAR
no más mensajes
No más mensajes por favor
No quiero más mensajes
no quiero recibir más mensajes
no me envíen más mensajes
No me manden mensajes
no me escriban más
Dejen de enviarme mensajes
por favor dejen de mandarme mensajes
Quítenme de la lista
bórrenme de su lista
eliminen mi número
cancelar suscripción
ABMELDEN
abmelden bitte
Bitte abmelden
Stopp
STOPPEN
Bitte keine SMS mehr
keine Nachrichten mehr
Keine weiteren Nachrichten bitte
Ich möchte keine Nachrichten mehr erhalten
Ich will keine SMS mehr
Bitte schicken Sie mir keine SMS mehr
hören Sie auf mir SMS zu schicken
Bitte nehmen Sie mich aus dem Verteiler
nehmen Sie mich von der Liste
Bitte löschen Sie meine Nummer
Abbestellen
AFMELDEN
afmelden aub
uitschrijven
Stop alstublieft
geen berichten meer
Geen sms meer aub
Ik wil geen berichten meer ontvangen
stuur mij geen berichten meer
haal mij van de lijst
ANNULLA
Cancellami
cancellatemi dalla lista
disiscrivimi
basta messaggi
Non voglio più ricevere messaggi
non mandatemi più messaggi
toglietemi dalla lista
smettete di mandarmi messaggi
stop grazie
SAIR
sair
PARE
pare por favor
descadastrar
Cancelar
não quero mais receber mensagens
Não me envie mais mensagens
pare de me mandar mensagens
me tire da lista
me remova da lista por favor
WYPISZ
wypisz mnie
rezygnuję
Proszę nie wysyłać mi wiadomości
nie wysyłajcie mi więcej smsów
nie chcę otrzymywać wiadomości
proszę wypisać mnie z listy
İPTAL
iptal
RET
listeden çıkar
mesaj atmayın
Bana mesaj göndermeyin
artık mesaj istemiyorum
abonelikten çık
avregistrera
Avregistrera mig
AVSLUTA
sluta skicka sms
inga fler sms tack
jag vill inte ha fler sms
AFMELD
afmeld mig
ikke flere beskeder tak
Stop med at sende mig beskeder
Jeg vil ikke have flere beskeder
AVMELD
meld meg av
ikke send flere meldinger
jeg vil ikke motta flere meldinger
СТОП
стоп
отписаться
Отпишите меня
отписка
Не пишите мне
не пишите мне больше
Больше не присылайте мне сообщения
не присылайте мне смс
Уберите меня из списка
удалите мой номер из базы
прекратите присылать сообщения
хочу отписаться
СТОП пожалуйста
відписатися
Відпишіть мене
не пишіть мені більше
не надсилайте мені повідомлення
הסר
הסירו אותי
הסר אותי בבקשה
תסירו אותי מהרשימה
אל תשלחו לי הודעות
תפסיקו לשלוח לי הודעות
توقف
إيقاف
الغاء الاشتراك
إلغاء الاشتراك من فضلك
لا ترسلوا لي رسائل
لا أريد رسائل
أوقفوا الرسائل
退订
退訂
退订谢谢
请退订
取消订阅
停止
请停止发送短信
不要再发了
别再给我发短信
停止してください
配信停止
配信停止お願いします
ストップ
送らないでください
수신거부
수신 거부
중지
구독취소
문자 보내지 마세요
बंद करो
कृपया बंद करें
मुझे मैसेज मत भेजो
मैसेज बंद करो
band karo
BERHENTI
berhenti berlangganan
UNREG
tolong jangan kirim pesan lagi
jangan sms saya lagi
HỦY
dừng lại
đừng gửi tin nhắn nữa
hủy đăng ký
ยกเลิก
หยุดส่ง
στοπ
ODHLÁSIT
dezabonare
LEIRATKOZÁS
lopeta
Please take my number off of your list
Stop sending me these stupid texts
I'd like to stop receiving these messages
i want to stop receiving texts
Please stop messaging this phone
STOP I don't want any more messages
Unsubscribe me from your texts please
Please discontinue texting this number
No longer wish to receive texts
Don't want these texts anymore
please quit sending me messages
Cease texting me
remove from list
Remove from your list please
Please unenroll me
stop alerts please
End all texts
stop msgs
Stop contacting me immediately
Kindly stop sending me messages
Kindly remove me from your mailing list
Can you take me off your list please? Thanks
could you remove my number please
would you please remove me from this list
i do not wish to be contacted
I do not want to be texted
pls dont text me again
no more msgs pls
do not message again
do not text me ever again!!!!
STOP STOP STOP STOP STOP
please opt me out of text messages
i'd like to opt out
opt out please
OPT ME OUT NOW
I am opting out
take this number off your list
Remove this phone number
wrong number please remove
Wrong number, please take me off your list
wrong person stop texting
Stop texting me!!! I don't know who you are
this is not Maria, stop texting me
I'm not Bob. Please remove this number.
Stop please - I'm not interested
Leave me alone and stop texting me
stop it and take me off your list
Please stop all future messages
please stop all communications
Stop with the texts already
enough with the texts
I want no more texts
I don't need these texts
I do not need your messages please stop
plz remove me
pls unsubscribe
Unsubscribe this number
unsubscribe from all
Unsubscribed
UNSUBSCRIBE ME NOW
Cancel my subscription to these texts
Please cancel these messages
Stop spam
stop spamming
STOP MESSAGING
Halt all messages
Stop. I'm not interested.
Stop! Wrong number!
STOP - wrong number
stop thx
Stop pls thx
STOP!!!!!!! 😡😡😡
stop 🛑
Stop, please.
Stop it please, no more texts
St0p
5TOP
STOP.
stop,
stop/
STOP-
-stop
Stop txt
no stop
Нет, стоп
стоп стоп
Стоп!
Пожалуйста, не пишите мне больше
Отпишите меня от рассылки пожалуйста
Уберите мой номер
удалите меня из рассылки
Больше не пишите
не надо мне писать
Будь ласка, не пишіть мені
Stop, bitte
Bitte keine Nachrichten mehr senden
Bitte keine weiteren SMS
Ich möchte keine SMS mehr bekommen
Bitte austragen
Bitte streichen Sie mich von Ihrer Liste
Schickt mir keine SMS mehr
Nicht mehr schreiben bitte
Keine Werbung mehr
Arrêtez svp
Arrêtez de m'écrire
SVP arrêtez de m'envoyer des textos
Merci de me désabonner
Merci de me retirer de votre liste
Je ne souhaite plus recevoir vos SMS
Désinscription
plus de message svp
Veuillez me retirer de la liste
Por favor no me envíen más mensajes
Ya no me manden mensajes
Ya no quiero recibir mensajes
Sáquenme de la lista
Deseo darme de baja
Por favor elimínenme de su lista
No me escriban
Paren de mandarme mensajes
Stop ai messaggi
Non voglio più messaggi
Per favore non scrivetemi più
Cancellatemi per favore
Vorrei disiscrivermi
Ik wil me afmelden
Graag afmelden
Geen berichten meer sturen
Stop met berichten sturen
Verwijder mij van de lijst
Não quero mais mensagens
Não quero receber mensagens
Por favor remova meu número
Parem de me enviar mensagens
Me descadastra
Proszę mnie wypisać
Proszę usunąć mój numer
Nie chcę więcej SMS
Lütfen mesaj atmayın
Mesaj göndermeyin lütfen
Lütfen beni listeden çıkarın
SMS almak istemiyorum
Sluta smsa mig
Skicka inga fler sms
Ta bort mig från listan
Stop venligst
Fjern mig fra listen
Ikke send meg flere SMS
Slutt å sende meldinger
Stopp takk
להסיר בבקשה
תורידו אותי מהרשימה
לא רוצה לקבל הודעות
تفضلوا بإيقاف الرسائل
لا ترسل لي
من فضلك توقف
قف
STOP من فضلك
停止短信
退订！
别发了
不要发了
请不要再给我发短信
我要退訂
停止をお願いします
配信を停止してください
配信停止希望
メッセージを送らないで
문자 그만 보내세요
수신거부 부탁드립니다
그만 보내주세요
수신거부해주세요
मैसेज मत भेजो
बंद करो ये मैसेज
msg mat bhejo
Tolong berhenti
Stop kirim sms
Jangan SMS saya
Tolong jangan kirim sms lagi
Dừng
Đừng nhắn tin nữa
Không nhận tin nữa
Huỷ đăng ký
stop stop stop!!!!
Please, STOP!
s.t.o.p
s  t  o  p
Ѕtop
sтop
UNSUBSCRIВE
únsubscribe
ＵＮＳＵＢＳＣＲＩＢＥ
unsubscribeeee
`
  .trim()
  .split('\n')
  .filter((wish) => wish !== '');

/** With a signature or a quotation in the lines below. */
export const WISHES_IN_LINES: readonly string[] = [
  'STOP\nSent from my iPhone',
  'STOP\n\nSent from my Samsung Galaxy smartphone',
  'Stop\n\nGet Outlook for iOS',
  'Stop\nVon meinem iPhone gesendet',
  'Arrêt\n\nEnvoyé de mon iPhone',
  'Stop\nEnviado desde mi iPhone',
  'STOP\n\nJohn Smith',
  'STOP\n- John',
  'Stop\n--\nJohn Smith\nSales Manager\nACME Ltd\n+1 415 555 0101',
  'Stop\n\nJohn Smith\n(415) 555-0101',
  'unsubscribe\n\nJane Roe\njane@example.com',
  'Please remove me\n\nThanks,\nJane',
  'Please stop texting me.\n\nRegards,\nJane Roe',
  'STOP\n\nOn Mon, Jan 5, 2026 at 3:00 PM ACME <a@example.com> wrote:\n> Doors open at 9.',
  'STOP\n> Doors open at 9. Reply STOP to end',
  '> Doors open at 9.\nSTOP',
  'Stop\n-----Original Message-----\nFrom: ACME\nDoors open at 9.',
  'Stop\n\nLe lun. 5 janv. 2026 à 15:00, ACME a écrit :\n> Bonjour',
  'Abmelden\n\nAm 05.01.2026 um 15:00 schrieb ACME:\n> Hallo',
  'opt\nout',
  'stop\nplease',
  'Hi\nPlease remove me from your list\nThank you\nBob Jones',
];

/** May be a wish and may not: opts nobody out, and is marked. */
export const DOUBTFUL_REPLIES: readonly string[] = `
cancel subscription
cancel sub
end this
delete
block me
You're blocked
enough
pause
not me
i dont want to get these
yes cancel
não, pare
sim, parar
stop it
can you stop
istemiyorum
отказ
차단
wrong number
Wrong number
Sorry, wrong number
you have the wrong number
Who is this?
who is this
Who are you
leave me alone
Leave me alone!!
spam
SPAM!
This is spam
reported
Reported as spam
I'm reporting you
go away
fuck off
how did you get my number
I never signed up for this
not interested
Not interested, thanks
no more
enough already
stop it
Stop this
how do I unsubscribe?
How do I opt out
How do I get off this list
My lawyer will contact you
this is harassment
I don't know you
No, cancel
cancel my subscription
número equivocado
déjenme en paz
falsche Nummer
kein Interesse
mauvais numéro
laissez-moi tranquille
numero sbagliato
verkeerd nummer
número errado
pomyłka
yanlış numara
fel nummer
вы ошиблись номером
кто это
טעות במספר
رقم خطأ
你是谁
发错了
間違いです
누구세요
salah sambung
`
  .trim()
  .split('\n');
