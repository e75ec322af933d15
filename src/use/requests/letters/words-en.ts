import type { LetterWords } from './words.ts'

export const englishWords: LetterWords = {
  date: 'Date',
  number: 'Request number',
  asked: {
    KNOW: 'information on whether the call was recorded',
    LISTEN: 'listening to the recorded call',
    HISTORY: 'the contact history of the call',
    PROHIBIT: 'forbidding the use of the recording',
    ERASURE: 'erasure of data',
    OBJECTION: 'objection to processing',
    RESTRICTION: 'restriction of processing',
    COPY: 'a copy of the recording',
    RECTIFY: 'correction of data',
    LOG_EXTRACT: 'information on when and for what purpose the data of the call have been used',
    MENTIONED: 'what was said about you in a call',
    OPENNESS: 'an official document',
  },
  handling: (due) => [
    `You will have an answer no later than ${due}. If more time is needed, you will be told before that day, and why (General Data Protection Regulation, Article 12(3)). The answer is free of charge.`,
    'Before the answer we must make sure who has made the request. Only the parties of a call are told anything about it. Your personal identity code is not needed and is not stored.',
  ],
  handlingDocument: (due) => [
    `A request for a document is decided no later than ${due} (Act on the Openness of Government Activities 621/1999, section 14).`,
  ],
  extension: {
    COMPLEX: 'Your request needs so much work that it cannot be answered within a month.',
    MANY: 'There are so many requests that they cannot all be answered within a month.',
  },
  extensionLaw:
    'The controller may then extend the time by two months at the most (General Data Protection Regulation, Article 12(3)).',
  extensionDocument:
    'Deciding on your request calls for special measures or more work than usual. It is then decided within a month at the latest (Act on the Openness of Government Activities 621/1999, section 14).',
  grounds: {
    IDENTITY: [
      'We have not been able to make sure of your identity. Data of a call are given only to a person whose identity has been confirmed (General Data Protection Regulation, Article 12(6)).',
      'You may make the request again when you can show who you are, for example by a passport, an identity card, a driving licence or strong electronic identification.',
    ],
    NO_CALL: [
      'From what was told it could not be shown which call is your own. Nothing is told about the calls of others, not even whether there are any or whether they were recorded (General Data Protection Regulation, Articles 11 and 12(6)).',
      'You may make the request again if you know the time of the call more exactly, or the caller’s number, the service number, the length of the call or the name of the official.',
    ],
    EXCESSIVE: [
      'The request is manifestly unfounded or excessive, in particular because the same request has been made repeatedly (General Data Protection Regulation, Article 12(5)).',
    ],
    NEEDED: [
      'The data of the call in the contact history are needed for a statutory task of the controller. So they are not erased before their retention period ends (General Data Protection Regulation, Articles 17(3)(b) and 21(1)).',
      'You may still forbid the use of the recording. You need not say why. The recording is then destroyed.',
    ],
    NO_REASON: [
      'Processing is restricted where the accuracy of the data is contested, the processing is unlawful, the data are needed for a legal claim, or somebody has objected to the processing (General Data Protection Regulation, Article 18(1)). Your request does not show any of these reasons.',
      'You may make the request again when you can tell the reason. You may forbid the use of the recording without a reason.',
    ],
    RESTRICTED: [
      'The data cannot be given, because the law restricts the right to have them (Data Protection Act 1050/2018, section 34).',
      'If you ask for it, the data are given to the Data Protection Ombudsman (Data Protection Act, section 34).',
    ],
  },
  toldCall: (day, time) => `Call said to have been made on ${day}${time === undefined ? '' : ` at about ${time}`}`,
  untoldCall: 'Call named in the request',
  notShown:
    'From what was told it could not be shown which call is your own. So nothing can be told about the call, not even whether there is one or whether it was recorded.',
  call: (at) => `Call on ${at}`,
  historyOver:
    'The data of the call have been deleted from the contact history, because their retention period has ended.',
  historyEnds: (day) => `These data will be deleted from the contact history on ${day}.`,
  part: (number) => `Call segment ${number}`,
  unanswered: 'The call was not answered, so it was not recorded.',
  recorded: (latest) =>
    `The call has been recorded.${latest === undefined ? '' : ` The recording will be destroyed no later than ${latest}.`}`,
  notRecorded: 'The call has not been recorded.',
  destroyed: (day) => `The call was recorded, but the recording was destroyed on ${day}.`,
  destroying:
    'The call was recorded, but the use of the recording has been forbidden. It can no longer be listened to, and it will be destroyed.',
  causes: {
    retention: 'Reason: the retention period ended.',
    caller: 'Reason: the caller forbade the use of the recording.',
    official: 'Reason: the official who answered the call forbade the use of the recording.',
    trimming: 'Reason: the recording reached beyond the call, so it was removed.',
  },
  labels: {
    start: 'Start of the call',
    end: 'End of the call',
    caller: 'Caller’s number',
    service: 'Service number',
    official: 'Name of the official',
    officialPhone: 'Official’s telephone number',
    answered: 'Answered',
    partEnd: 'Segment ended',
    recording: 'Recording',
  },
  withheld: 'number withheld',
  numberUnknown: 'number not known',
  listenTitle: 'Listening',
  nextTitle: 'Listening to the recording and forbidding its use',
  listen:
    'You can listen to the recording at an office that is agreed on separately. A time is agreed on before the recording is destroyed, and you are offered several.',
  booked: 'A time has been booked for listening to the recording:',
  nothingToHear: 'There is no recording to listen to, so no appointment can be made.',
  mayForbid:
    'You may forbid the use of the recording for developing customer service. You need not say why. The recording is then destroyed at once.',
  mayCopy: 'You may also ask for a copy of the recording.',
  executed: (day) => `The recording was destroyed on ${day}. It cannot be brought back.`,
  blocked:
    'The recording can no longer be used for developing customer service. It will be destroyed as soon as possible, and you will have a letter about it.',
  restricted: (latest) =>
    `The processing of the recording has been restricted.${latest === undefined ? '' : ` The recording is destroyed on ${latest} at the latest, when its retention period ends.`}`,
  restrictionEnds: (latest) =>
    `The restriction of the processing of the recording ends.${latest === undefined ? '' : ` The recording is destroyed on ${latest} at the latest.`}`,
  looks: {
    shown: 'the data were shown in a search result',
    watched: 'the data were shown during the call',
    read: 'the data were opened',
    revealed: 'the caller’s number was shown',
    listened: 'the recording was listened to',
  },
  look: (at, what, role, purpose) => `${at}: ${what}. Role: ${role}. Purpose: ${purpose}.`,
  noLooks: 'The data of the call have not been used.',
  appointment: { when: 'Time', office: 'Office', address: 'Address', needs: 'Arranged' },
  appointmentTime: (day, from, until) => `${day}, ${from}–${until}`,
  needs: {
    INTERPRETER: 'interpreter',
    TRANSCRIPT: 'the call in writing',
    STEP_FREE: 'step-free access',
    HEARING_LOOP: 'hearing loop',
  },
  interpreter: (language) => `interpreter, language: ${language}`,
  copy: (at) => `Copy of the call on ${at}`,
  copyMethods: {
    PASSPHRASE: 'The file is encrypted with a passphrase, which is told to you separately.',
    KEY: 'The file is encrypted to your own key.',
  },
  copyUntil: (at) => `You can fetch it once, no later than ${at}.`,
  corrected: (was, becomes) =>
    was === null
      ? `The official who answered the call has been corrected to be ${becomes}.`
      : `According to the data ${was} had answered the call. This has been corrected: the call was answered by ${becomes}.`,
  notCorrected: (becomes) =>
    `The data have not been corrected. It was found that ${becomes} did not answer the call, so the data are right as they are.`,
  decision: {
    SECRET: ['The document that you asked for is not given, because it is secret.'],
    REFERRED: ['The document that you asked for can be given. How it is given is agreed on separately.'],
  },
  decidedBy: (day, name) => `The decision was made by ${name} on ${day}.`,
  appealTitle: 'How to appeal',
  appeal: [
    'You may appeal against this decision to the administrative court in whose judicial district your municipality of residence is. If you have none in Finland, appeal to the Administrative Court of Helsinki (Act on the Openness of Government Activities 621/1999, section 33; Administrative Judicial Procedure Act 808/2019).',
    'The appeal must be made within 30 days of being notified of the decision. The day of the notification is not counted. A decision that was sent as an ordinary letter is considered to have been received on the seventh day after it was sent, unless something else is shown.',
  ],
  appealItems: {
    lead: 'The appeal must say:',
    items: [
      'the name and contact details of the appellant',
      'the decision that is appealed against',
      'what changes to the decision are asked for',
      'the grounds for them',
      'what the right to appeal is based on, if the decision does not concern the appellant.',
    ],
  },
  appealEnd: [
    'Enclose this decision with these instructions and an account of when you were notified of it. A fee may be charged for the proceedings (Act on Court Fees 1455/2015).',
  ],
  complaint: [
    'If personal data have been processed against the law, you may refer the matter to the Data Protection Ombudsman (Data Protection Act 1050/2018, section 21; General Data Protection Regulation, Article 77). This does not limit your right to a judicial remedy (Article 79).',
  ],
  ombudsman:
    'Office of the Data Protection Ombudsman, PO Box 800, 00531 Helsinki, tietosuoja@om.fi, switchboard 029\u00a0566\u00a06700, tietosuoja.fi/en',
  handler: (name) => `Your request is handled by ${name}.`,
  switchboard: (number) => `switchboard ${number}`,
}
