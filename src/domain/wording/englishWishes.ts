import { compilePhrases } from './phrases';

/** What the patterns below say again and again. */
const LISTS = {
  damn: 'fucking|fuckin|effing|freaking|damn|goddamn|constantly|please',
  me: 'me|us|this number|my number|this phone|my phone|my cell|my cell phone|my phone number|this phone number|my mobile|here|this cell|this line',
  contacting:
    'texting|txting|texing|messaging|msging|contacting|spamming|bothering|harassing|pestering|smsing|emailing|blowing up|hitting up|soliciting',
  texts:
    'texts|text|txts|txt|text messages|text message|messages|message|msgs|msg|text msgs|sms|smses|sms messages|notifications|notification|' +
    'alerts|text alerts|sms alerts|reminders|text reminders|sms reminders|text notifications|text updates|promos|promotions|' +
    'promotional texts|promotional messages|marketing|marketing texts|marketing messages|advertisements|adverts|ads|' +
    'spam|spam texts|spam messages|automated texts|automated messages|automatic texts|unwanted texts|unwanted messages|' +
    'newsletters|newsletter|mailings|crap|junk|shit|garbage|communications|communication|solicitations|robotexts|robo texts|blasts|text blasts|mass texts|group texts|bulk texts',
  things:
    'stuff|things|anything|anything else|this|these|this stuff|this crap|this shit|this junk|this garbage|this spam|those|them',
  these:
    'all future|future|additional|other|all further|all other|the|these|this|those|your|ur|all|any|all of these|all the|all your|all these|any more|anymore|more|any further|further|any of these|such|so many|' +
    'your stupid|these stupid|the stupid|these damn|the damn|your damn|these annoying|your annoying|fucking|these fucking|your fucking|these constant|any other|anymore of these|anymore of your|any of your',
  list:
    'list|lists|text list|texting list|text message list|mailing list|mailing lists|sms list|contact list|contacts|contacts list|call list|calling list|phone list|' +
    'messaging list|message list|distribution list|marketing list|send list|subscriber list|subscription list|subscription|subscriptions|subscribers|database|data base|' +
    'system|messages|text messages|texts|notifications|alerts|text alerts|text reminders|sms|mailings|promotions|notification list|alert list|spam list|email list|texting service|text service|sms service|text program|sms program|campaign|campaigns',
  your: 'your|ur|the|this|that|these|any|all|all your|all of your|any and all|every|your damn|your stupid|your fucking|your texting|you|all the|all these|your company|this stupid|this damn|yalls',
  ever:
    'anymore|any more|again|ever again|ever|forever|at all|from now on|in the future|in future|any longer|for good|at this number|at this phone number|' +
    'to this number|on this number|to my number|to me|to us|to my phone|on my phone|to this phone|from you|from you guys|from your company|from this number|going forward|moving forward|thank you|no more',
  wanting:
    'i want to|i want you to|i would like to|i would like you to|id like to|id like you to|i need to|i need you to|i wish to|i wanna|i am asking you to|im asking you to|' +
    'i ask you to|i ask that you|i request to|i request that you|i demand that you|i demand you|i am requesting to|i am requesting you|can you|could you|would you|will you|can u|could u|will u|would u|' +
    'can you please|could you please|would you please|will you please|can u please|you need to|you must|i just want to|i just want you to|i already asked you to|i asked you to|ive asked you to|i have asked you to|' +
    'i told you to|i said|i already said|i told you|i already told you|i have told you|i have told you to|i already told you to|ive told you to|i am trying to|im trying to|i beg you to|need to|want to|would like to|wish to|like to|how many times do i have to ask you to|do me a favor and|you guys need to|yall need to|would you mind to|go ahead and|please do|you all need to',
};

