import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { publishWithoutRole } from '#test/database/describe-from.ts'
import { callFacts, enterTestPerson, phone, recordingFacts, type TestPerson } from '#test/database/people.ts'
import { purposes, type Purpose } from '#description/purposes.ts'
import { roles } from '#description/roles.ts'
import { inSession } from '#platform/database/connect.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { sessionHash, signOut, type Session } from '#safeguards/people/session.ts'
import { servesRequests } from '#safeguards/access/decide.ts'
import { requestGrant, rightCovering, underGrant, type Grant } from '#safeguards/access/grant.ts'
import { servedRequest } from '#test/requests/served-request.ts'

/**
 * Number of random cases in which a Grant made from stored rights is compared with the database;
 * program-agrees-with-policies.test.ts has many more.
 */
const randomCases = 2_000
/** A case is a set of rights, a purpose and a segment; at least this many sets of rights occur. */
const minRuns = 30

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const now = () => Temporal.Now.instant()
const none = { units: [], numbers: [] }
const national = phone('029 497 000')
const regional = phone('029 497 010')

let aino: TestPerson
let bertil: TestPerson
/** A transferred call: Aino answered, then Bertil. Both segments are recorded. */
let transferred: { contactId: string; first: string; second: string }
/** Segments of a call that Aino alone answered, and of one that Bertil alone answered, each to another number. */
let ainos: string
let bertils: string

const officialOf = (person: TestPerson, name: string): SegmentFacts['official'] => ({
  personId: person.id,
  unitId: person.unitId,
  name,
  phone: phone('029 512 1001'),
})

async function admitCall(changes: Partial<SegmentFacts>) {
  const facts = callFacts({ recording: recordingFacts(), ...changes })
  return { ...(await admit(capture, facts)), segmentId: facts.segmentId }
}

beforeAll(async () => {
  const own = {
    role: 'OFFICIAL' as const,
    purposes: ['DEVELOPMENT' as const],
    scope: { kind: 'own' as const, ...none },
  }
  aino = await enterTestPerson(admin, desk, { name: 'Aino', unit: 'A1', right: own })
  bertil = await enterTestPerson(admin, desk, { name: 'Bertil', unit: 'A2', right: own })
  const first = await admitCall({ callIds: ['t'], official: officialOf(aino, 'Aino Virtanen') })
  const second = await admitCall({
    callIds: ['t'],
    official: officialOf(bertil, 'Bertil Lindqvist'),
    numberReached: { key: regional },
  })
  transferred = { contactId: first.contactId, first: first.segmentId, second: second.segmentId }
  ainos = (await admitCall({ official: officialOf(aino, 'Aino Virtanen') })).segmentId
  bertils = (await admitCall({ official: officialOf(bertil, 'Bertil Lindqvist'), numberReached: { key: regional } }))
    .segmentId
  await admitCall({ official: undefined, recording: undefined })
})

/** Returns what the desk's database role is shown under arbitrary settings. */
function shownTo(settings: Record<string, string>) {
  return inSession(desk, settings, async (tx) => ({
    segments: (await tx.selectFrom('segment').select('id').execute()).map(({ id }) => id).sort(),
    contacts: (await tx.selectFrom('contact').select('id').execute()).length,
    recordings: (await tx.selectFrom('recording').select('segment_id').execute()).map((row) => row.segment_id).sort(),
  }))
}

const shownUnder = (session: Session, purpose: Purpose) =>
  shownTo({ 'seloste.session': session.token, 'seloste.purpose': purpose, 'seloste.reference': 'R-1' })

const nothing = { segments: [], contacts: 0, recordings: [] }

