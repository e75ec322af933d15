/**
 * Opens the access-authorisation procedure in a database of its own, with administrator, approver, supervisor and
 * outsider, their sessions, and the usual steps. Only the first rights are written directly.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Role } from '#description/roles.ts'
import { decideRightRequest, requestRights, type RequestedRights } from '#safeguards/access/procedure.ts'
import { enterPerson } from '#safeguards/people/enter-person.ts'
import { sessionHash, type Session } from '#safeguards/people/session.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '../database/people.ts'

export const now = () => Temporal.Now.instant()
export const daysAhead = (days: number) => now().add({ hours: 24 * days })
/** A number in the registry of the first description. */
export const number = '+35829497000'

/** Builds a request for the right to own calls; `overrides` replaces members. */
export const ownCalls = (people: string[], overrides: Partial<RequestedRights> = {}): RequestedRights => ({
  people,
  role: 'OFFICIAL',
  purposes: ['DEVELOPMENT'],
  units: [],
  numbers: [],
  reason: 'Vastaa puheluihin',
  until: daysAhead(100),
  ...overrides,
})

/** Call it at the top of a test file. */
export async function openProcedure() {
  const database = await createTestDatabase<SafeguardTables>()
  const admin = database.as().db
  const desk = database.as('seloste_desk').db
  const nothing = { kind: 'none' as const, units: [], numbers: [] }
  const withRole = (name: string, role: Role) =>
    enterTestPerson(admin, desk, { name, right: { role, purposes: [], scope: nothing } })

  /** Returns a session of a person, regardless of how they signed in. */
  async function open({ id }: { id: string }): Promise<Session> {
    const session = { token: randomUUID(), personId: id, expiresAt: now().add({ hours: 1 }) }
    await sql`
      insert into session (token_hash, person_id, created_at, expires_at)
      values (${sessionHash(session.token)}, ${id}, ${now()}, ${session.expiresAt})`.execute(admin)
    return session
  }

  const anssi = await withRole('Anssi', 'ADMINISTRATOR')
  const anneli = await withRole('Anneli', 'ACCESS_APPROVER')
  const sari = await enterTestPerson(admin, desk, {
    name: 'Sari',
    unit: 'Neuvonta',
    right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
  })
  const outsider = await enterTestPerson(admin, desk, { name: 'Olli', unit: 'Muualla' })
  const sessions = new Map<TestPerson, Session>()
  for (const person of [anssi, anneli, sari, outsider]) sessions.set(person, await open(person))
  const as = (person: TestPerson): Session => {
    const session = sessions.get(person)
    if (!session) throw new Error(`${person.userId} has no session`)
    return session
  }

  let count = 0
  /** Enters an official under a supervisor, with a number of their own. */
  async function enterOfficial(
    options: { unit?: string; supervisorId?: string; employedTo?: Temporal.Instant; phone?: false } = {},
  ) {
    const entered = await enterPerson(admin, {
      userId: `official.${++count}.${Date.now()}`,
      name: `Virkailija ${count}`,
      unitId: await enterUnit(admin, options.unit ?? 'Neuvonta'),
      ...(options.supervisorId && { supervisorId: options.supervisorId }),
      ...(options.phone !== false && { phoneKey: `+35829512${5000 + count}` as never }),
      employedFrom: now().subtract({ hours: 24 * 100 }),
      ...(options.employedTo && { employedTo: options.employedTo }),
    })
    if ('refused' in entered) throw new Error(entered.refused)
    return { id: entered.id, session: await open(entered) }
  }

  async function applyFor(user: Session, requested: RequestedRights): Promise<string> {
    const made = await requestRights(desk, user, requested)
    if ('refused' in made) throw new Error(`${made.refused} ${made.of ?? ''}`)
    return made.requests[0] ?? ''
  }
  async function grant(user: Session, requested: RequestedRights): Promise<string> {
    const decided = await decideRightRequest(desk, as(anneli), await applyFor(user, requested), { approve: true })
    if ('refused' in decided) throw new Error(`${decided.refused} ${decided.of ?? ''}`)
    return decided.right ?? ''
  }
  const actions = async (objectId: string) =>
    (
      await admin
        .selectFrom('audit_entry')
        .select(['action', 'result', 'person_id', 'role'])
        .where('object_id', '=', objectId)
        .orderBy('seq')
        .execute()
    ).map(({ action, result, person_id, role }) => [action, result, person_id, role])

  return {
    database,
    admin,
    desk,
    anssi,
    anneli,
    sari,
    outsider,
    withRole,
    open,
    as,
    enterOfficial,
    applyFor,
    grant,
    actions,
  }
}
