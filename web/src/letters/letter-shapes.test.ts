import { expect, test } from 'vitest'
import type { Letter, RequestCall, RequestDetail } from '../api/shapes.ts'
import { forFrame, groundsOf, otherKinds, readTemplateChoice, sortLetters, lettersDue } from './letter-shapes.ts'

const person = { id: 'p', name: 'Paula' }
const call = (state: RequestCall['state']): RequestCall => ({ id: state, ordinal: 1, state, otherRequests: [] })
const letter = (kind: Letter['kind'], madeAt: string, isSent = false): Letter => ({
  id: `${kind} ${madeAt}`,
  kind,
  language: 'fi',
  madeAt,
  isErased: false,
  isStale: false,
  ...(isSent && { delivered: { at: madeAt, how: 'POST', by: person } }),
})
const request = (more: Partial<RequestDetail>): RequestDetail => ({
  id: 'r',
  number: 'P-2026-1',
  party: 'CALLER',
  kinds: ['KNOW', 'LISTEN'],
  channel: 'PHONE',
  language: 'fi',
  receivedAt: '2026-11-20T08:00:00Z',
  dueAt: '2026-12-20T08:00:00Z',
  isOverdue: false,
  isUrgent: false,
  state: 'CALL_FOUND',
  next: [],
  enteredBy: person,
  calls: [],
  appointments: [],
  letters: [],
  copies: [],
  corrections: [],
  unfinished: [],
  unfinishedOtherwise: { REFUSED: [], WITHDRAWN: [] },
  ...more,
})

test('the answer is due once every named call is settled, and only once', () => {
  expect([
    lettersDue(request({ calls: [call('MATCHED')] })),
    lettersDue(request({ calls: [call('MATCHED'), call('FOUND')] })),
    lettersDue(request({ calls: [call('MATCHED')], letters: [letter('answer', '2026-11-21T08:00:00Z')] })),
  ]).toEqual([['answer'], [], []])
})

test('a call not found, another person’s call and several similar calls get the same letter (R46, AC14)', () => {
  for (const state of ['NOT_FOUND', 'NOT_PARTY', 'NOT_IDENTIFIABLE'] as const) {
    expect(lettersDue(request({ calls: [call(state)] })), state).toEqual(['not-identifiable'])
    expect(lettersDue(request({ kinds: ['COPY'], next: ['answer'], calls: [call(state)] })), state).toEqual([
      'not-identifiable',
    ])
    expect(lettersDue(request({ calls: [call('MATCHED'), call(state)] })), state).toEqual([
      'answer',
      'not-identifiable',
    ])
    expect(lettersDue(request({ calls: [call('SEVERAL'), call(state)] })), state).toEqual([])
  }
})

test('a moved appointment is confirmed again', () => {
  const appointments: RequestDetail['appointments'] = [
    {
      id: 'a',
      requestId: 'r',
      requestNumber: 'P-2026-1',
      language: 'fi',
      slot: {
        id: 's',
        office: { id: 'o', names: { fi: '', sv: '', en: '' }, address: { fi: '', sv: '', en: '' } },
        startsAt: '2026-12-01T08:00:00Z',
        endsAt: '2026-12-01T09:00:00Z',
        host: person,
        isBooked: true,
      },
      needs: [],
      state: 'BOOKED',
      bookedAt: '2026-11-22T08:00:00Z',
      isUrgent: false,
      canBeOpened: false,
    },
  ]
  const due = (at: string) => lettersDue(request({ appointments, letters: [letter('appointment', at)] }))
  expect([due('2026-11-21T08:00:00Z'), due('2026-11-22T08:00:01Z')]).toEqual([['appointment'], []])
})

test('an extension gets a letter, and a closed request has none due', () => {
  const extension = {
    until: '2027-01-20T08:00:00Z',
    reason: 'COMPLEX' as const,
    at: '2026-11-25T08:00:00Z',
    by: person,
  }
  const closed = { at: '2026-11-26T08:00:00Z', outcome: 'ANSWERED' as const }
  expect([lettersDue(request({ extension })), lettersDue(request({ extension, closed }))]).toEqual([['extension'], []])
})

