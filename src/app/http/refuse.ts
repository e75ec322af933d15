import type { FastifyReply } from 'fastify'
import type { CsvProblem } from '#platform/csv/csv-problem.ts'
import type { Refusal } from '#safeguards/access/grant.ts'
import { qualityRefusals } from './quality/quality-refusals.ts'

/** Every refusal the API gives: its status and what it says. The web has the same codes in three languages. */
export const refusals = {
  'session.none': [401, 'Sign in first: there is no session, or it has ended.'],
  'session.credentials': [401, 'The user id or the password is wrong.'],
  'session.too-many': [429, 'Too many attempts from this address; wait a minute and try again.'],
  'session.wait': [429, 'Too many failed attempts; wait a moment and try again.'],
  'session.closed': [
    429,
    'Too many failed attempts from browsers that are not known: sign in in a browser that you have used before, or ask an administrator for a one-time link.',
  ],
  'session.second-factor': [401, 'The password was right; give the second factor to finish signing in.'],
  'session.enrolment': [401, 'The password was right; a second factor is required, so enrol an authenticator first.'],
  'session.second-factor-wrong': [401, 'The code is wrong.'],
  'session.code-used': [401, 'The code has been used; wait for the next one.'],
  'session.factor-blocked': [
    403,
    'The authenticator has had too many wrong codes: use a recovery code, or ask an administrator to have it removed.',
  ],
  'factor.enrolled': [409, 'An authenticator is enrolled already; remove it first.'],
  'factor.none': [409, 'No authenticator is enrolled.'],
  'factor.required': [409, 'The register description requires a second factor; enrol another one first.'],
  'factor.enrolment-over': [409, 'The enrolment has ended; begin it again.'],
  'passkey.refused': [401, 'The passkey was not accepted: it is not known here, or was not made for this service.'],
  'passkey.late': [401, 'It took too long, or was answered before; try again.'],
  'passkey.counter': [
    401,
    'The passkey was not accepted: by its count there is a copy of it. Remove it, and tell the administrator.',
  ],
  'passkey.none': [409, 'You have no passkey.'],
  'passkey.known': [409, 'This passkey has been added already.'],
  'passkey.too-many': [409, 'Ten passkeys are the most; remove one first.'],
  'passkey.needed': [409, 'This is your last second factor, and your password needs one; add another first.'],
  'confirm.passkey': [403, 'Confirm this with your passkey.'],
  'confirm.fresh': [403, 'Prove again who you are: by password, code or passkey (session/proof, confirmations).'],
  'confirm.password': [403, 'Give your password as well.'],
  'confirm.code': [403, 'Give a code of your authenticator as well.'],
  'confirm.sign-in': [403, 'Sign out and in again first: this is done within a quarter of an hour of signing in.'],
  'password.unfit': [400, 'The password cannot be taken; every reason is told.'],
  'password.too-short-alone': [
    409,
    'The password is too short to be the only factor; change it to one of at least 15 characters first.',
  ],
  'link.none': [404, 'The link has been used, has ended, or never was; ask for a new one.'],
  'link.unreleased': [403, 'A second person has not released the link yet; ask whoever gave it to you.'],
  'link.code': [403, 'The code is wrong; with five wrong ones the link ends.'],
  'change.own': [403, 'You asked for it, or it is about you: somebody else decides.'],
  'link.own': [403, 'Another administrator makes a link for you.'],
  'link.needs-operator': [
    403,
    'The person decides on others and has no second factor: whoever runs the installation makes this link.',
  ],
  'link.same-person': [409, 'The first administrator and the first approver of access rights are two people.'],
  'removal.own': [403, 'You asked for it, or it is your own factor: somebody else decides.'],
  'removal.nothing': [409, 'The person has no second factor.'],
  'deny.purpose': [403, 'Your access rights do not cover this purpose.'],
  'deny.expired': [403, 'Your access right has ended.'],
  'deny.reference': [
    403,
    'This purpose needs a reference: a fault for maintenance, a case for the security unit, a request for the Service Unit.',
  ],
  'deny.network': [403, 'Only this machine and the networks of SELOSTE_METRICS_SOURCES may read this.'],
  'deny.origin': [403, 'The request came from another site.'],
  'not-found': [404, 'There is nothing here, or nothing that you may see.'],
  'recording.destroyed': [404, 'The recording has been destroyed.'],
  'recording.not-yet-kept': [
    404,
    'The recording is not ready yet: it is taken into keeping within a minute of the call’s end.',
  ],
  'recording.not-by-hand': [
    403,
    'Nobody destroys a recording by hand: its term does, on the day that its contact shows and no earlier than two calendar months after the call, or its caller or official, who may forbid its use.',
  ],
  'recording.not-in-session': [
    409,
    'Under TRAINING a reference names a session of your own that goes on, has somebody on its list and plays this recording.',
  ],
  'prohibition.service-unit': [
    403,
    'Only the official who answered tells what the caller told in the call, within an hour of its end. Later, and however else the caller tells it, the Service Unit enters it under the caller’s request.',
  ],
  'recording.restricted': [403, 'The recording is restricted.'],
  'listening.ended': [404, 'The listening has ended; begin a new one.'],
  'listening.too-fast': [429, 'A recording is served as it is heard: ask for the next part in a moment.'],
  'listening.too-many': [429, 'This session follows its listenings in too many windows at once; close one of them.'],
  'deny.role': [403, 'None of your roles may do this.'],
  'draft.own': [403, 'Somebody else decides on your draft.'],
  'draft.not-editable': [409, 'The draft cannot be changed: it is another person’s, or it is submitted or decided.'],
  'draft.changed-meanwhile': [409, 'The draft has changed since you read it; read it again.'],
  'draft.outdated': [409, 'Another version has been approved meanwhile; begin a new draft from it.'],
  'draft.notice': [
    409,
    'The change reaches open requests or disclosures: it comes into force 14 days after the approval at the earliest.',
  ],
  'draft.pending-rights': [409, 'The change reaches open requests on which the Service Unit has not decided.'],
  'draft.pending-disclosures': [409, 'The change reaches open disclosures that are neither released nor refused.'],
  'draft.not-future': [
    400,
    'The version must come into force at an instant that lies ahead, within a year and after the newest version.',
  ],
  'draft.problems': [400, 'The draft has problems; correct them first.'],
  'person.user-id-taken': [409, 'This user id has been used; user ids are never used again.'],
  'person.not-personal': [
    400,
    'This user id is that of a function, not of a person: an account belongs to one natural person.',
  ],
  'person.phone-taken': [409, 'The number is somebody else’s in this time.'],
  'person.overlap': [409, 'Somebody changed the same time meanwhile; read the person again.'],
  'person.needs-confirmation': [409, 'A second person confirms this change first.'],
  'person.name-missing': [400, 'A person has a name.'],
  'person.not-a-number': [400, 'This is no telephone number at which an official can answer.'],
  'person.unknown-supervisor': [400, 'Nobody in the directory has this user id.'],
  'person.circle': [409, 'Somebody would be their own supervisor, directly or through others.'],
  'person.not-employed': [400, 'The person is not employed on this day.'],
  'person.ends-before-it-begins': [400, 'The employment would end before it begins.'],
  'person.phone-not-theirs': [400, 'The number is not the person’s on this day.'],
  'person.not-a-day': [400, 'This is no day: write it as 2026-03-01.'],
  'looks.too-many': [429, 'Too many looks at once; wait until those before have been answered.'],
  'alarm.own': [403, 'The alarm is about you: another data protection officer closes it.'],
  'reconciliation.nothing': [
    409,
    'Nothing is left to explain: somebody has, or they have met meanwhile; read the list again.',
  ],
  'alarm.closed': [409, 'Somebody has closed the alarm meanwhile; read it again.'],
  'review.own': [403, 'Some of the looks are your own: another data protection officer reviews the month.'],
  'review.done': [409, 'Somebody has reviewed the month meanwhile; read it again.'],
  'review.not-over': [409, 'The month is not over yet; review it when it is.'],
  'right.not-yours': [
    403,
    'You ask for rights for yourself; supervisors for their officials, administrators for anyone.',
  ],
  'right.own': [403, 'Nobody decides on what they asked for or get themselves; somebody else does.'],
  'right.person-missing': [400, 'A right is for somebody: name one person at the least.'],
  'right.not-employed': [400, 'The person is not employed when the right would begin.'],
  'right.beyond-employment': [400, 'The right would go on after the employment has ended; let it end with it.'],
  'right.role-unknown': [400, 'The register description in force knows no such role, or the role not with this duty.'],
  'right.incompatible': [
    400,
    'Nobody is administrator and approver of rights at once: the one role is another person’s.',
  ],
  'right.duty-missing': [400, 'An expert has a recorded duty: quality, or training.'],
  'right.purpose-missing': [400, 'Name the purposes that the right is for.'],
  'right.purpose-unknown': [400, 'The register description gives the role no such purpose.'],
  'right.scope-wrong': [
    400,
    'The register description lets the role reach otherwise: units or numbers do not belong to it.',
  ],
  'right.unit-missing': [400, 'Name the units whose officials the right reaches.'],
  'right.no-officials': [400, 'The person is not the supervisor of officials there now, as the directory knows.'],
  'right.number-missing': [400, 'Name the service numbers that the right reaches.'],
  'right.number-unknown': [400, 'The number is not in the registry of the description in force.'],
  'right.reason-missing': [400, 'Say why the right is needed.'],
  'right.from-wrong': [400, 'A right begins today at the earliest and within a year.'],
  'right.until-wrong': [400, 'A right ends after it begins and within twelve months.'],
  'right.already-requested': [409, 'The same has been asked for and waits to be decided.'],
  'right.decided': [409, 'The request has been decided or withdrawn already.'],
  'right.over': [409, 'The right has ended already.'],
  'right.note-missing': [400, 'Say why.'],
  'hold.until-wrong': [
    400,
    'An order ends in the future, and within three calendar months from when it is entered or renewed; renewing makes it no shorter.',
  ],
  'hold.nothing-left': [409, 'There is no recording left of the call that an order could keep.'],
  'hold.over': [409, 'The order has ended already.'],
  'hold.own': [403, 'You entered the order: somebody else ends it.'],
  'appointment.late': [409, 'Choose a time before the recording is destroyed.'],
  'appointment.past': [400, 'Choose a time in the future.'],
  'request.taken': [409, 'Somebody else handles the request by now.'],
  'request.closed': [409, 'The request has been closed already.'],
  'request.not-identified': [409, 'Identify the requester first: before that no call is looked for (R46).'],
  'request.not-offered': [400, 'The register description in force does not offer this request, or not to this party.'],
  'request.received-wrong': [400, 'A request is received before it is entered, and within a year of that.'],
  'request.official-unknown': [400, 'Nobody in the directory has this user id.'],
  'request.assignee-wrong': [400, 'Requests are handled by who holds the right of the Service Unit now.'],
  'request.identified-wrong': [400, 'Only an official is identified by the personnel register.'],
  'request.extended': [409, 'The time for the answer has been extended already: once is what the law allows.'],
  'request.overdue': [409, 'The time for the answer is over: it is extended before that.'],
  'request.extension-wrong': [
    400,
    'The time is extended by one month or two; for an official document by one, to a month from its reception.',
  ],
  'request.unfinished': [409, 'Something of the request is unfinished.'],
  'letter.nothing-to-tell': [409, 'There is nothing in the request that this letter would tell.'],
  'letter.call-open': [409, 'A call of the request is not settled yet: verify it, give it up or withdraw it first.'],
  'letter.ground-missing': [400, 'Say why the request is refused.'],
  'letter.erased': [404, 'What the letter said was erased with who the requester was.'],
  'letter.stale': [
    409,
    'What the letter tells has changed since it was drafted: draft it anew and read it before it is sent.',
  ],
  'letter.delivered': [409, 'The letter has been sent: it stays as it is.'],
  'template.problems': [
    400,
    'The template lacks a field that the law wants in the letter, has one that is not known, or a brace that is not closed.',
  ],
  'template.changed-meanwhile': [409, 'Somebody has changed the template meanwhile; read it again.'],
  'input.identity-code': [400, 'Leave out the personal identity code: it is stored nowhere.'],
  'request.too-many-searches': [429, 'Too many calls were looked for; wait an hour and go on.'],
  'call.told-too-little': [
    400,
    'Ask for the day and the time, and for the caller’s number; without it for the service number, and for how long the call took or who answered.',
  ],
  'call.named-already': [409, 'The request has named this call already.'],
  'call.matched': [409, 'The call is shown to be the requester’s, and stays so.'],
  'call.not-verifiable': [409, 'Look again: exactly one call that was found can be verified or given up.'],
  'call.not-heard': [409, 'Listen to the recording first, and ask the requester something that is said in it.'],
  'call.details-missing': [
    409,
    'There is no recording to ask about: the caller’s number is needed, or who answered and how long the call took.',
  ],
  'appointment.nothing': [
    409,
    'There is nothing to be heard: no recording of a call that the requester is shown to be a party of.',
  ],
  'appointment.over': [409, 'What came of the appointment has been noted, or it was moved.'],
  'appointment.not-yet': [409, 'The appointment has not begun.'],
  'office.closed': [409, 'The office takes no more appointments.'],
  'slot.times': [
    400,
    'Times lie ahead, within a year and on one day, at clock times that there are, and one of them at the least fits.',
  ],
  'slot.overlap': [409, 'There is another time of the office, or of the host, at the same time.'],
  'slot.host': [400, 'A host is employed and holds the Service Unit’s right until the time is over.'],
  'slot.booked': [409, 'The time has been booked.'],
  'workstation.code': [400, 'The code is wrong, has been used, or is older than fifteen minutes; make a new one.'],
  'room.workstation': [403, 'This browser is no listening workstation of the appointment’s office.'],
  'room.host': [403, 'Somebody else is the host of this appointment: they sign in personally.'],
  'room.not-now': [409, 'The listening mode begins and ends with the time that was booked.'],
  'room.none': [409, 'This session is not in the listening mode.'],
  'session.in-room': [
    403,
    'This session serves one appointment; end the listening mode, and sign in for anything else.',
  ],
  'authority.authority-off': [403, 'The register description in force provides for no disclosure to authorities.'],
  'authority.provision': [
    409,
    'Nothing is disclosed without a statutory ground: the security unit gives the provision first.',
  ],
  'authority.provision-expired': [409, 'The provision is not in force today; choose one that is.'],
  'authority.received-wrong': [400, 'A request was received within fourteen months from now, and not in the future.'],
  'authority.decided': [409, 'It has been decided; what was decided on stays as it was.'],
  'authority.changed-meanwhile': [409, 'It has changed since you read it: read it again before you decide.'],
  'authority.own': [403, 'Somebody else decides on what you have prepared.'],
  'authority.assessment': [409, 'The security unit has not assessed it yet.'],
  'authority.items': [409, 'Name at least one call of the disclosure, and none that is not in it.'],
  'authority.item-destroyed': [409, 'Something that was asked for is there no more; take it out, or grant the rest.'],
  'authority.item-twice': [409, 'It is in the disclosure already.'],
  'authority.items-many': [409, 'A thousand items are the most of one disclosure.'],
  'authority.no-recording': [400, 'Name a recording of the call, or ask for its identification data alone.'],
  'authority.decision': [409, 'It has not been decided, or was refused.'],
  'authority.closed': [409, 'The disclosure is closed.'],
  'authority.unreleased': [409, 'It was granted and nothing left; say why.'],
  'authority.no-reason-wanted': [400, 'It was released or refused; there is nothing to give a reason for.'],
  'openness.leads-nowhere': [400, 'What is referred leads to one kind of disclosure; what is secret leads to none.'],
  'referral.taken-up': [409, 'Another disclosure has taken the request up.'],
  'authority.package-open': [409, 'A package of it can be fetched still; withdraw it first.'],
  'institute.known': [409, 'An institute of this name is entered already.'],
  'institute.recipient': [400, 'This is no age key: it begins with age1 and has 62 characters.'],
  'research.research-off': [
    403,
    'The register description in force provides for no disclosure to research institutes.',
  ],
  'research.items': [409, 'No recording is picked.'],
  'research.item-destroyed': [409, 'The recording of an item has been destroyed; take the item out.'],
  'research.item-restricted': [409, 'The recording of an item is restricted; take the item out, or wait.'],
  'research.anonymised-copy': [409, 'An item has no anonymised copy yet.'],
  'research.level-not-allowed': [
    409,
    'The register description allows no pseudonymised copies; make the copy at another level, or take the item out if its copy is approved already.',
  ],
  'research.official-twice': [
    409,
    'An official may be heard in one copy of a disclosure below level T; one whom the directory does not know may be anybody. Make the other copies at level T, or take the items out.',
  ],
  'research.check': [409, 'A second person has not signed the copy of an item yet.'],
  'research.undertaking': [409, 'The institute’s undertaking is not on file.'],
  'research.due-date-late': [
    409,
    'A recording would be destroyed before that day; choose an earlier day, or take the item out.',
  ],
  'research.due-date-past': [409, 'The day on which the copies are to be back is over; choose a later one.'],
  'research.institute-blocked': [
    409,
    'The institute has copies that should have been confirmed; it gets no others before.',
  ],
  'research.decision': [409, 'It has not been decided.'],
  'research.over': [409, 'The disclosure is closed, refused or withdrawn.'],
  'research.decided': [409, 'It has been decided; what was decided on stays as it was.'],
  'research.released': [409, 'It has been released; what the institute has is confirmed item by item.'],
  'research.not-released': [409, 'Nothing of it has been released.'],
  'research.changed-meanwhile': [409, 'It has changed since you read it: read it again before you decide.'],
  'research.own': [403, 'You had a part in preparing it: somebody else decides.'],
  'research.too-many': [409, 'Two hundred items are the most of one disclosure.'],
  'research.item-out': [409, 'The institute has a copy of this recording already.'],
  'research.day-ahead': [400, 'The day lies ahead.'],
  'research.day-before': [400, 'The study ended after its copies were released.'],
  'research.day-not-later': [400, 'The new day is later than the one there is.'],
  'research.study-ended': [409, 'The study has ended.'],
  'research.unconfirmed': [409, 'Some copies are not confirmed as returned or destroyed.'],
  'research.extension-waits': [409, 'A later day has been asked for already and waits for its decision.'],
  'package.no-key': [409, 'There is no key to encrypt to: give one, or choose a passphrase.'],
  'package.recipient': [400, 'This is no age key that anybody can have; ask the recipient for it again.'],
  'package.under-way': [409, 'A package of it can be fetched already; withdraw it before another is made.'],
  'package.over': [409, 'The package was fetched, withdrawn, or its time is over; make another.'],
  'package.being-fetched': [409, 'The package is being downloaded: one download at a time.'],
  'package.not-ready': [409, 'The package is being made; it is ready in a moment.'],
  'package.not-yours': [
    403,
    'Who released a package for a medium saves it; one with a link is fetched by its recipient.',
  ],
  ...qualityRefusals,
  'recall.confirmed': [409, 'The recall has been confirmed already.'],
  'request.not-asked': [409, 'The requester has not asked for this; change the request first.'],
  'copy.under-way': [409, 'A copy of this recording waits to be fetched; withdraw it first.'],
  'copy.recipient': [
    400,
    'This is no key that a copy can be encrypted to: it begins with age1 and is 62 characters long.',
  ],
  'copy.over': [409, 'The copy has ended already.'],
  'correction.nobody': [400, 'Nobody with this user id was in service when the call was answered.'],
  'correction.same': [409, 'The history says so already.'],
  'correction.waits': [409, 'A correction of this part of the call waits to be decided.'],
  'correction.call-goes-on': [409, 'The call goes on still: who answers it is corrected once it is over.'],
  'correction.own': [403, 'You proposed the correction, or it is about you: somebody else decides.'],
  'correction.decided': [409, 'The correction has been decided already.'],
  'openness.own': [403, 'You entered the request: somebody else decides.'],
  'openness.decided': [409, 'The request has been decided already.'],
  'anonymised-copy.others': [
    403,
    'Somebody else prepares this copy: who checks it sees neither words nor the original.',
  ],
  'anonymised-copy.own': [403, 'You prepared the copy: a second person checks it (R33).'],
  'anonymised-copy.approved': [409, 'The copy has been approved: it stays as it is, and no other is made.'],
  'anonymised-copy.changed-meanwhile': [409, 'The copy has changed since you read it; read it again.'],
  'anonymised-copy.times': [
    400,
    'A turn or a redaction lies outside the recording, or two turns of one track at the same time.',
  ],
  'anonymised-copy.lacks': [409, 'Something is missing before the copy can be rendered; reading it names what.'],
  'anonymised-copy.rendered': [
    409,
    'The copy has been rendered, or is being rendered: change it first, or have it checked.',
  ],
  'anonymised-copy.no-recognition': [409, 'No program that recognises speech has been named, or it cannot be used.'],
  'anonymised-copy.recognising': [409, 'The words of this copy are being recognised already.'],
  'anonymised-copy.not-rendered': [409, 'There is no rendered copy to hear, to check or to report on.'],
  'anonymised-copy.not-heard': [409, 'Hear all of the copy before you sign it.'],
  'clock.right': [409, 'The clock is not ahead: there is nothing to confirm.'],
  'clock.changed-meanwhile': [409, 'The clock has changed since you looked; look again.'],
  'clock.own': [409, 'You have confirmed it already: another person confirms it too.'],
  'input.invalid': [400, 'The request is not as the API describes it.'],
  'input.range': [416, 'Ask for one range of bytes within the audio: bytes=from-to.'],
  'log.broken': [503, 'The audit log is broken, so nothing can be looked at; an operator must look into it first.'],
  unavailable: [503, 'A part of the service does not answer; try again in a moment.'],
} as const satisfies Record<string, readonly [number, string]>