/** Whoever writes this to somebody who texts them wants no more texts, whatever else they write. */
const FIRM = [
  '[<wanting>] (unsubscribe|unsub|un subscribe|desubscribe) (<me>)',
  '[<wanting>] (unsubscribe|unsub|un subscribe) [<me>] from [<your>] (<list>|this|all|everything|these)',
  '[<wanting>] (remove|delete|take|erase|scratch|drop|pull|strike|get|cut) (me|us|my number|my name|this number|my phone number|this phone number|my cell number|my info|my phone) (off|off of|of|from|out of|outta) (your|ur|all your|all of your|any and all|your damn|your stupid|your fucking|you|yalls) [texting|text] (<list>)',
  '[<wanting>] (stop|quit|cease) (sending|sendin) [me|us] [<these>] (<texts>) [<ever>]',
  '[<wanting>] (stop|quit|cease) [<damn>] (<contacting>) [<me>] (anymore|again|ever again|forever|at this number|for good|immediately)',
  '(do not|dont|never|not to|please no) [ever|you] (text|txt|message|msg|contact|sms) [<me>] (again|anymore|any more|ever again|ever|any longer|in the future)',
  '(do not|dont|never) [ever] send (me|us) [<these>] (<texts>) [<ever>]',
  '[<wanting>] opt (me|us|this number|my number|my phone) out [of] [<these>] [<texts>]',
  '(i|we) (do not|dont|no longer) (want|wish|care|need) to (receive|get|recieve|be getting|be receiving) [<these>] (<texts>) [<ever>]',
  '(i|we) (do not|dont|no longer) want [<these>] (text messages|texts|text alerts|sms|text reminders|spam texts) [<ever>]',
  '(i) [hereby] (revoke|withdraw|rescind) [my|all|any] consent',
];