test('a log extract has its own letter, also after the answer (LX3)', () => {
  const requested = request({ kinds: ['KNOW', 'LOG_EXTRACT'], calls: [call('MATCHED')] })
  const letters = [letter('answer', '2026-11-21T08:00:00Z', true)]
  expect([lettersDue(requested), lettersDue({ ...requested, letters })]).toEqual([
    ['answer', 'log-extract'],
    ['log-extract'],
  ])
})

test('only a copy that can be fetched gets a covering letter', () => {
  const copy = (state: RequestDetail['copies'][number]['state']): RequestDetail['copies'][number] => ({
    id: state,
    recordingId: 'a',
    method: 'KEY',
    madeBy: person,
    state,
    downloads: [],
    madeAt: '2026-11-22T08:00:00Z',
    expiresAt: '2026-11-29T08:00:00Z',
  })
  const due = (state: Parameters<typeof copy>[0], letters: Letter[] = []) =>
    lettersDue(request({ kinds: ['COPY'], copies: [copy(state)], letters }))
  expect([due('making'), due('ready'), due('taken'), due('failed')]).toEqual([[], ['copy'], [], []])
  expect(due('ready', [letter('copy', '2026-11-21T08:00:00Z', true)])).toEqual(['copy'])
  expect(due('ready', [letter('copy', '2026-11-23T08:00:00Z', true)])).toEqual([])
})

test('a request for a copy of another’s call is still answered', () => {
  expect(lettersDue(request({ kinds: ['COPY'], next: ['answer'], calls: [call('NOT_PARTY')] }))).toHaveLength(1)
  expect(lettersDue(request({ kinds: ['COPY'], next: ['make-copy', 'answer'], calls: [call('MATCHED')] }))).toEqual([])
})

test('a restriction gets its own letter once its call is known, and its end gets one from the decision maker', () => {
  const requested = request({ kinds: ['RESTRICTION'], next: ['answer'], calls: [call('MATCHED')] })
  expect([lettersDue(requested), lettersDue({ ...requested, next: [], calls: [call('FOUND')] })]).toEqual([
    ['restriction'],
    [],
  ])
  expect(otherKinds(requested, ['restriction'])).toContain('restriction-end')
  expect(otherKinds(request({}), [])).not.toContain('restriction-end')
})

test('the ground of a refusal can be chosen once a call is matched: for an erasure, a restriction, every request', () => {
  const calls = [call('MATCHED')]
  expect(groundsOf({ kinds: ['ERASURE'], calls: [call('NOT_FOUND')] })).toEqual([])
  expect(groundsOf({ kinds: ['KNOW'], calls })).toEqual(['EXCESSIVE', 'RESTRICTED'])
  expect(groundsOf({ kinds: ['OBJECTION'], calls })).toEqual(['NEEDED', 'EXCESSIVE', 'RESTRICTED'])
  expect(groundsOf({ kinds: ['RESTRICTION'], calls })).toEqual(['NO_REASON', 'EXCESSIVE', 'RESTRICTED'])
})

test('other letters offered depend on the kind of request', () => {
  expect(otherKinds(request({}), ['answer'])).toEqual([
    'received',
    'extension',
    'appointment',
    'destroyed-before',
    'prohibition',
    'not-identifiable',
    'refusal',
  ])
  expect(otherKinds(request({ kinds: ['LOG_EXTRACT'] }), [])).toContain('log-extract')
  expect(otherKinds(request({ party: 'OUTSIDER', kinds: ['OPENNESS'] }), [])).toEqual(['received', 'extension'])
})

test('letters to be sent come first, then the newest', () => {
  const [sent, waits, newer] = [
    letter('received', '2026-11-20T08:00:00Z', true),
    letter('answer', '2026-11-21T08:00:00Z'),
    letter('appointment', '2026-11-22T08:00:00Z', true),
  ]
  expect(sortLetters([sent, waits, newer])).toEqual([waits, newer, sent])
})

test('a URL that names no valid template shows no template', () => {
  expect([
    readTemplateChoice({ kind: 'answer', language: 'sv' }),
    readTemplateChoice({ kind: 'x', language: 'de' }),
  ]).toEqual([{ kind: 'answer', language: 'sv' }, {}])
})

test('the styles of a letter have the nonce of the page that shows it', () => {
  expect(forFrame('<style>p{}</style><style media="print">', 'abc')).toBe(
    '<style nonce="abc">p{}</style><style nonce="abc" media="print">',
  )
})