describe('the matrix of roles (R37-R41)', () => {
  test('an official sees their own segments, also of a transferred call, and no segment of another official', async () => {
    const shown = await shownUnder(await aino.signIn(), 'DEVELOPMENT')
    expect(shown).toEqual({
      segments: [transferred.first, ainos].sort(),
      contacts: 2,
      recordings: [transferred.first, ainos].sort(),
    })
    const other = await shownUnder(await bertil.signIn(), 'DEVELOPMENT')
    expect(other.segments).toEqual([transferred.second, bertils].sort())
  })

  test('a supervisor sees segments by the unit at call time, wherever the official is now', async () => {
    const unitScope = { kind: 'unit' as const, units: [aino.unitId], numbers: [] }
    const sari = await enterTestPerson(admin, desk, {
      name: 'Sari',
      unit: 'A1',
      right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: unitScope },
    })
    const session = await sari.signIn()
    const expected = [transferred.first, ainos].sort()
    expect((await shownUnder(session, 'QUALITY')).segments).toEqual(expected)
    await admin
      .updateTable('person_placement')
      .set({ unit_id: bertil.unitId })
      .where('person_id', '=', aino.id)
      .execute()
    expect((await shownUnder(session, 'QUALITY')).segments).toEqual(expected)
    await admin.updateTable('person_placement').set({ unit_id: aino.unitId }).where('person_id', '=', aino.id).execute()
  })

  test('an expert sees calls to the grant’s numbers, under the duty’s purpose and no other', async () => {
    const tiina = await enterTestPerson(admin, desk, {
      name: 'Tiina',
      right: {
        role: 'EXPERT',
        duty: 'TRAINING',
        purposes: ['TRAINING'],
        scope: { kind: 'numbers', units: [], numbers: [regional] },
      },
    })
    const session = await tiina.signIn()
    expect((await shownUnder(session, 'TRAINING')).segments).toEqual([transferred.second, bertils].sort())
    for (const purpose of purposes.filter((other) => other !== 'TRAINING')) {
      expect(await shownUnder(session, purpose)).toEqual(nothing)
    }
  })

  test.each([
    ['MAINTENANCE', 'MAINTENANCE'],
    ['SECURITY', 'CRIME_OR_MISUSE'],
  ] as const)('%s sees everything under %s and nothing under another purpose', async (role, purpose) => {
    const user = await enterTestPerson(admin, desk, {
      name: role,
      right: { role, purposes: [purpose], scope: { kind: 'all', ...none } },
    })
    const session = await user.signIn()
    expect((await shownUnder(session, purpose)).segments).toHaveLength(5)
    for (const other of purposes.filter((held) => held !== purpose))
      expect(await shownUnder(session, other)).toEqual(nothing)
    // The role sees nothing under its purpose without the number of a fault, case or request.
    for (const reference of ['', ' \t']) {
      const settings = { 'seloste.session': session.token, 'seloste.purpose': purpose, 'seloste.reference': reference }
      expect(await shownTo(settings)).toEqual(nothing)
    }
  })

  test('the Service Unit sees the calls of the open request named by its reference, and nothing else (R46)', async () => {
    const clerk = await enterTestPerson(admin, desk, {
      name: 'Paula',
      right: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: { kind: 'all', ...none } },
    })
    const { token } = await clerk.signIn()
    const shownForReference = (reference: string, purpose: Purpose = 'INSPECTION') =>
      shownTo({ 'seloste.session': token, 'seloste.purpose': purpose, 'seloste.reference': reference })
    const serve = (options: object) =>
      servedRequest(admin, { clerkId: clerk.id, contacts: [transferred.contactId], ...options })
    const both = [transferred.first, transferred.second].sort()
    const request = await serve({})
    expect(await shownForReference(request.number)).toEqual({ segments: both, contacts: 1, recordings: both })
    expect(await shownForReference(` ${request.number} `)).toMatchObject({ contacts: 1 })
    expect(await shownForReference((await serve({ state: 'FOUND' })).number)).toEqual(
      await shownForReference(request.number),
    )
    // Segments of a transferred call that somebody else answered are hidden from the official.
    const bertils = await serve({ party: 'OFFICIAL', officialId: bertil.id })
    expect(await shownForReference(bertils.number)).toEqual({
      segments: [transferred.second],
      contacts: 1,
      recordings: [transferred.second],
    })
    for (const reference of ['', ' ', 'R-1', '%', (await serve({ contacts: [] })).number]) {
      expect(await shownForReference(reference), reference).toEqual(nothing)
    }
    for (const purpose of purposes.filter((purpose) => purpose !== 'INSPECTION')) {
      expect(await shownForReference(request.number, purpose)).toEqual(nothing)
    }
    await sql`update subject_request set closed_at = now(), outcome = 'ANSWERED' where id = ${request.id}`.execute(
      admin,
    )
    expect(await shownForReference(request.number)).toEqual(nothing)
  })

  test.each(['DECISION_MAKER', 'ACCESS_APPROVER'] as const)('%s sees nothing', async (role) => {
    for (const held of [[], [...purposes]] as Purpose[][]) {
      const user = await enterTestPerson(admin, desk, {
        name: role,
        right: { role, purposes: held, scope: { kind: 'none', ...none } },
      })
      const session = await user.signIn()
      for (const purpose of purposes) expect(await shownUnder(session, purpose)).toEqual(nothing)
    }
  })
})

