/** Replies that ask for something else, or for nothing: none of them may opt anybody out. One a line. */
export const ORDINARY_REPLIES: readonly string[] = `
Yes please
Yes, cancel it
Yes end of month is fine
Yes, stop the clock
yes stop the car
yes I want to stop smoking
you can stop by now
will you stop at the shop
can you stop the auto-pay
can you please stop calling my mother mam
Stop payment on check 12345
STOP 12345 Main Street
stop at 12345 Main St
start stop
my sub stopped
sub stop working
stop subbing for Ann
The sub can stop at noon
end subscription box for dog
he got a cease and desist letter
consent revoked by the parent for John
no más tarde
fin de semana
Fin du mois ok
Fine
baja california
no paren de mandar mensajes
don't text my wife, text me
🛑 road closed
red 🛑 or green?
no text yet
no texts received
I got no texts
Count me in! We have got to STOP this terrible bill
No, stop is on 5th
block party at 5
blocked drain needs fixing
enough for me thanks
pause my membership
it's not me it's you
Delete that
delete the second order
please stop by tomorrow
Please stop by the office when you can
I'll stop by at 5
can you stop by later?
don't stop
Don't stop texting me, I love these
please don't stop sending these
I can't stop laughing
can't stop, won't stop
stop it haha
omg stop 😂
STOP 😂😂😂
lol stop
haha stop it you're killing me
stop lying
Stop, you're making me blush
stop being so nice to me
no
No
No.
no thanks
nope
nah
not today
not now
yes please
ok
k
thanks!
Thank you so much
end of the month works
The end of the week is better
End of story
at the end of the day
weekend works
the end
cancel my appointment
Cancel my 3pm please
I need to cancel my appointment on Friday
Can I cancel and rebook?
please cancel the order
cancel Tuesday
Cancel the pickup for tomorrow
cancel my order 12345
do you have a cancellation fee?
Is the event cancelled?
yes cancel it
quit smoking group at 5?
I quit my job
Is this the quit smoking group?
don't quit on us
quit playing lol
the bus stop
Which bus stop is it?
It's the last stop on the blue line
meet me at the truck stop
is there a way to stop the pain
how do I stop the bleeding
how can I stop the water leaking
What time do you stop serving?
When does the shuttle stop running?
Does the train stop in Leeds?
The rain won't stop
my car wouldn't stop
Stop at the front desk first?
nonstop flight please
he told me to stop taking the pills
Should I stop taking the medicine?
I had to stop taking it, it made me dizzy
Doctor said stop the antibiotics
stop the presses!
Stop the car
please stop the delivery to the old address
stop payment on check 1044
Can you stop the subscription for my son's magazine
full stop
pit stop
stop sign on Main St
Stop & Shop on 5th
stopwatch
one stop shop
stop and think
stop in the name of love
Stop or I'll shoot lol
stop asking me silly questions
stop worrying mom
tell her to stop
She said stop texting me
My ex keeps saying "stop texting me"
he wrote: do not text me
What does "unsubscribe" mean?
"Reply STOP to opt out" - what is that?
Reply STOP to unsubscribe
Text STOP to 12345 to end
Liked “Doors open at 9. Reply STOP to end”
Loved "Reply STOP to opt out"
Disliked “STOP”
Laughed at “Reply STOP to end”
Emphasized "STOP"
👍 to “Reply STOP to end”
how do I unsubscribe my mother?
Does unsubscribe cost anything?
If I reply stop will I still get my appointment?
what happens if I say STOP?
will STOP work?
I did not say stop
I never said STOP
I didn't mean to unsubscribe
please do not unsubscribe me
Don't remove me from the list
do not take me off your list please
don't opt me out
I don't want to opt out
I do not want to stop getting these
I don't want to unsubscribe
why did you unsubscribe me
Why was I removed from the list?
Am I still on your list?
put me on the list
Add me to your list please
Take me off hold
remove the onions
Remove me from the 5pm class please
Can you take me off the 3pm and put me on the 4pm?
take me off the waitlist for Tuesday
remove one ticket from my order
delete my earlier message
Delete the second item
remove my old card
please update my number
my number changed
call me
call me instead
text me later
Don't text me before 9
Don't text me, I'm driving
don't text, call
Do not text me at work, use email
please don't text while I'm in class
can't text right now
Don't call me, text me
don't call after 8
Don't call me Bob
no message received
I got no text
I never got your text
did not get the message
Did you get my message?
which message?
no texts came through yesterday
Why do I get two texts each time?
send me the address
Stop sending me to voicemail
stop sending the bill to my old address
stop sending my husband's reminders to the landline
Do not send the package yet
don't send it until Monday
Don't send anyone before noon
no more than 2 people
no more tickets left?
no more questions
I want out of the contract early
opt for the blue one
I opt for Tuesday
option 2
opting for delivery
what are my options?
I'd like to end my lease
end my membership when it expires
Please end the call
revoke his access
I revoke my bid
remove snow?
halt and catch fire
ceasefire now
start time?
When do you start?
Starts at 9 right?
yes I'll start Monday
YES please
help me find it
help with my order
info on parking?
who else is coming
I'm out
count me out
count me in
I'm in
off to work
day off tomorrow
wrong size
wrong address, it is 12 Elm St
who is the speaker?
Who is this for?
Leave me a message
leave it at the door
leave the package with the neighbor
Spam musubi is my favourite
my email went to spam
check your spam folder
I reported the pothole
lawyer can meet at 3
This is terrible service
I am very unhappy with the delay
your driver was rude
I want a refund
refund please
the link doesn't work
your website is broken
I've been waiting for an hour
This is unacceptable
You people never answer the phone
worst service ever
thanks, see you at 9
See you there!
Running late
On my way
will be there in 10
I can't make it
can't come sorry
Can we reschedule?
Reschedule to Thursday
C
Y
N
1
2
3pm
10:30
Monday
How do I stop these cramps?
My dog won't stop barking
your dog won't stop barking all night
do you stop at Oak Street?
Next stop is ours
Unsubscribed by accident, please add me back
I unsubscribed by accident
sign me up
subscribe me please
I want to subscribe to the newsletter
resubscribe me to the paper
what's the unsubscribe rate of your campaign?
we should stop meeting like this
I could stop over on Sunday
Let's stop for coffee
let me know when to stop
Never stop dreaming
time to stop and smell the roses
I told him to remove me from his list lol
If you can't deliver by 5 then take me off your list
Unless it's free, remove me from your list
My boss says: unsubscribe me from nothing
can you text me the details
text me when ready
please text me again tomorrow
Please text me again
message me
do not contact my employer
don't contact me by email, text is fine
Don't contact me until after the 5th
don't message me on facebook
never text and drive
no texting while driving
I don't want to receive the blue one
I don't want the texts to stop
I do not want to miss your messages
I no longer want the red jacket
I no longer live there, deliver to 5 Oak Rd
I don't want it anymore, can I return it
I don't need the receipt
don't want to be late
tired of waiting
sick of this rain
enough for two?
Is that enough?
that's enough sugar
the program ends when?
alto saxophone
Alto en sodio
baja california
la calle baja
Mañana paso por la parada del autobús
No puedo parar de reír
no pares
¿Dónde para el autobús?
no quiero cancelar mi cita
quiero cancelar mi cita del lunes
cancelar la cita de mañana
no gracias
No me llega el mensaje
no recibí el mensaje
mándenme más información
no me envíen el paquete todavía
¿Puedo salir a las 5?
¿a qué hora salen?
Arrêt de bus ?
c'est quel arrêt de bus
N'arrêtez pas
je n'arrive pas à arrêter de rire
annuler mon rendez-vous de mardi
je veux annuler ma commande
je ne veux pas me désabonner
non merci
je n'ai pas reçu le message
Je ne peux pas venir
pas de message reçu
Ende der Woche passt
das Ende war gut
Ich kann nicht aufhören zu lachen
Bitte nicht aufhören
hör auf haha
Ich möchte meinen Termin absagen
Termin kündigen?
Wann endet die Aktion?
nein danke
Ich habe keine Nachricht bekommen
ich möchte mich nicht abmelden
wo ist die Bushaltestelle
Haltestelle?
bitte nicht abmelden
de bushalte
Ik wil mijn afspraak annuleren
ik kan niet stoppen met lachen
nee
niet stoppen!
Ik heb geen bericht ontvangen
alla fine del mese
la fermata dell'autobus
voglio annullare l'appuntamento
non smettere
non ho ricevuto il messaggio
no grazie
Não consigo parar de rir
quero cancelar minha consulta
não recebi a mensagem
não pare
a parada de ônibus
não quero sair da lista
pode sair às 5?
przystanek autobusowy
nie przestawaj
chcę anulować wizytę
nie dostałem wiadomości
koniec miesiąca
otobüs durağı nerede
randevumu iptal etmek istiyorum
mesajı almadım
durma
busshållplatsen
jag vill avboka min tid
slutet av månaden passar
jag har inte fått något sms
jeg vil aflyse min tid
jeg fik ikke beskeden
bussholdeplassen
не останавливайся
хочу отменить запись
не могу остановиться
я не получил сообщение
нет
конец месяца
где остановка автобуса
Не отписывайте меня
ні, дякую
хочу скасувати запис
не отримав повідомлення
зупинка автобуса
תחנת אוטובוס
אני רוצה לבטל את התור
לא קיבלתי הודעה
לא תודה
محطة الحافلات
أريد إلغاء الموعد
لم تصلني الرسالة
لا شكرا
公交车站在哪里
不要停
我想取消预约
没收到短信
不用了谢谢
バス停はどこですか
予約を取り消したいです
止まらない
メッセージが届きません
버스 정류장
예약을 취소하고 싶어요
멈추지 마세요
문자를 못 받았어요
बस स्टॉप कहाँ है
मेरा अपॉइंटमेंट रद्द करना है
मुझे मैसेज नहीं मिला
halte bus di mana
saya mau batalkan janji
jangan berhenti
pesan tidak masuk
trạm dừng xe buýt
tôi muốn hủy lịch hẹn
đừng dừng lại
tôi không nhận được tin nhắn
Stop, hammer time!
Could you stop the car at the corner
My heart stopped
stop texting Bob, text me instead
Stop texting my mom, text me
I'd stop by but I'm sick
Stop by 5?
Stop at 5
stop loss at 50
Stop me if you've heard this one
please stop apologizing
We can't stop here
Stop by please thanks
stop for lunch
I want to stop
I want to quit
I need to stop smoking
Can you stop
The call ended
Cancel it
cancel that
Cancel please, I can't come Tuesday
please cancel my reservation
cancel both
remove it
Remove the second one please
Opt in
I'll opt out of dessert
who dis lol
don't remove
do not stop
No, don't stop
no no don't stop
don't quit
never stop
Not yet
Drop me off
get me off at 5th street
Pick me up
Take me off speaker
take me there
Get me out of here lol
Drop my number in the chat
Delete the photo
delete my order
delete my account
Remove my name from the order
Remove me from the class
Take me off the schedule for Monday
Take me off the team
Take my name off the lease
I don't want it
I don't want this one
I don't want to go
I don't want to get this wrong
I don't want to have anything to do with it
Don't send it
Don't send me a bill
Don't send the plumber
don't send texts to my son, send to me
Don't message him
Don't text him
never text him again
no text from you
no message
No more pizza
No more for me
stop sending my mail there
stop sending him money
stop calling me Robert
Stop calling me late
stop calling me that
Don't call me late for dinner
end of message
End of discussion
I quit!
i'm done
I'm done, all set
all set thanks
I revoke nothing
He was removed from the list
was I removed?
Am I unsubscribed?
Did I opt out?
How many people opted out?
unsubscribe him
Unsubscribe my wife please
My wife wants to unsubscribe
What's the stop number?
Which stop?
Stop 4
Stop 12 on route 9
bus stop 36180
Arrêt 12
prochain arrêt
à l'arrêt de bus
Arrête tes bêtises
arrête de rire
ça s'arrête quand
Baja el volumen
se dio de baja el jugador
dar de baja a mi hijo en la clase
Alto ahí
¿Qué tan alto es?
para mañana
pare con
no detener
no parar
no cancelar
no salir
quiero salir a comer
quiero salir
salir a las 5
Ende gut alles gut
Das ist das Ende
bitte nicht löschen
nicht beenden
nicht stoppen
keine Zeit
keine Ahnung
Keine Nachricht erhalten
nicht kündigen
Ich will kündigen
stop maar bij de bakker
niet annuleren
non annullare
non fermarti
non stop
fine settimana
va bene fine
basta così grazie
não cancelar
não pare não
não para
não sair
sair mais cedo?
nie anuluj
nie zatrzymuj
nie przestań
не отменять
не останавливайтесь
не хватит
хватит одного
стоп-кран
Стоп, а во сколько?
нет не отписывайте
לא להסיר
אל תסירו אותי
לא לבטל
لا تتوقف
لا توقف
لا إلغاء
不要停止
不要取消
不取消
请不要退订
止めないで
停止しないで
キャンセルしないで
취소하지 마세요
중지하지 마세요
बंद मत करो
मत रोको
jangan batal
jangan stop
tidak berhenti
không hủy
đừng hủy
durdurma
iptal etme
iptal değil
sluta inte
inte avsluta
ikke stop
ikke afmeld
ikke avslutt
stopp ikke
älä lopeta
μη σταματάς
nu opriti
Thanks for not stopping
TD Garden at 7?
end zone
alt
halt den Mund
slut
STOP!! look at this 😂
yes stop by
ok stop by
please stop here
stop there
stop! in the name of love
when do these texts stop
why don't you stop lying
I told my kid to stop texting me at work
My teacher said do not text in class
Tell me when to stop texting
Please text me before you stop
Is it "STOP" or "END" to unsubscribe?
Does STOP cancel my appointment?
i hope the rain will stop
Stop, drop and roll
Non-stop
`
  .trim()
  .split('\n');

/** With lines of their own. */
export const ORDINARY_IN_LINES: readonly string[] = [
  'Stop\nby tomorrow',
  'The bus\nstop',
  'Cancel\nMonday',
  'STOP\nin the name of love',
  'End\nof May is fine',
  '> Reply STOP to unsubscribe\nthanks!',
  'Thanks!\n\nOn Mon, Jan 5, 2026 at 3:00 PM ACME wrote:\n> Reply STOP to unsubscribe',
  'ok see you\n-----Original Message-----\nSTOP',
  'remove\nthe pickles',
  'Great, 5 it is\n> STOP\n> END',
  'Sent from my iPhone',
  'Dear team,\nplease do not unsubscribe me.\nBest\nJane',
];