/** The same, where nothing is said beside it but courtesies and reasons: "don't text me, I'm driving" is no wish. */
const PLAIN = [
  '[<wanting>] (stop|quit|cease|halt|discontinue) [<damn>] (<contacting>) [<me>] [<ever>] [<ever>]',
  '(stop|quit) calling [<me>] [<ever>]',
  '[<wanting>] (stop|quit|cease|halt|discontinue|end|terminate|no more|no further) [with] [<these>] (<texts>) [<ever>] [<ever>]',
  '[<wanting>] (stop|quit|cease|discontinue) (sending|sendin) [me|us] [<these>] [<texts>|<things>] [<ever>] [<ever>]',
  '[<wanting>] (stop|quit) (getting|receiving|recieving) [<these>] (<texts>|these|this|them) [<ever>]',
  '[<wanting>] (stop|cease) [all] contact [with] [<me>]',
  'stop (everything from you|all of it|all of this|all of these|all communication|all communications|the madness)',
  '(do not|dont|never) [ever] (text|txt|message|msg|contact|sms|bother|harass|spam) (<me>) [<ever>] [<ever>]',
  '(do not|dont) (text|contact)',
  '(no) (<texts>) (please|pls|plz|thanks|thank you|thx)',
  '[please|pls] (can|could|would|will) (you|u|yall|you guys) (please|pls|plz|kindly) stop [now]',
  '(please|pls|plz) (can|could|would|will) (you|u) stop [now]',
  '(you|u|you guys|yall) (can|may) stop now',
  '(do not|dont) (call|text) (or|and) (call|text|message|contact) [<me>] [<ever>]',
  '(do not|dont|never) call (<me>) (again|anymore|any more|ever again)',
  '(do not|dont|never) [ever] send [me|us] [<these>] (<texts>|<things>) [<ever>]',
  '(no more|enough) [of] [with] [<these>] (<texts>) [<ever>]',
  '(no|zero) more [of] [these|this|your] (<texts>) [<ever>]',
  '[<wanting>] (unsubscribe|unsub|un subscribe|unsubscribed|unsubscribing) [<me>] [from] [<your>] [<list>|this|everything]',
  '(i|im|i am|i have) (opt|opting|opted|choose to opt|would like to opt|want to opt|wish to opt|need to opt) out [of] [<these>] [<texts>|this|everything]',
  '[<wanting>] opt out [me|us] [of|from] [<these>] [<texts>|this|everything]',
  '(opting|opted) out [of] [<these>] [<texts>]',
  '[<wanting>] (remove|delete|erase|delist|unlist) (me|us|my number|my name|this number|my phone number|this phone number|my cell|my cell number|my info|my contact|my information|number) [from|off|off of|out of|of] [<your>] [<list>|this|everything|phone] [<ever>]',
  '[<wanting>] (take|get|drop|pull|strike|scratch|cut) (me|us|my number|my name|this number|my phone number|this phone number) (off|off of|out of|from|outta|of) (<your>) [texting|text] (<list>)',
  '[<wanting>] take (me|us|my number|my name|this number|my phone number|this phone number) (off|off of) [this|everything]',
  '[<wanting>] (remove|delete|take off) from [<your>] (<list>)',
  '[<wanting>] be (removed|taken off|unsubscribed|deleted|taken out|dropped|opted out) [from|of|off] [<your>] [<list>|this]',
  '(removed|unsubscribed|taken) (from|off|off of) (<your>) (<list>)',
  '(i want|i would like|id like|want|i need) (off|off of) (<your>) (<list>)',
  '(i want|i would like|id like|get me|let me) out of [<your>] (<list>)',
  '[i want|i would like|id like|please have|have|i need] (me|my number|this number) (removed|taken off|unsubscribed|deleted) [from|of|off] [<your>] [<list>|this]',
  '[i|we] (do not|dont|no longer|didnt|never) (want|wish|care|wanna|wanted) [to] (receive|get|recieve|be getting|be receiving|have|be sent) [<these>] (<texts>) [<ever>] [<ever>]',
  '(i|we) (do not|dont|no longer) (want|wish) to (receive|recieve) (<things>) [<ever>]',
  '[i|we] (do not|dont|no longer) want [<these>] (<texts>) [<ever>] [<ever>]',
  '[i|we] (do not|dont|no longer) (want|wish) to be (contacted|texted|messaged|bothered|on this list|on your list|on the list|on your text list) [<ever>]',
  '(cancel|end|terminate|deactivate|turn off|shut off|discontinue) [my|these|the|all|all my|your] (text alerts|texts|text messages|text notifications|text subscription|sms|sms alerts|text reminders|text updates|messages|notifications|text service|sms service|marketing)',
  '(i|ive|i have) [already|clearly|just] (said|texted|typed|wrote|told you|sent|replied) [you] (stop|unsubscribe|to stop|to unsubscribe|no more texts|to opt out)',
  '[<wanting>] (revoke|withdraw|rescind) [my|all|any] (consent|permission|authorization) [to] [receive|text me|contact me|be contacted|text] [<texts>]',
  '(i) (do not|dont|no longer) consent [to] [receive|receiving] [<these>] [<texts>|this]',
  '(i|we) want no (more) [of] [<these>] (<texts>) [<ever>]',
  '(i|we) (do not|dont|no longer) need (these|your|any|any more|more|any of these) (texts|messages|text messages|texts anymore|messages anymore)',
  '[<wanting>] (unenroll|disenroll|unregister|deregister|un enroll) [<me>] [from] [<your>] [<list>|this|everything]',
  '(cancel|end|stop) my subscription to (these|your|the) (<texts>)',
  '(discontinue|suspend) [<these>] (<texts>|service) [<ever>]',
  '(stop|quit) (it with) [<these>] (<texts>)',
  '(lose|delete|forget|erase) my (number|info|contact|phone number) [<ever>]',
  '(stop means stop|i want it to stop|i want this to stop|i want these to stop|i want the texts to stop|make these texts stop|make the texts stop|please make it stop texting|stop trying to reach me|stop trying to contact me|stop hitting me up|stop blowing up my phone)',
  '(stop|arret|arretez) [sms] [au|to|an] (\\d{5,6}|\\d{2} \\d{3})',
];

export const firmWish = compilePhrases(FIRM, LISTS);
export const plainWish = compilePhrases(PLAIN, LISTS);