describe('a session', () => {
  test('that was never opened shows nothing, whatever purpose the process sets', async () => {
    for (const token of ['', 'made-up', randomBytes(32).toString('base64url'), aino.id, aino.userId]) {
      for (const purpose of [...purposes, '', '%']) {
        expect(await shownTo({ 'seloste.session': token, 'seloste.purpose': purpose })).toEqual(nothing)
      }
    }
    expect(await shownTo({})).toEqual(nothing)
    const { rows } = await database.as('seloste_desk').pool.query('select id from segment')
    expect(rows).toEqual([])
  })

  test('cannot be used by its hash, which a reader of the session table knows', async () => {
    const session = await aino.signIn()
    const { rows } = await database
      .as('seloste_desk')
      .pool.query<{ token_hash: Buffer }>('select token_hash from session')
    for (const { token_hash } of rows) {
      for (const form of ['hex', 'base64url', 'base64'] as const) {
        expect(
          await shownTo({ 'seloste.session': token_hash.toString(form), 'seloste.purpose': 'DEVELOPMENT' }),
        ).toEqual(nothing)
      }
    }
    expect((await shownUnder(session, 'DEVELOPMENT')).contacts).toBe(2)
  })

  test('that has ended, timed out or belongs to a person who left shows nothing', async () => {
    const [ended, idle, leaver] = [await aino.signIn(), await aino.signIn(), await bertil.signIn()]
    await signOut(desk, ended, now())
    await admin
      .updateTable('session')
      .set({ expires_at: now() })
      .where('person_id', '=', aino.id)
      .where('ended_at', 'is', null)
      .execute()
    await admin.updateTable('person').set({ employed_to: now() }).where('id', '=', bertil.id).execute()
    for (const session of [ended, idle, leaver]) expect(await shownUnder(session, 'DEVELOPMENT')).toEqual(nothing)
    await admin.updateTable('person').set({ employed_to: null }).where('id', '=', bertil.id).execute()
  })

  test('shows nothing once its right is revoked or has ended', async () => {
    const right = {
      role: 'SECURITY' as const,
      purposes: ['CRIME_OR_MISUSE' as const],
      scope: { kind: 'all' as const, ...none },
    }
    for (const end of ['revoked_at', 'valid_to'] as const) {
      const tuula = await enterTestPerson(admin, desk, { name: 'Tuula', right })
      const session = await tuula.signIn()
      expect((await shownUnder(session, 'CRIME_OR_MISUSE')).segments).toHaveLength(5)
      await admin
        .updateTable('access_right')
        .set({ [end]: now() })
        .where('person_id', '=', tuula.id)
        .execute()
      expect(await shownUnder(session, 'CRIME_OR_MISUSE')).toEqual(nothing)
    }
  })

  test('leaves no rights in the pooled connection that it used', async () => {
    const session = await aino.signIn()
    await Promise.all(Array.from({ length: 10 }, () => shownUnder(session, 'DEVELOPMENT')))
    for (let i = 0; i < 10; i++) {
      expect((await database.as('seloste_desk').pool.query('select id from segment')).rows).toEqual([])
    }
  })
})

