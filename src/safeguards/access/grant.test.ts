import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { publishWithoutRole } from '#test/database/describe-from.ts'
import { enterTestPerson, type TestPerson, recordRight } from '#test/database/people.ts'
import { purposes, type Purpose } from '#description/purposes.ts'
import { widestScope, type Role } from '#description/roles.ts'
import { requestGrant, rightsOf } from './grant.ts'
import type { SafeguardTables } from '../tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const now = () => Temporal.Now.instant()

const scopeOf = (role: Role) => ({ kind: widestScope(role), units: [], numbers: [] })
const quality = { role: 'EXPERT', duty: 'QUALITY' } as const
const person = (right?: { role: Role; purposes: Purpose[]; until?: Temporal.Instant }) =>
  enterTestPerson(admin, desk, { name: 'Joku', ...(right && { right: { ...right, scope: scopeOf(right.role) } }) })

async function request(person: TestPerson, purpose: Purpose, reference?: string, at = now()) {
  return requestGrant(desk, await person.signIn(), { purpose, reference, action: 'contacts.listed' }, at)
}

const refusalsOf = async (person: TestPerson) =>
  (
    await admin
      .selectFrom('audit_entry')
      .select(['result', 'purpose'])
      .where('person_id', '=', person.id)
      .where('result', 'like', 'refused:%')
      .orderBy('seq')
      .execute()
  ).map(({ result, purpose }) => [result, purpose])

describe('a purpose', () => {
  test('that is not held is refused, and the refusal is logged', async () => {
    const user = await person({ role: 'SUPERVISOR', purposes: ['TRAINING'] })
    expect(await request(user, 'QUALITY')).toEqual({ refused: 'deny.purpose' })
    expect(await refusalsOf(user)).toEqual([['refused:deny.purpose', 'QUALITY']])
  })

  test('of a person without any right is refused', async () => {
    const user = await person()
    for (const purpose of purposes) expect(await request(user, purpose)).toEqual({ refused: 'deny.purpose' })
    expect(await refusalsOf(user)).toEqual(purposes.map((purpose) => ['refused:deny.purpose', purpose]))
  })

  test.each(['QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY', 'DEVELOPMENT'] as const)(
    'DEVELOPMENT covers %s',
    async (part) => {
      const grant = await request(await person({ role: 'SUPERVISOR', purposes: ['DEVELOPMENT'] }), part)
      expect(grant).toMatchObject({ purpose: part, rights: [{ role: 'SUPERVISOR' }] })
    },
  )

  test('that is a part of DEVELOPMENT covers neither the whole nor another part', async () => {
    for (const held of ['QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'] as const) {
      const user = await person({ role: 'SUPERVISOR', purposes: [held] })
      for (const purpose of purposes.filter((other) => other !== held)) {
        expect(await request(user, purpose), `${held} for ${purpose}`).toEqual({ refused: 'deny.purpose' })
      }
    }
  })

  test('DEVELOPMENT covers neither maintenance, nor crime or misuse, nor inspection', async () => {
    const user = await person({ role: 'SUPERVISOR', purposes: ['DEVELOPMENT'] })
    for (const purpose of ['MAINTENANCE', 'CRIME_OR_MISUSE', 'INSPECTION'] as const) {
      expect(await request(user, purpose, 'R-1')).toEqual({ refused: 'deny.purpose' })
    }
  })
})

describe('an inspection', () => {
  test('by the Service Unit names its request, and one of one’s own calls does not (R46, R48)', async () => {
    const paula = await person({ role: 'SERVICE_UNIT', purposes: ['INSPECTION'] })
    expect(await request(paula, 'INSPECTION')).toEqual({ refused: 'deny.reference' })
    expect(await request(paula, 'INSPECTION', ' ')).toEqual({ refused: 'deny.reference' })
    expect(await request(paula, 'INSPECTION', 'T-1')).toMatchObject({ reference: 'T-1' })
    expect(await request(await person({ role: 'OFFICIAL', purposes: ['INSPECTION'] }), 'INSPECTION')).toMatchObject({
      purpose: 'INSPECTION',
    })
  })

  test('by a holder of two rights, one of which needs no request, uses only that one if no request is named', async () => {
    const both = await person({ role: 'OFFICIAL', purposes: ['INSPECTION'] })
    const [requestedBy, approvedBy] = [await person(), await person()]
    await recordRight(admin, {
      ...{ personId: both.id, role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: scopeOf('SERVICE_UNIT') },
      ...{
        requestedBy: requestedBy.id,
        approvedBy: approvedBy.id,
        from: Temporal.Instant.from('2020-01-01T00:00:00Z'),
      },
    })
    const rightsBehind = async (reference?: string) => {
      const grant = await request(both, 'INSPECTION', reference)
      return 'refused' in grant ? grant.refused : grant.rights.map(({ role }) => role).sort()
    }
    expect(await rightsBehind()).toEqual(['OFFICIAL'])
    expect(await rightsBehind('T-1')).toEqual(['OFFICIAL', 'SERVICE_UNIT'])
  })
})

