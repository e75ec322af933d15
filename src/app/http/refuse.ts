import { readFileSync } from 'node:fs'
import type { FastifyReply } from 'fastify'
import type statuses from '../../../texts/refusals.json'
import type { CsvProblem } from '#platform/csv/csv-problem.ts'

export type RefusalCode = keyof typeof statuses

/** Every refusal of the API by code: status (texts/refusals.json) and English message, the same as on the pages. */
export const refusals = readRefusals()

function readRefusals(): Readonly<Record<RefusalCode, readonly [number, string]>> {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../../texts/${name}`, import.meta.url), 'utf8')) as unknown
  const sentences = read('pages/error.json') as Record<string, { en: string }>
  const entries = Object.entries(read('refusals.json') as typeof statuses)
  return Object.fromEntries(
    entries.map(([code, status]) => [code, [status, sentences[`error.${code}`]?.en ?? code] as const]),
  ) as Record<RefusalCode, readonly [number, string]>
}

const codes = new WeakMap<FastifyReply, RefusalCode>()

/** Returns the refusal code of a reply. */
export function codeOf(reply: FastifyReply): RefusalCode | undefined {
  return codes.get(reply)
}

export interface RefusalDetails {
  /** Message that replaces the code's general one. */
  message?: string | undefined
  field?: string | undefined
  /** Accepted second factors. */
  factors?: readonly string[] | undefined
  /** Seconds until a retry is allowed. */
  waitSeconds?: number | undefined
  /** The person or thing concerned; sent as `of`. */
  about?: string | undefined
  /** Problems of a password. */
  problems?: readonly object[] | undefined
}

/** A refusal as returned by functions. */
export type Refusal = CodedRefusal | { refused: 'import.refused'; problems: readonly CsvProblem[] }

interface CodedRefusal extends RefusalDetails {
  refused: RefusalCode
  /** Detail from the database, sent as `field`. Depending on the code, a form field, a question's id, ids of items or an instant. */
  of?: string | undefined
  /** When the last right ended. */
  expiredAt?: Temporal.Instant | undefined
  /** Seconds until a retry is allowed; sent as `waitSeconds`. */
  seconds?: number | undefined
}

export function isRefusal<Found>(found: Found): found is Extract<Found, Refusal> {
  return typeof found === 'object' && found !== null && 'refused' in found
}

/** Returns a function that adds to a refusal the form field of its code. */
export function fieldsBy(fields: Partial<Record<RefusalCode, string>>) {
  return <Found>(found: Found): Found => {
    const field = isRefusal(found) ? fields[(found as CodedRefusal).refused] : undefined
    return field === undefined ? found : { ...found, field }
  }
}

/** Answers with a refusal, with details in {@link RefusalDetails}. */
export function refuse(reply: FastifyReply, code: RefusalCode, more: RefusalDetails = {}) {
  const [status, sentence] = refusals[code]
  const { message = sentence, field, factors, waitSeconds, about, problems } = more
  codes.set(reply, code)
  if (waitSeconds !== undefined) reply.header('retry-after', waitSeconds)
  return reply
    .code(status)
    .type('application/json')
    .send({ error: { code, message, ...(field && { field }), factors, waitSeconds, of: about, problems } })
}

/** Answers with the refusal returned by a function. */
export function refuseAs(reply: FastifyReply, refusal: Refusal) {
  if (refusal.refused === 'import.refused') return refuseImport(reply, refusal.problems)
  const { refused, of, expiredAt, seconds, ...more } = refusal
  return refuse(reply, refused, {
    field: of,
    waitSeconds: seconds,
    ...(expiredAt && { message: `Your access right ended at ${expiredAt.toString()}.` }),
    ...more,
  })
}

/** Answers with the invalid rows of a file. */
function refuseImport(reply: FastifyReply, rows: readonly CsvProblem[]) {
  const message = 'Nothing was imported: some rows are invalid. Correct them and send the whole file again.'
  return reply.code(422).send({ error: { code: 'import.refused', message, rows } })
}
