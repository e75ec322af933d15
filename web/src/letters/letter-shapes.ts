/** Letters to requesters and their templates: which letters to make and send now. The server makes their text. */
import type { paths } from '../api/paths.ts'
import type { Answer, Letter, LetterKind, RequestDetail } from '../api/shapes.ts'
import { languages, type Language } from '../language/language.ts'

type GivenGround = NonNullable<
  paths['/api/requests/{id}/letters']['post']['requestBody']['content']['application/json']['ground']
>
/** Grounds of a refusal that the writer chooses; the server knows when the others apply. */
export type RefusalGround = Exclude<GivenGround, 'IDENTITY' | 'NO_CALL'>
export type LetterTemplate = Answer<'/api/letter-templates', 'get'>['items'][number]
export type TemplatePreview = Answer<'/api/letter-templates/{kind}/{language}/preview', 'post'>
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

/** Ways of delivery to a requester; at home only to one who identified there. */
export function deliveriesTo({ fromHome }: Pick<RequestDetail, 'fromHome'>): readonly Delivery[] {
  return fromHome?.isFetched ? ['HOME', ...deliveries] : deliveries
}

/** Reads the shown template from the URL. */
export function readTemplateChoice(search: Record<string, unknown>): { kind?: LetterKind; language?: Language } {
  const kind = letterKinds.find((one) => one === search['kind'])
  const language = languages.find((one) => one === search['language'])
  return { ...(kind && { kind }), ...(language && { language }) }
}

/**
 * Returns the letters that a request lacks, most important first: a letter is lacking if its act was done after the last letter
 * of that kind was made. Omits the letters that Seloste makes automatically.
 */
export function lettersDue(request: RequestDetail): LetterKind[] {
  const { kinds, calls, appointments, extension, closed, next, copies, corrections } = request
  if (closed) return []
  const has = (kind: LetterKind, sinceMs = 0) =>
    request.letters.some((one) => one.kind === kind && Date.parse(one.madeAt) >= sinceMs)
  const booked = appointments.find(({ state }) => state === 'BOOKED')
  const requests = (kind: RequestDetail['kinds'][number]) => kinds.includes(kind)
  const isMatched = calls.some(({ state }) => state === 'MATCHED')
  const isOpen = calls.some(({ state }) => state === 'SEVERAL' || state === 'FOUND')
  // No match, another person's call, and several alike get the same letter, which must not reveal the case (R46).
  const isNotShown = calls.some(({ state }) => ['NOT_FOUND', 'NOT_PARTY', 'NOT_IDENTIFIABLE'].includes(state))
  const answers = requests('KNOW') || requests('LISTEN') || requests('HISTORY')
  const ready = copies.flatMap(({ state, madeAt }) => (state === 'ready' ? [Date.parse(madeAt)] : []))
  const lastDecided = Math.max(0, ...corrections.map(({ decided }) => (decided ? Date.parse(decided.at) : 0)))
  const wanted: [LetterKind, boolean][] = [
    ['answer', answers && isMatched && !isOpen && !has('answer')],
    ['not-identifiable', isNotShown && !isOpen && !has('not-identifiable')],
    ['appointment', booked !== undefined && !has('appointment', Date.parse(booked.bookedAt))],
    ['restriction', requests('RESTRICTION') && isMatched && !isOpen && !has('restriction')],
    ['copy', ready.length > 0 && !has('copy', Math.max(...ready))],
    ['log-extract', requests('LOG_EXTRACT') && isMatched && !isOpen && !has('log-extract')],
    ['correction', lastDecided > 0 && !corrections.some(({ decided }) => !decided) && !has('correction', lastDecided)],
    ['mentioned', requests('MENTIONED') && next.includes('answer') && !has('mentioned')],
    ['openness', request.openness !== undefined && !has('openness')],
    ['extension', extension !== undefined && !has('extension', Date.parse(extension.at))],
  ]
  const due = wanted.flatMap(([kind, isWanted]) => (isWanted ? [kind] : []))
  // A request about calls gets an answer even if no other letter is due.
  const needsAnswer =
    next.includes('answer') && !next.includes('make-copy') && !next.includes('correct') && calls.length > 0
  return due.length === 0 && needsAnswer ? ['answer'] : due
}

/** Returns the kinds of letter that are not due but can be drafted for a request, at the writer's discretion. */
export function otherKinds(
  request: Pick<RequestDetail, 'party' | 'kinds' | 'openness'>,
  due: readonly LetterKind[],
): LetterKind[] {
  const { party } = request
  // Only the caller or the official of a call gets letters about it.
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
  return letterKinds.filter((kind) => (only[kind] ?? true) && !due.includes(kind))
}

/** Returns the grounds of a refusal that the writer can choose; without a matched call the ground is known. */
export function groundsOf({ kinds, calls }: Pick<RequestDetail, 'kinds' | 'calls'>): RefusalGround[] {
  if (!calls.some(({ state }) => state === 'MATCHED')) return []
  return [
    ...(kinds.includes('RESTRICTION') ? (['NO_REASON'] as const) : []),
    ...(kinds.includes('ERASURE') || kinds.includes('OBJECTION') ? (['NEEDED'] as const) : []),
    ...(['EXCESSIVE', 'RESTRICTED'] as const),
  ]
}

/** Sorts letters: those to be sent first, then newest first. */
export function sortLetters(letters: readonly Letter[]): Letter[] {
  return letters.toSorted(
    (a, b) =>
      Number(a.delivered !== undefined) - Number(b.delivered !== undefined) ||
      Date.parse(b.madeAt) - Date.parse(a.madeAt),
  )
}

/**
 * Returns a letter's page for a frame: its styles get the page's nonce, because a srcdoc frame is under the policy of the page
 * around it.
 */
export function forFrame(html: string, nonce: string): string {
  return html.replace(/<style(?![^>]*\bnonce=)/gi, `<style nonce="${nonce}"`)
}