describe('a right', () => {
  test('that has ended is refused with the instant of its end, and logged', async () => {
    const until = Temporal.Instant.from('2026-03-31T21:00:00Z')
    const eero = await person({ role: 'SUPERVISOR', purposes: ['QUALITY'], until })
    const before = until.subtract({ milliseconds: 1 })
    expect(await request(eero, 'QUALITY', undefined, before)).toMatchObject({ purpose: 'QUALITY' })
    expect(await request(eero, 'QUALITY', undefined, until)).toEqual({ refused: 'deny.expired', expiredAt: until })
    expect(await refusalsOf(eero)).toEqual([['refused:deny.expired', 'QUALITY']])
  })

  test('to DEVELOPMENT ends for its parts at the same instant', async () => {
    const until = Temporal.Instant.from('2026-03-31T21:00:00Z')
    const eero = await person({ role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], until })
    expect(await request(eero, 'TRAINING')).toEqual({ refused: 'deny.expired', expiredAt: until })
    expect(await request(eero, 'MAINTENANCE', 'F-1')).toEqual({ refused: 'deny.purpose' })
  })

  test('that was revoked after its end is reported as ended at its end', async () => {
    const until = Temporal.Instant.from('2026-03-31T21:00:00Z')
    const eero = await person({ role: 'SUPERVISOR', purposes: ['QUALITY'], until })
    await admin
      .updateTable('access_right')
      .set({ revoked_at: until.add({ hours: 5 }) })
      .where('person_id', '=', eero.id)
      .execute()
    expect(await request(eero, 'QUALITY')).toEqual({ refused: 'deny.expired', expiredAt: until })
  })

  test('that is revoked is over from that instant', async () => {
    const user = await person({ role: 'SUPERVISOR', purposes: ['QUALITY'] })
    const revokedAt = Temporal.Instant.from(now().toString({ smallestUnit: 'millisecond' }))
    await admin.updateTable('access_right').set({ revoked_at: revokedAt }).where('person_id', '=', user.id).execute()
    expect(await request(user, 'QUALITY')).toEqual({ refused: 'deny.expired', expiredAt: revokedAt })
  })

  test('in the future is not in force yet', async () => {
    const user = await person()
    const [a, b] = [await person(), await person()]
    const from = now().add({ hours: 1 }).round('millisecond')
    const future = { role: 'SUPERVISOR' as const, purposes: ['QUALITY' as const], scope: scopeOf('SUPERVISOR') }
    await recordRight(admin, { ...future, personId: user.id, requestedBy: a.id, approvedBy: b.id, from })
    expect(await request(user, 'QUALITY')).toEqual({ refused: 'deny.purpose' })
    expect(await rightsOf(desk, user.id, from)).toHaveLength(1)
  })

  test('is approved neither by its subject nor by its requester', async () => {
    const [user, other] = [await person(), await person()]
    const held = { role: 'SUPERVISOR' as const, purposes: ['QUALITY' as const], scope: scopeOf('SUPERVISOR') }
    const right = { ...held, personId: user.id, from: now() }
    await expect(recordRight(admin, { ...right, requestedBy: other.id, approvedBy: user.id })).rejects.toThrow(/check/)
    await expect(recordRight(admin, { ...right, requestedBy: other.id, approvedBy: other.id })).rejects.toThrow(/check/)
  })
})

