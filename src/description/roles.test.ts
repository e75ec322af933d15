import { expect, test } from 'vitest'
import { covers, needsReference, purposes } from './purposes.ts'
import { roles, widestPurposes } from './roles.ts'

test('DEVELOPMENT covers quality, training and studies, and nothing covers DEVELOPMENT (R4)', () => {
  expect(purposes.filter((requested) => covers('DEVELOPMENT', requested))).toEqual([
    ...['DEVELOPMENT', 'QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'],
  ])
  expect(purposes.filter((held) => covers(held, 'DEVELOPMENT'))).toEqual(['DEVELOPMENT'])
  expect(covers('QUALITY', 'TRAINING')).toBe(false)
})

test('a fault, a case or a request must be named, except for one’s own calls (R5, R40, R46, R48)', () => {
  const named = (role: string) => purposes.filter((purpose) => needsReference(purpose, role))
  expect(named('SERVICE_UNIT')).toEqual(['CRIME_OR_MISUSE', 'INSPECTION', 'MAINTENANCE'])
  expect(named('OFFICIAL')).toEqual(['CRIME_OR_MISUSE', 'MAINTENANCE'])
})

test('only the security unit may view for crime or misuse (R5), and only maintenance for faults (R40)', () => {
  const holders = (purpose: (typeof purposes)[number]) =>
    roles.filter((role) =>
      [undefined, 'QUALITY' as const, 'TRAINING' as const].some((duty) => widestPurposes(role, duty).includes(purpose)),
    )
  expect(holders('CRIME_OR_MISUSE')).toEqual(['SECURITY'])
  expect(holders('MAINTENANCE')).toEqual(['MAINTENANCE'])
  expect(holders('INSPECTION')).toEqual(['OFFICIAL', 'SERVICE_UNIT'])
})
