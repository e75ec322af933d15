/** Enters people and facts, for tests that need a populated register. */
import { randomUUID } from 'node:crypto'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import type { Admission, SegmentFacts } from '#register/admit.ts'
import type { Right } from '#safeguards/access/grant.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { enterPerson, logPassword } from '#safeguards/people/enter-person.ts'
import { hashPassword, type HashCost, type StoredPassword } from '#safeguards/people/password.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import type { Session } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'

export const password = 'a good long password'
const cheapHashCost: HashCost = { memoryCost: 8, timeCost: 1, parallelism: 1 }
let storedPassword: Promise<StoredPassword> | undefined
const start = Temporal.Instant.from('2020-01-01T00:00:00Z')

export function phone(written: string): PhoneNumberKey {
  const { key } = normalisePhoneNumber(written)
  if (!key) throw new Error(`${written} is no phone number`)
  return key
}

export interface TestPerson {
  id: string
  userId: string
  unitId: string
  signIn: () => Promise<Session>
}

/** Enters a person with one right, decided by two others. */
export async function enterTestPerson(
  admin: SafeguardsDatabase,
  desk: SafeguardsDatabase,
  given: {
    name: string
    unit?: string
    phone?: string
    /** Hashes the password separately at full cost, for tests of the cost or of equal passwords of two accounts. */
    ownHash?: true
    right?: {
      role: Role
      duty?: 'QUALITY' | 'TRAINING'
      purposes: Purpose[]
      /** 'their unit': the officials of the unit in which the person is entered, as in a supervisor's right (R37). */
      scope: Right['scope'] | 'their unit'
      until?: Temporal.Instant
    }
  },
): Promise<TestPerson> {
  const unitId = await enterUnit(admin, given.unit ?? 'Henkilöverotus')
  const userId = `${given.name.toLowerCase().replace(/\W/g, '')}.${randomUUID().slice(0, 8)}`
  const person = await enterPerson(admin, {
    userId,
    name: given.name,
    unitId,
    ...(given.phone && { phoneKey: phone(given.phone) }),
    employedFrom: start,
  })
  if ('refused' in person) throw new Error(person.refused)
  // Sets a password as the directory does, but hashed once and at a low cost, so that thousands of sign-ins are cheap.
  const { salt, check } = await (given.ownHash
    ? hashPassword(password)
    : (storedPassword ??= hashPassword(password, cheapHashCost)))
  await safeguardsOf(admin)
    .updateTable('person')
    .set({ password_salt: salt, password_check: check })
    .where('id', '=', person.id)
    .execute()
  await logPassword(admin, person.id)
  if (given.right) {
    const [requestedBy, approvedBy] = await Promise.all([enterDecider(admin), enterDecider(admin)])
    const scope =
      given.right.scope === 'their unit' ? { kind: 'unit' as const, units: [unitId], numbers: [] } : given.right.scope
    await recordRight(admin, { ...given.right, scope, personId: person.id, requestedBy, approvedBy, from: start })
  }
  return {
    id: person.id,
    userId,
    unitId,
    signIn: async () => {
      const session = await signIn(desk, { userId, password }, Temporal.Now.instant())
      if (typeof session === 'string' || !('expiresAt' in session)) throw new Error('sign-in refused')
      return session
    },
  }
}

async function enterDecider(admin: SafeguardsDatabase): Promise<string> {
  const person = await enterPerson(admin, { userId: `decider.${randomUUID()}`, name: 'Päättäjä', employedFrom: start })
  if ('refused' in person) throw new Error(person.refused)
  return person.id
}

/** Returns the facts of an official of a person's unit, whose calls a supervisor of that unit may see. */
export function colleagueOf({ unitId }: TestPerson): NonNullable<SegmentFacts['official']> {
  return { unitId, name: 'Kalle Kollega', phone: phone('029 512 1002') }
}

/** Returns an admission that accepts every segment and appends it to the list. */
export function appendAdmitted(list: SegmentFacts[]): (facts: SegmentFacts) => Promise<Admission> {
  return (facts) => {
    list.push(facts)
    return Promise.resolve({ contactId: facts.contactId, verdict: 'entered' })
  }
}

/** Facts of one call; by default an ordinary, unrecorded call that ended a minute ago. */
export function callFacts(given: Partial<SegmentFacts> = {}): SegmentFacts {
  const segmentId = randomUUID()
  const endedAt = Temporal.Now.instant().subtract({ minutes: 1 })
  return {
    segmentId,
    contactId: randomUUID(),
    callIds: [`sipSessionId:${segmentId}`],
    startedAt: endedAt.subtract({ minutes: 5 }),
    answeredAt: endedAt.subtract({ minutes: 4 }),
    endedAt,
    caller: { kind: 'e164', key: phone('040 123 4567'), raw: '0401234567' },
    numberCalled: { key: phone('029 497 000'), kind: 'NATIONAL_SERVICE' },
    numberReached: { key: phone('029 497 000') },
    decision: { record: false, reason: 'not-drawn', ruleId: 'general', ruleVersion: 1, share: 0.1, draw: 0.5 },
    captureState: 'not-recorded',
    marks: [],
    ...given,
  }
}

/** Facts of the recording of one call, from its answer to its end. The minimum of R23 counts from the call's end. */
export function recordingOf(
  { startedAt, answeredAt, endedAt }: Pick<SegmentFacts, 'startedAt' | 'answeredAt' | 'endedAt'>,
  given: Parameters<typeof recordingFacts>[0] = {},
): NonNullable<SegmentFacts['recording']> {
  return recordingFacts({ startedAt: answeredAt ?? startedAt, endedAt, ...given })
}

/** Facts of a recording as capture reports them once the body is stored, of a call that has just ended. */
export function recordingFacts(
  given: Partial<NonNullable<SegmentFacts['recording']>> = {},
): NonNullable<SegmentFacts['recording']> {
  const now = Temporal.Now.instant()
  return {
    id: randomUUID(),
    startedAt: now.subtract({ minutes: 5 }),
    endedAt: now.subtract({ minutes: 1 }),
    intakeDay: now.toZonedDateTimeISO('UTC').toPlainDate(),
    months: 6,
    stored: { sizeBytes: 1000, sha256: Buffer.alloc(32), incomplete: false, packetsReceived: 100, packetsLost: 0 },
    ...given,
  }
}

/** Enters a right like one granted by the procedure: requested by one person, approved by another (R36). */
export async function recordRight(
  database: SafeguardsDatabase,
  right: Omit<Right, 'id'> & { personId: string; requestedBy: string; approvedBy: string; from: Temporal.Instant },
): Promise<string> {
  const db = safeguardsOf(database)
  const id = randomUUID()
  await db
    .insertInto('access_right')
    .values({
      id,
      person_id: right.personId,
      role: right.role,
      duty: right.duty ?? null,
      purposes: right.purposes,
      scope_kind: right.scope.kind,
      scope_units: right.scope.units,
      scope_numbers: right.scope.numbers,
      valid_from: right.from,
      valid_to: right.until ?? null,
      requested_by: right.requestedBy,
      approved_by: right.approvedBy,
      revoked_at: null,
    })
    .execute()
  await appendAudit(db, {
    action: 'right.granted',
    result: 'ok',
    personId: right.approvedBy,
    rightId: id,
    role: right.role,
    object: { kind: 'right', id },
    detail: { person: right.personId, role: right.role },
  })
  return id
}
