/**
 * Letters to those who ask, and the templates they are made from. In: the contract's letters and a request. Out: which
 * letters are to be made and sent now. Never here: their text; the server makes it.
 */
import type { paths } from '../api/paths.ts'
import type { Letter, LetterKind, RequestDetail } from '../api/shapes.ts'
import { languages, type Language } from '../language/language.ts'

type GivenGround = NonNullable<
  paths['/api/requests/{id}/letters']['post']['requestBody']['content']['application/json']['ground']
>
/** That whoever writes says; the others are known. */
export type RefusalGround = Exclude<GivenGround, 'IDENTITY' | 'NO_CALL'>
type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type LetterTemplate = Ok<paths['/api/letter-templates']['get']>['items'][number]
export type TemplatePreview = Ok<paths['/api/letter-templates/{kind}/{language}/preview']['post']>
export type Delivery = NonNullable<Letter['delivered']>['how']

export const letterKinds = [
  'received',
  'extension',
  'answer',
  'appointment',
  'destroyed-before',
  'prohibition',
  'erasure',
  'objection',
  'restriction',
  'restriction-end',
  'not-identifiable',
  'refusal',
  'copy',
  'log-extract',
  'correction',
  'mentioned',
  'openness',
] as const satisfies readonly LetterKind[]
export const deliveries = ['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD'] as const satisfies readonly Delivery[]

/** Which template is in sight, as it stands in the address. */
export function readTemplateChoice(search: Record<string, unknown>): { kind?: LetterKind; language?: Language } {
  const kind = letterKinds.find((one) => one === search['kind'])
  const language = languages.find((one) => one === search['language'])
  return { ...(kind && { kind }), ...(language && { language }) }
}

/**
 * The letters that a request is to have now and has not: each because of something that was done after the last letter of
 * its kind was made, the one that matters most first. Those that Seloste makes by itself are not among them.
 */
export function toMake(request: RequestDetail): LetterKind[] {
  const { kinds, calls, appointments, extension, closed, next, copies, corrections } = request
  if (closed) return []
  const has = (kind: LetterKind, sinceMs = 0) =>
    request.letters.some((one) => one.kind === kind && Date.parse(one.madeAt) >= sinceMs)
  const booked = appointments.find(({ state }) => state === 'BOOKED')
  const asks = (kind: RequestDetail['kinds'][number]) => kinds.includes(kind)
  const isMatched = calls.some(({ state }) => state === 'MATCHED')
  const isOpen = calls.some(({ state }) => state === 'SEVERAL' || state === 'FOUND')
  // Whether there is none, it is somebody else's, or several stay alike: which letter comes tells nothing of it (R46).
  const isNotShown = calls.some(({ state }) => ['NOT_FOUND', 'NOT_PARTY', 'NOT_IDENTIFIABLE'].includes(state))
  const answers = asks('KNOW') || asks('LISTEN') || asks('HISTORY')
  const ready = copies.flatMap(({ state, madeAt }) => (state === 'ready' ? [Date.parse(madeAt)] : []))
  const lastDecided = Math.max(0, ...corrections.map(({ decided }) => (decided ? Date.parse(decided.at) : 0)))
  const wanted: [LetterKind, boolean][] = [
    ['answer', answers && isMatched && !isOpen && !has('answer')],
    ['not-identifiable', isNotShown && !isOpen && !has('not-identifiable')],
    ['appointment', booked !== undefined && !has('appointment', Date.parse(booked.bookedAt))],
    ['restriction', asks('RESTRICTION') && isMatched && !isOpen && !has('restriction')],
    ['copy', ready.length > 0 && !has('copy', Math.max(...ready))],
    ['log-extract', asks('LOG_EXTRACT') && isMatched && !isOpen && !has('log-extract')],
    ['correction', lastDecided > 0 && !corrections.some(({ decided }) => !decided) && !has('correction', lastDecided)],
    ['mentioned', asks('MENTIONED') && next.includes('answer') && !has('mentioned')],
    ['openness', request.openness !== undefined && !has('openness')],
    ['extension', extension !== undefined && !has('extension', Date.parse(extension.at))],
  ]
  const made = wanted.flatMap(([kind, isWanted]) => (isWanted ? [kind] : []))
  // Where nothing came of what was asked, whoever asked is answered all the same.
  const isLeft = next.includes('answer') && !next.includes('make-copy') && !next.includes('correct') && calls.length > 0
  return made.length === 0 && isLeft ? ['answer'] : made
}

/** Every other kind that can be made of a request: whoever writes may know better. */
export function otherKinds(
  request: Pick<RequestDetail, 'party' | 'kinds' | 'openness'>,
  made: readonly LetterKind[],
): LetterKind[] {
  const { party } = request
  // Nothing is told of calls to whoever is no party of any.
  const aboutCalls = party !== 'OUTSIDER' && party !== 'MENTIONED'
  const only: Partial<Record<LetterKind, boolean>> = {
    answer: aboutCalls,
    appointment: aboutCalls,
    'destroyed-before': aboutCalls,
    prohibition: aboutCalls,
    erasure: request.kinds.includes('ERASURE'),
    objection: request.kinds.includes('OBJECTION'),
    restriction: request.kinds.includes('RESTRICTION'),
    'restriction-end': request.kinds.includes('RESTRICTION'),
    'not-identifiable': aboutCalls,
    refusal: party !== 'OUTSIDER',
    copy: request.kinds.includes('COPY'),
    'log-extract': request.kinds.includes('LOG_EXTRACT'),
    correction: request.kinds.includes('RECTIFY'),
    mentioned: request.kinds.includes('MENTIONED'),
    openness: request.openness !== undefined,
  }
  return letterKinds.filter((kind) => (only[kind] ?? true) && !made.includes(kind))
}

/** Why a request can be refused, where whoever writes says it: without a matched call it is known. */
export function groundsOf({ kinds, calls }: Pick<RequestDetail, 'kinds' | 'calls'>): RefusalGround[] {
  if (!calls.some(({ state }) => state === 'MATCHED')) return []
  return [
    ...(kinds.includes('RESTRICTION') ? (['NO_REASON'] as const) : []),
    ...(kinds.includes('ERASURE') || kinds.includes('OBJECTION') ? (['NEEDED'] as const) : []),
    ...(['EXCESSIVE', 'RESTRICTED'] as const),
  ]
}

/** Those that wait to be sent first, then the newest. */
export function sortLetters(letters: readonly Letter[]): Letter[] {
  return letters.toSorted(
    (a, b) =>
      Number(a.delivered !== undefined) - Number(b.delivered !== undefined) ||
      Date.parse(b.madeAt) - Date.parse(a.madeAt),
  )
}

/**
 * The page of a letter as a frame shows it: its styles carry the page's nonce, since a frame that is written in place stands
 * under the policy of the page it stands in.
 */
export function forFrame(html: string, nonce: string): string {
  return html.replace(/<style(?![^>]*\bnonce=)/gi, `<style nonce="${nonce}"`)
}
