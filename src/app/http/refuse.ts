import { readFileSync } from 'node:fs'
import type { FastifyReply } from 'fastify'
import type statuses from '../../../texts/refusals.json'
import type { CsvProblem } from '#platform/csv/csv-problem.ts'
import type { Refusal } from '#safeguards/access/grant.ts'

export type RefusalCode = keyof typeof statuses

/** Every refusal the API gives: its status (texts/refusals.json), and its sentence, which is that of the pages in English. */
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
