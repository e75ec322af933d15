import { expect, test } from 'vitest'
import type { AccessRight } from '../api/shapes.ts'
import { hasRole, purposesOf } from './rights.ts'

const right = (purposes: AccessRight['purposes']): AccessRight => ({
  id: 'c0ffee00-0000-4000-8000-000000000000',
  role: 'EXPERT',
  purposes,
  scope: { kind: 'all' },
})

test('each purpose is offered once, in the order of the description', () => {
  const rights = [
    right([{ purpose: 'TRAINING', referenceNeeded: false }]),
    right([
      { purpose: 'DEVELOPMENT', referenceNeeded: false },
      { purpose: 'TRAINING', referenceNeeded: false },
    ]),
  ]
  expect(purposesOf({ rights }).map((one) => one.purpose)).toEqual(['DEVELOPMENT', 'TRAINING'])
})

test('a reference is requested if one of the rights needs it', () => {
  const strict = right([{ purpose: 'MAINTENANCE', referenceNeeded: true }])
  const free = right([{ purpose: 'MAINTENANCE', referenceNeeded: false }])
  expect(purposesOf({ rights: [strict] })[0]?.referenceNeeded).toBe(true)
  expect(purposesOf({ rights: [strict, free] })[0]?.referenceNeeded).toBe(true)
})

test('a person without rights gets no purpose', () => {
  expect(purposesOf({ rights: [] })).toEqual([])
})

test('a person has the roles of all their rights and no others', () => {
  const rights = [right([]), { ...right([]), role: 'SUPERVISOR' as const }]
  expect(hasRole({ rights }, 'ADMINISTRATOR', 'SUPERVISOR')).toBe(true)
  expect(hasRole({ rights }, 'ADMINISTRATOR')).toBe(false)
  expect(hasRole({ rights: [] }, 'EXPERT')).toBe(false)
})
