import { expect, test } from 'vitest'
import { authorityBody, authorityFormOf, newAuthority } from './authority-form.ts'

const nowMs = Date.parse('2026-11-26T08:00:30Z')
const filled = {
  ...newAuthority(nowMs),
  authority: ' Helsingin poliisilaitos ',
  officer: 'Päivystys',
  caseNumber: 'R 1',
}

test('an authority’s request defaults to received now in Finland, without a ground if none is chosen', () => {
  expect(authorityBody(filled, nowMs)).toEqual({
    body: {
      origin: 'REQUEST',
      authority: 'Helsingin poliisilaitos',
      officer: 'Päivystys',
      caseNumber: 'R 1',
      aim: 'INVESTIGATION',
      receivedAt: '2026-11-26T08:00:00.000Z',
    },
  })
})

test('missing fields of an authority’s request are named, and its receipt cannot be in the future', () => {
  expect(authorityBody({ ...filled, officer: ' ', day: '2026-11-27' }, nowMs)).toEqual({
    wrong: ['officer', 'receivedAt'],
  })
  expect(authorityBody({ ...filled, time: '' }, nowMs)).toEqual({ wrong: ['receivedAt'] })
})

test('correcting a request starts from its entered values', () => {
  const entered = {
    origin: 'OWN_INITIATIVE',
    authority: 'KRP',
    officer: 'NN',
    caseNumber: 'R 2',
    aim: 'PREVENTION',
    provision: { id: 'police', names: { fi: '', sv: '', en: '' }, isInForce: true },
    receivedAt: '2026-06-01T06:15:00.000Z',
  } as const
  expect(authorityFormOf(entered)).toMatchObject({ provisionId: 'police', day: '2026-06-01', time: '09:15:00' })
})