describe('a listening in the database', () => {
  test('cannot be started for an invisible recording, for another person, or on another’s right', async () => {
    const session = await aino.signIn()
    const [own, others] = await Promise.all(
      [ainos, bertils].map((id) =>
        admin.selectFrom('recording').select('id').where('segment_id', '=', id).executeTakeFirstOrThrow(),
      ),
    )
    const rightOf = async (person: TestPerson) =>
      (await admin.selectFrom('access_right').select('id').where('person_id', '=', person.id).executeTakeFirstOrThrow())
        .id
    const [mine, theirs] = [await rightOf(aino), await rightOf(bertil)]
    const insert = (columns: { recording: string; right: string; person?: string; purpose?: Purpose }) =>
      inSession(desk, { 'seloste.session': session.token, 'seloste.purpose': 'DEVELOPMENT' }, async (tx) => {
        const id = crypto.randomUUID()
        await tx
          .insertInto('listening')
          .values({
            id,
            recording_id: columns.recording,
            person_id: columns.person ?? aino.id,
            right_id: columns.right,
            session_hash: sessionHash(session.token),
            role: 'OFFICIAL',
            purpose: columns.purpose ?? 'DEVELOPMENT',
            reference: null,
            started_at: now(),
            until: now().add({ hours: 1 }),
            ended_at: null,
          })
          .execute()
        await appendAudit(tx, {
          action: 'listening.started',
          result: 'ok',
          personId: aino.id,
          rightId: columns.right,
          role: 'OFFICIAL',
          purpose: 'DEVELOPMENT',
          object: { kind: 'recording', id: columns.recording },
          detail: { listening: id },
        })
      })
    await insert({ recording: own!.id, right: mine })
    for (const wrong of [
      { recording: others!.id, right: mine },
      { recording: own!.id, right: theirs },
      { recording: own!.id, right: mine, person: bertil.id },
      { recording: own!.id, right: mine, purpose: 'MAINTENANCE' as const },
    ]) {
      await expect(insert(wrong)).rejects.toThrow('row-level security')
    }
  })
})

describe('program and database', () => {
  test(`a Grant and the database agree on ${randomCases} random cases`, async () => {
    const units = [aino.unitId, bertil.unitId]
    const numbers = [national, regional]
    // Admits one call for each combination of official, unit and number.
    for (const official of [officialOf(aino, 'A'), officialOf(bertil, 'B'), officialOf(aino, 'C'), undefined]) {
      for (const unitId of [...units, undefined]) {
        for (const key of [...numbers, phone('029 512 000')]) {
          const answering = official && { ...official, unitId }
          await admitCall({ official: answering, numberReached: { key }, recording: undefined })
        }
      }
    }
    const rows = await admin
      .selectFrom('segment')
      .select([
        'id',
        'official_person_id as officialPersonId',
        'official_unit_id as officialUnitId',
        'number_reached as numberReached',
      ])
      .execute()
    expect(rows).toHaveLength(5 + 36)
    const deciders = await Promise.all([1, 2].map(() => enterTestPerson(admin, desk, { name: 'Päättäjä' })))
    const sessions = await Promise.all([aino, bertil].map(async (who) => ({ who, session: await who.signIn() })))
    // Half of the roles are as wide as a description allows. The description narrows the others, mostly to nothing.
    const described: Partial<Record<(typeof roles)[number], 'own' | 'unit' | 'numbers' | 'all'>> = {
      OFFICIAL: 'own',
      SUPERVISOR: 'unit',
      EXPERT: 'numbers',
      MAINTENANCE: 'all',
      SECURITY: 'all',
      SERVICE_UNIT: 'all',
    }
    const right = fc
      .record({
        fits: fc.boolean(),
        role: fc.constantFrom(...roles),
        purposes: fc.subarray([...purposes]),
        kind: fc.constantFrom('own' as const, 'unit' as const, 'numbers' as const, 'all' as const, 'none' as const),
        units: fc.subarray(units),
        numbers: fc.subarray(numbers),
        from: fc.constantFrom(-5, -5, -5, 1),
        to: fc.constantFrom(null, null, 1, 2, -1),
        revoked: fc.constantFrom(null, null, null, 1, -1),
      })
      .map((r) => ({ ...r, kind: (r.fits ? described[r.role] : undefined) ?? r.kind }))
    let cases = 0
    let shown = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sessions),
        fc.array(right, { minLength: 2, maxLength: 6 }),
        async ({ who, session }, rights) => {
          const start = now()
          const at = (h: number) => start.add({ hours: h })
          await admin.deleteFrom('access_right').where('person_id', '=', who.id).execute()
          for (const r of rights) {
            await admin
              .insertInto('access_right')
              .values({
                id: crypto.randomUUID(),
                person_id: who.id,
                role: r.role,
                duty: r.role === 'EXPERT' ? 'QUALITY' : null,
                purposes: r.purposes,
                scope_kind: r.kind,
                scope_units: r.units,
                scope_numbers: r.numbers,
                valid_from: at(r.from),
                valid_to: r.to === null ? null : at(r.to),
                requested_by: deciders[0]!.id,
                approved_by: deciders[1]!.id,
                revoked_at: r.revoked === null ? null : at(r.revoked),
              })
              .execute()
          }
          for (const purpose of purposes) {
            const request = { purpose, reference: 'R-1', action: 'contacts.listed' as const }
            const grant = await requestGrant(desk, session, request, now())
            // No request has this number, so the Service Unit sees nothing under it.
            const expected =
              'refused' in grant
                ? []
                : rows
                    .filter((row) => {
                      const reaching = rightCovering(grant, row)
                      return reaching && !servesRequests(reaching)
                    })
                    .map(({ id }) => id)
            const settings = {
              'seloste.session': session.token,
              'seloste.purpose': purpose,
              'seloste.reference': 'R-1',
            }
            const found = await inSession(desk, settings, (tx) => tx.selectFrom('segment').select('id').execute())
            const actual = found.map(({ id }) => id)
            expect(actual.sort()).toEqual(expected.sort())
            cases += rows.length
            shown += actual.length
          }
        },
      ),
      { numRuns: Math.max(minRuns, Math.ceil(randomCases / (purposes.length * rows.length))) },
    )
    expect(cases).toBeGreaterThanOrEqual(randomCases)
    // Guards against agreement by showing nothing, or everything.
    expect(shown).toBeGreaterThan(0)
    expect(shown).toBeLessThan(cases)
  })

  test('a view runs under the Grant’s session and purpose, and sees no more than they allow', async () => {
    await admin.deleteFrom('access_right').where('person_id', '=', aino.id).execute()
    const session = await aino.signIn()
    const forged = {
      session,
      purpose: 'MAINTENANCE',
      rights: [{ scope: { kind: 'all', ...none } }],
    } as unknown as Grant
    const rows = await underGrant(desk, forged, (tx) => tx.selectFrom('segment').select('id').execute())
    expect(rows).toEqual([])
  })
})

