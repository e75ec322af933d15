import { parseDate } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import { keyOf, lastDayWithin, renewalOf, unitsOf, withRole, type NewRight } from './new-right.ts'
import type { Candidate, HeldRight, Offer } from './rights-shapes.ts'

const today = parseDate('2026-11-25')
const offer = {
  asksFor: 'everybody',
  people: [],
  roles: [
    { role: 'OFFICIAL', purposes: ['DEVELOPMENT', 'INSPECTION'], scope: 'own' },
    { role: 'EXPERT', duty: 'TRAINING', purposes: ['TRAINING'], scope: 'numbers' },
  ],
} as Offer
const person = (given: Partial<Candidate> = {}): Candidate => ({
  id: 'p',
  name: 'Aino',
  userId: 'aino',
  supervises: [],
  ...given,
})
const empty: NewRight = {
  people: [],
  role: '',
  purposes: [],
  units: ['u'],
  numbers: ['n'],
  reason: 'x',
  from: null,
  until: null,
}

describe('a chosen role', () => {
  test('sets its only purpose, and clears choices made for another role', () => {
    expect(withRole(empty, offer, 'EXPERT:TRAINING')).toMatchObject({
      role: 'EXPERT:TRAINING',
      purposes: ['TRAINING'],
      units: [],
      numbers: [],
      reason: 'x',
    })
    expect(withRole(empty, offer, 'OFFICIAL')).toMatchObject({ purposes: [] })
    expect(keyOf({ role: 'EXPERT', duty: 'QUALITY' })).toBe('EXPERT:QUALITY')
  })
})

test('the units of several people are those in which each is a supervisor', () => {
  const unit = (id: string) => ({ id, name: id, officials: 1 })
  const people = [person({ supervises: [unit('a'), unit('b')] }), person({ supervises: [unit('b'), unit('c')] })]
  expect(unitsOf(people)).toEqual([unit('b')])
  expect(unitsOf([])).toEqual([])
})

describe('the last day', () => {
  test('is twelve months ahead, or the last of the employment', () => {
    expect(lastDayWithin(today).toString()).toBe('2027-11-25')
    // The employment ends at midnight after its last day.
    expect(lastDayWithin(today, { employedTo: '2027-02-28T22:00:00Z' }).toString()).toBe('2027-02-28')
    expect(lastDayWithin(today, { employedTo: '2029-01-01T22:00:00Z' }).toString()).toBe('2027-11-25')
  })
})

describe('a renewed right', () => {
  const right = {
    role: 'OFFICIAL',
    purposes: ['DEVELOPMENT', 'QUALITY'],
    scope: { kind: 'own', units: [], numbers: [] },
    reason: 'Vastaa puheluihin',
    until: '2026-12-10T22:00:00Z',
  } as unknown as HeldRight

  test('begins the day after the last day of the old right, with what the description still offers', () => {
    expect(renewalOf(right, offer, person(), today)).toMatchObject({
      role: 'OFFICIAL',
      purposes: ['DEVELOPMENT'],
      reason: 'Vastaa puheluihin',
      from: parseDate('2026-12-11'),
      until: parseDate('2027-12-11'),
    })
  })

  test('begins at once if the old right has ended, and has no role if that role is no longer offered', () => {
    expect(renewalOf({ ...right, until: '2026-11-01T22:00:00Z' }, offer, person(), today)).toMatchObject({
      from: null,
      until: parseDate('2027-11-25'),
    })
    // Begins at once although the last day is ahead: the right was revoked.
    expect(renewalOf({ ...right, state: 'revoked' }, offer, person(), today)).toMatchObject({
      from: null,
      until: parseDate('2027-11-25'),
    })
    expect(renewalOf({ ...right, role: 'SECURITY' }, offer, person(), today)).toMatchObject({ role: '', purposes: [] })
  })
})
