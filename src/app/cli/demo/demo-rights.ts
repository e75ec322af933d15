/** The demo's access rights, requested and approved by different people (R36). */
import type { Kysely } from 'kysely'
import type { RegisterDescription } from '#description/register-description.ts'
import { rolesInEffect, type Duty, type Role } from '#description/roles.ts'
import type { RegisterTables } from '#register/tables.ts'
import { decideRightRequest, installRight, requestRights, type RequestedRights } from '#safeguards/access/procedure.ts'
import type { Session } from '#safeguards/people/session.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { dayEnds } from '#safeguards/people/written-values.ts'
import { signOut } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'

export interface DemoPerson {
  userId: string
  name: string
  role: Role
  duty?: Duty
  unit: string
  phone?: string
}

const administrator = 'anssi'
const approver = 'anneli'
const supervisor = 'sari'
const reasons = {
  OFFICIAL: 'Vastaa palvelunumeroiden puheluihin.',
  SUPERVISOR: 'Asiakaspalvelijoiden esihenkilö.',
  EXPERT: 'Asiakaspalvelun laadun arviointi tai koulutus kuuluu työtehtäviin.',
  MAINTENANCE: 'Vastaa järjestelmän teknisestä ylläpidosta.',
  SECURITY: 'Työskentelee turvallisuusyksikössä.',
  SERVICE_UNIT: 'Käsittelee tarkastuspyyntöjä.',
  DECISION_MAKER: 'Päättää rekisterinpitäjän puolesta.',
  ACCESS_APPROVER: 'Hyväksyy käyttövaltuudet.',
  ADMINISTRATOR: 'Ylläpitää henkilötietoja.',
  DATA_PROTECTION_OFFICER: 'Tietosuojavastaava.',
} as const

/**
 * Grants missing rights of each role; the first two come with the installation. One request is left pending.
 * @returns refusals, as text
 */
export async function grantDemoRights(
  db: Kysely<RegisterTables>,
  description: RegisterDescription,
  given: { people: readonly DemoPerson[]; idOf: (userId: string) => string; password: string; now: Temporal.Instant },
): Promise<string[]> {
  const { idOf, now } = given
  await installRight(db, idOf(administrator), 'ADMINISTRATOR')
  await installRight(db, idOf(approver), 'ACCESS_APPROVER')
  const held = await db.selectFrom('access_right').select('person_id').execute()
  const waiting = await db.selectFrom('right_request').select('person_id').execute()
  const known = new Set([...held, ...waiting].map(({ person_id: id }) => id))
  const without = given.people.filter(({ userId }) => !known.has(idOf(userId)))
  if (without.length === 0) return []

  const sessions = new Map<string, Session>()
  const refused: string[] = []
  try {
    // The supervisor's right first: it is needed to request those of officials.
    for (const person of [...without].sort(
      (a, b) => Number(b.userId === supervisor) - Number(a.userId === supervisor),
    )) {
      const isSupervised = person.unit === supervisorsUnit(given.people) && person.role === 'OFFICIAL'
      const fault = await grant(isSupervised ? supervisor : administrator, person)
      if (fault !== undefined) refused.push(`${person.userId}: ${fault}`)
    }
    await requestDemoRights('kaisa', {
      ...(await rightTo({ role: 'EXPERT', duty: 'TRAINING', unit: '' })),
      people: [idOf('kaisa')],
      reason: 'Perehdyttää uudet virkailijat keväällä.',
    })
  } finally {
    for (const session of sessions.values()) await signOut(db, session, now)
  }
  return refused

  async function grant(requester: string, person: DemoPerson): Promise<string | undefined> {
    const requested = await requestDemoRights(requester, {
      ...(await rightTo(person)),
      people: [idOf(person.userId)],
      reason: reasons[person.role],
    })
    if ('refused' in requested) return requested.refused
    const by = await sessionOf(approver)
    if (!by) return 'the approver cannot sign in'
    for (const request of requested.requests) {
      const decided = await decideRightRequest(db, by, request, { approve: true })
      if ('refused' in decided) return decided.refused
    }
    return undefined
  }

  async function requestDemoRights(requester: string, request: Omit<RequestedRights, 'until'>) {
    const by = await sessionOf(requester)
    const today = now.toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
    return by
      ? requestRights(db, by, { ...request, until: dayEnds(today.add({ months: 12 })) })
      : { refused: `${requester} cannot sign in` }
  }

  async function sessionOf(userId: string): Promise<Session | undefined> {
    const open = sessions.get(userId)
    if (open) return open
    const session = await signIn(db, { userId, password: given.password }, now)
    if (typeof session === 'string' || !('expiresAt' in session)) return undefined
    sessions.set(userId, session)
    return session
  }

  async function rightTo({ role, duty, unit }: Pick<DemoPerson, 'role' | 'duty' | 'unit'>) {
    const described = rolesInEffect(description).find((entry) => entry.role === role && entry.duty === duty)
    return {
      role,
      duty,
      purposes: described?.purposes.map(({ purpose }) => purpose) ?? [],
      units: described?.scope === 'unit' ? [await enterUnit(db, unit)] : [],
      numbers:
        described?.scope === 'numbers'
          ? description.numbers.filter((number) => number.kind !== 'SWITCHBOARD').map((number) => number.key)
          : [],
    }
  }
}

function supervisorsUnit(people: readonly DemoPerson[]): string | undefined {
  return people.find(({ userId }) => userId === supervisor)?.unit
}