// Must be last: another description comes into force here.
describe('the description in force bounds every right', () => {
  const entered = (right: NonNullable<Parameters<typeof enterTestPerson>[2]['right']>) =>
    enterTestPerson(admin, desk, { name: right.role, right })

  test('a right with more purposes than described shows calls under the described ones, and a right with a wider scope shows nothing', async () => {
    const units = { kind: 'unit' as const, units: [bertil.unitId], numbers: [] }
    const wide = await entered({ role: 'SUPERVISOR', purposes: [...purposes], scope: units })
    const everywhere = await entered({
      role: 'SUPERVISOR',
      purposes: [...purposes],
      scope: { kind: 'all', ...none },
    })
    const [session, anywhere] = [await wide.signIn(), await everywhere.signIn()]
    for (const purpose of ['DEVELOPMENT', 'QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'] as const) {
      expect((await shownUnder(session, purpose)).segments).toContain(bertils)
      expect(await shownUnder(anywhere, purpose)).toEqual(nothing)
    }
    for (const purpose of ['CRIME_OR_MISUSE', 'INSPECTION', 'MAINTENANCE'] as const) {
      expect(await shownUnder(session, purpose)).toEqual(nothing)
    }
  })

  test('a right to a role missing from the description shows nothing', async () => {
    const tuula = await entered({
      role: 'SECURITY',
      purposes: ['CRIME_OR_MISUSE'],
      scope: { kind: 'all', ...none },
    })
    const session = await tuula.signIn()
    expect((await shownUnder(session, 'CRIME_OR_MISUSE')).segments).toContain(bertils)
    await publishWithoutRole(database.as().pool, now(), { without: { role: 'SECURITY' } })
    expect(await shownUnder(session, 'CRIME_OR_MISUSE')).toEqual(nothing)
  })
})