describe('a reference', () => {
  test.each([
    ['MAINTENANCE', 'MAINTENANCE'],
    ['SECURITY', 'CRIME_OR_MISUSE'],
  ] as const)('%s views under %s only with one, and a blank does not count', async (role, purpose) => {
    const user = await person({ role, purposes: [purpose] })
    for (const blank of [undefined, '', '  \t'])
      expect(await request(user, purpose, blank)).toEqual({ refused: 'deny.reference' })
    expect(await refusalsOf(user)).toEqual([1, 2, 3].map(() => ['refused:deny.reference', purpose]))
    expect(await request(user, purpose, ' F-12 ')).toMatchObject({ purpose, reference: 'F-12' })
  })

  test('does not open a purpose that is not held', async () => {
    const user = await person({ role: 'SUPERVISOR', purposes: ['DEVELOPMENT'] })
    expect(await request(user, 'CRIME_OR_MISUSE', 'case 1')).toEqual({ refused: 'deny.purpose' })
  })
})

describe('the description in force bounds every right', () => {
  test('a right has at most its role’s purposes, and no effect if its scope is wider than the role’s', async () => {
    const wide = await person({ role: 'SUPERVISOR', purposes: ['QUALITY', 'CRIME_OR_MISUSE', 'INSPECTION'] })
    expect(await rightsOf(desk, wide.id, now())).toMatchObject([{ role: 'SUPERVISOR', purposes: ['QUALITY'] }])
    expect(await request(wide, 'QUALITY')).toMatchObject({ rights: [{ purposes: ['QUALITY'] }] })
    expect(await request(wide, 'CRIME_OR_MISUSE', 'R-1')).toEqual({ refused: 'deny.purpose' })
    const whole = await enterTestPerson(admin, desk, {
      name: 'Eero',
      right: { ...quality, purposes: ['DEVELOPMENT'], scope: scopeOf('EXPERT') },
    })
    // Of DEVELOPMENT, only the parts that the description gives the role: QUALITY and SERVICE_LEVEL_STUDY.
    expect((await rightsOf(desk, whole.id, now())).map(({ purposes }) => purposes)).toEqual([
      ['QUALITY', 'SERVICE_LEVEL_STUDY'],
    ])
    expect(await request(whole, 'TRAINING')).toEqual({ refused: 'deny.purpose' })
    const everywhere = await enterTestPerson(admin, desk, {
      name: 'Kaikkialla',
      right: { role: 'SUPERVISOR', purposes: ['QUALITY'], scope: { kind: 'all', units: [], numbers: [] } },
    })
    expect(await rightsOf(desk, everywhere.id, now())).toEqual([])
    expect(await request(everywhere, 'QUALITY')).toEqual({ refused: 'deny.purpose' })
  })

  test('a right to a role missing from the description in force has no effect', async () => {
    const eero = await enterTestPerson(admin, desk, {
      name: 'Eero',
      right: { ...quality, purposes: ['QUALITY'], scope: scopeOf('EXPERT') },
    })
    const without = now().add({ hours: 24 })
    await publishWithoutRole(database.as().pool, without, { without: quality })
    expect(await rightsOf(desk, eero.id, without.subtract({ milliseconds: 1 }))).toHaveLength(1)
    expect(await rightsOf(desk, eero.id, without)).toEqual([])
    expect(await request(eero, 'QUALITY', undefined, without)).toEqual({ refused: 'deny.purpose' })
  })
})

test('a refusal that cannot be logged fails the request', async () => {
  const user = await person()
  const pool = database.as().pool
  await pool.query(`alter table audit_entry add constraint broken check (result not like 'refused:%') not valid`)
  try {
    await expect(request(user, 'QUALITY')).rejects.toThrow('broken')
  } finally {
    await pool.query('alter table audit_entry drop constraint broken')
  }
})

describe('a view without a purpose', () => {
  test('is made under the primary one, or the first that the person holds', async () => {
    const viewAs = async (purposes: Purpose[], role: 'SUPERVISOR' | 'EXPERT' | 'MAINTENANCE') => {
      const person = await enterTestPerson(admin, desk, {
        name: role,
        right: {
          role,
          ...(role === 'EXPERT' && { duty: 'TRAINING' }),
          purposes,
          scope: scopeOf(role),
        },
      })
      return requestGrant(desk, await person.signIn(), { action: 'contact.read' }, Temporal.Now.instant())
    }
    expect(await viewAs(['QUALITY', 'DEVELOPMENT'], 'SUPERVISOR')).toMatchObject({ purpose: 'DEVELOPMENT' })
    expect(await viewAs(['TRAINING'], 'EXPERT')).toMatchObject({ purpose: 'TRAINING' })
    expect(await viewAs(['MAINTENANCE'], 'MAINTENANCE')).toEqual({ refused: 'deny.reference' })
  })
})