export type RefusalCode = keyof typeof refusals

const codes = new WeakMap<FastifyReply, RefusalCode>()

/** The code of a reply that refuses. */
export function codeOf(reply: FastifyReply): RefusalCode | undefined {
  return codes.get(reply)
}

export interface MoreToSay {
  /** Says more than the code's own sentence. */
  message?: string
  field?: string
  /** Which second factors may be given. */
  factors?: readonly string[]
  /** When to try again. */
  waitSeconds?: number
  /** What keeps a password from being taken. */
  problems?: readonly object[]
}

/** Answers with a refusal; {@link MoreToSay} where there is more to say than its code. */
export function refuse(reply: FastifyReply, code: RefusalCode, more: MoreToSay = {}) {
  const [status, sentence] = refusals[code]
  const { message = sentence, field, ...known } = more
  codes.set(reply, code)
  if (known.waitSeconds !== undefined) reply.header('retry-after', known.waitSeconds)
  return reply
    .code(status)
    .type('application/json')
    .send({ error: { code, message, ...(field && { field }), ...known } })
}

/** Answers with the refusal of a Grant. */
export function refuseGrant(reply: FastifyReply, refusal: Refusal) {
  return refuse(reply, refusal.refused, {
    ...(refusal.expiredAt && { message: `Your access right ended at ${refusal.expiredAt.toString()}.` }),
  })
}

/** Answers with the rows that keep a file from being taken over. */
export function refuseImport(reply: FastifyReply, problems: readonly CsvProblem[]) {
  const message = 'Nothing was taken over: some rows are wrong. Correct them and send the whole file again.'
  return reply.code(422).send({ error: { code: 'import.refused', message, rows: problems } })
}
