import { describe, expect, test } from 'vitest'
import { readHolderFilters, readNewRight } from './rights-shapes.ts'
import { endsSoon, mayRequestAgain, refusalIn, periodText, roleText } from './rights-words.ts'
import type { HeldRight } from './rights-shapes.ts'

const t = (key: string, values?: Record<string, string | number>) =>
  values ? `${key} ${Object.values(values).join(' ')}` : key

describe('a refusal', () => {
  test('names the person concerned, and the form field', () => {
    const error = { error: { code: 'right.beyond-employment', message: '', of: 'Aino Virtanen' } }
    expect(refusalIn(error, t)).toEqual({ text: 'Aino Virtanen: error.right.beyond-employment', field: 'until' })
    expect(refusalIn({ error: { code: 'right.decided', message: '' } }, t)).toEqual({ text: 'error.right.decided' })
  })

  test('that is not specific to the procedure gets the general sentence', () => {
    expect(refusalIn({ error: { code: 'deny.role', message: '' } }, t)).toEqual({ text: 'error.deny.role' })
    expect(refusalIn(new Error('x'), t)).toEqual({ text: 'error.other' })
  })
})

test('a period is written with its last day, not with the instant after it', () => {
  expect(periodText({ from: '2026-11-30T22:00:00Z', until: '2027-06-15T21:00:00Z' }, t, 'fi')).toBe(
    '1.12.2026–15.6.2027',
  )
  expect(periodText({ until: '2027-06-15T21:00:00Z' }, t, 'fi')).toBe('rights.period.fromApproval 15.6.2027')
  expect(periodText({ from: '2026-11-30T22:00:00Z' }, t, 'fi')).toBe('rights.period.open 1.12.2026')
})

test('the text of an expert’s role includes the duty', () => {
  expect(roleText({ role: 'EXPERT', duty: 'TRAINING' }, t)).toBe('rights.role.EXPERT (rights.duty.TRAINING)')
  expect(roleText({ role: 'SECURITY' }, t)).toBe('rights.role.SECURITY')
})

describe('a right that ends soon', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  const right = (given: Partial<HeldRight>) =>
    ({
      role: 'OFFICIAL',
      state: 'active',
      from: '2026-01-01T00:00:00Z',
      until: '2026-12-10T22:00:00Z',
      ...given,
    }) as HeldRight

  test('ends within thirty days', () => {
    expect(endsSoon(right({}), [right({})], now)).toBe(true)
    expect(endsSoon(right({ until: '2027-01-10T22:00:00Z' }), [], now)).toBe(false)
    expect(endsSoon(right({ state: 'revoked' }), [], now)).toBe(false)
    const { until: _, ...open } = right({})
    expect(endsSoon(open, [], now)).toBe(false)
  })

  test('is not followed by another right without a gap', () => {
    const next = right({ from: '2026-12-10T22:00:00Z', until: '2027-11-25T22:00:00Z', state: 'upcoming' })
    expect(endsSoon(right({}), [right({}), next], now)).toBe(false)
    expect(endsSoon(right({}), [right({}), { ...next, from: '2026-12-12T22:00:00Z' }], now)).toBe(true)
    expect(endsSoon(right({}), [right({}), { ...next, role: 'EXPERT' }], now)).toBe(true)
  })
})

test('a URL is parsed for its possible values, and nothing else', () => {
  const id = '11111111-1111-4111-8111-111111111111'
  expect(readNewRight({ person: id, renew: 'x', other: 1 })).toEqual({ person: id })
  expect(readNewRight({ renew: id })).toEqual({})
  expect(readHolderFilters({ q: ' a ', role: 'EXPERT', x: 1 })).toEqual({ q: 'a', role: 'EXPERT' })
  expect(readHolderFilters({ q: 1, role: 'KING' })).toEqual({})
})

describe('a right that can be requested again', () => {
  const past = [
    { id: 'old', role: 'EXPERT', duty: 'QUALITY', grantedAt: '2025-11-25T12:00:00Z' },
    { id: 'last', role: 'EXPERT', duty: 'QUALITY', grantedAt: '2026-01-25T12:00:00Z' },
    { id: 'other', role: 'EXPERT', duty: 'TRAINING', grantedAt: '2025-01-25T12:00:00Z' },
  ] as const
  const offered = (ahead: Parameters<typeof mayRequestAgain>[2]) =>
    past.filter((right) => mayRequestAgain(right, past, ahead)).map(({ id }) => id)

  test('is offered once for each role and duty: the last right', () => {
    expect(offered([])).toEqual(['last', 'other'])
  })

  test('is not offered if the same role and duty is held or requested', () => {
    expect(offered([{ role: 'EXPERT', duty: 'QUALITY' }])).toEqual(['other'])
    expect(offered([{ role: 'OFFICIAL' }])).toEqual(['last', 'other'])
  })
})
