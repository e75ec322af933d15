import type { NextStep, RequestDetail } from '../api/shapes.ts'

/** Steps of the request's page, in order. */
export const steps = ['who', 'calls', 'appointments', 'prohibition', 'acts', 'letters', 'close'] as const
export type Step = (typeof steps)[number]
/** Called after an act: announces it, reads the page again, and focuses the given heading, or the next step's. */
export type Done = (message: string, heading?: string) => Promise<void>
export type StepState = 'done' | 'now' | 'waits' | 'ahead'

const stepOfNext: Record<NextStep, Step> = {
  identify: 'who',
  'name-call': 'calls',
  'narrow-call': 'calls',
  'verify-call': 'calls',
  answer: 'letters',
  'send-letter': 'letters',
  book: 'appointments',
  'note-outcome': 'appointments',
  forbid: 'prohibition',
  'make-copy': 'acts',
  correct: 'acts',
  decide: 'acts',
  close: 'close',
}

/** Letters that are not answers. */
const interimLetters = new Set<RequestDetail['letters'][number]['kind']>([
  'received',
  'extension',
  'appointment',
  'destroyed-before',
])

/** Returns the id of a step's part of the page; its first heading gets the focus. */
export function stepElementId(step: Step): string {
  return `step-${step}`
}

/** Ids of the steps' headings. */
export const headingOf = Object.fromEntries(steps.map((step) => [step, `request-${step}`])) as Record<Step, string>

/** Returns the id of a call's heading, which gets the focus after an act on it. */
export function callHeading(id: string): string {
  return `call-${id}`
}

export function stepOf(next: NextStep): Step {
  return stepOfNext[next]
}

type Facts = Pick<
  RequestDetail,
  | 'party'
  | 'kinds'
  | 'identified'
  | 'calls'
  | 'letters'
  | 'appointments'
  | 'copies'
  | 'corrections'
  | 'openness'
  | 'closed'
> & { next: readonly NextStep[] }

/** Returns the steps of this request; those that do not apply are left out. */
export function stepsOf(request: Facts): Step[] {
  const { party, kinds, calls, appointments, copies, corrections, openness } = request
  const isAboutCalls = party !== 'OUTSIDER' && party !== 'MENTIONED'
  const matched = calls.some(({ state }) => state === 'MATCHED')
  // A closed request shows no calls.
  const shown = calls.some(({ contact }) => contact !== undefined)
  const acts = (['COPY', 'RECTIFY', 'LOG_EXTRACT', 'MENTIONED', 'OPENNESS'] as const).some((kind) =>
    kinds.includes(kind),
  )
  const has: Record<Step, boolean> = {
    who: true,
    calls: isAboutCalls,
    letters: true,
    appointments: isAboutCalls && (kinds.includes('LISTEN') || appointments.length > 0),
    prohibition:
      (party === 'CALLER' || party === 'OFFICIAL') && (request.closed ? shown : isProhibitionRequest(kinds) || matched),
    acts: acts || copies.length > 0 || corrections.length > 0 || openness !== undefined,
    close: !request.closed,
  }
  return steps.filter((step) => has[step])
}

/** Returns true if a step has nothing to do and may be folded; false for a closed request, which is for reading. */
export function canFold(state: StepState, { closed }: Pick<Facts, 'closed'>): boolean {
  return !closed && (state === 'done' || state === 'ahead')
}

/** Returns a step's state. The first one to do is `now`; others to do wait; the rest are done or later. */
export function stateOf(step: Step, request: Facts): StepState {
  const { next, calls, letters, appointments, copies, corrections, openness } = request
  if (request.closed) return isDone() ? 'done' : 'ahead'
  if (next[0] && stepOf(next[0]) === step) return 'now'
  const isBooked = step === 'appointments' && appointments.some(({ state }) => state === 'BOOKED')
  if (isBooked || next.some((one) => stepOf(one) === step)) return 'waits'
  return isDone() ? 'done' : 'ahead'

  function isDone(): boolean {
    switch (step) {
      case 'who':
        return request.identified !== undefined || request.party === 'OUTSIDER'
      case 'calls':
        return calls.length > 0 && calls.every(({ state }) => state !== 'SEVERAL' && state !== 'FOUND')
      case 'letters':
        return letters.some(({ kind, delivered }) => delivered && !interimLetters.has(kind))
      case 'appointments':
        return appointments.some(({ state }) => state !== 'BOOKED' && state !== 'MOVED')
      case 'prohibition':
        return calls.some(({ contact }) => contact?.segments.some(({ prohibitions }) => prohibitions.length > 0))
      case 'acts':
        return copies.length + corrections.length > 0 || openness !== undefined
      case 'close':
        return request.closed !== undefined
    }
  }
}

/** Erasure and objection are carried out by forbidding the use of the recording. */
export function isProhibitionRequest(kinds: Facts['kinds']): boolean {
  return kinds.some((kind) => kind === 'PROHIBIT' || kind === 'ERASURE' || kind === 'OBJECTION')
}
