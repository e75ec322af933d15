import type { FastifyReply } from 'fastify'
import type { CsvProblem } from '#platform/csv/csv-problem.ts'
import type { Refusal } from '#safeguards/access/grant.ts'

/** Every refusal the API gives: its status and what it says. The web has the same codes in three languages. */
export const refusals = {
  'session.none': [401, 'Sign in first: there is no session, or it has ended.'],
  'session.credentials': [401, 'The user id or the password is wrong.'],
  'session.too-many': [429, 'Too many attempts from this address; wait a minute and try again.'],
  'deny.purpose': [403, 'Your access rights do not cover this purpose.'],
  'deny.expired': [403, 'Your access right has ended.'],
  'deny.reference': [
    403,
    'This purpose needs a reference: a fault for maintenance, a case for the security unit, a request for the Service Unit.',
  ],
  'deny.origin': [403, 'The request came from another site.'],
  'not-found': [404, 'There is nothing here, or nothing that you may see.'],
  'recording.destroyed': [404, 'The recording has been destroyed.'],
  'recording.not-yet-kept': [
    404,
    'The recording is not ready yet: it is taken into keeping within a minute of the call’s end.',
  ],
  'recording.restricted': [403, 'The recording is restricted.'],
  'listening.ended': [404, 'The listening has ended; begin a new one.'],
  'deny.role': [403, 'None of your roles may do this.'],
  'draft.own': [403, 'Somebody else decides on your draft.'],
  'draft.not-editable': [409, 'The draft cannot be changed: it is another person’s, or it is submitted or decided.'],
  'draft.changed-meanwhile': [409, 'The draft has changed since you read it; read it again.'],
  'draft.outdated': [409, 'Another version has been approved meanwhile; begin a new draft from it.'],
  'draft.not-future': [
    400,
    'The version must come into force at an instant that lies ahead, within a year and after the newest version.',
  ],
  'draft.problems': [400, 'The draft has problems; correct them first.'],
  'person.user-id-taken': [409, 'This user id has been used; user ids are never used again.'],
  'person.phone-taken': [409, 'The number is somebody else’s in this time.'],
  'person.overlap': [409, 'Somebody changed the same time meanwhile; read the person again.'],
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
  'alarm.closed': [409, 'Somebody has closed the alarm meanwhile; read it again.'],
  'review.own': [403, 'Some of the looks are your own: another data protection officer reviews the month.'],
  'review.done': [409, 'Somebody has reviewed the month meanwhile; read it again.'],
  'review.not-over': [409, 'The month is not over yet; review it when it is.'],
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

/** Answers with a refusal; `message` says more than the code's own sentence where there is more to say. */
export function refuse(reply: FastifyReply, code: RefusalCode, more: { message?: string; field?: string } = {}) {
  const [status, sentence] = refusals[code]
  codes.set(reply, code)
  return reply
    .code(status)
    .type('application/json')
    .send({ error: { code, message: more.message ?? sentence, ...(more.field && { field: more.field }) } })
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
