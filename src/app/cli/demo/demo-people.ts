/** The demo's people (all invented) and their units. Their access rights are requested and approved in demo-rights.ts. */
import type { Kysely } from 'kysely'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import { enterPerson, setPassword } from '#safeguards/people/enter-person.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { officials } from '#test/simulator/people.ts'
import { grantDemoRights, type DemoPerson } from './demo-rights.ts'

const unitOfOthers = 'Palveluyksikkö'

export const demoPeople: readonly DemoPerson[] = [
  ...officials.map(({ key, name, phone, unit }) => ({ userId: key, name, phone, unit, role: 'OFFICIAL' as const })),
  { userId: 'sari', name: 'Sari Niemi', role: 'SUPERVISOR', unit: 'Henkilöverotus' },
  { userId: 'eero', name: 'Eero Salonen', role: 'EXPERT', duty: 'QUALITY', unit: unitOfOthers },
  { userId: 'ilona', name: 'Ilona Vesala', role: 'EXPERT', duty: 'QUALITY', unit: unitOfOthers },
  { userId: 'tiina', name: 'Tiina Rantala', role: 'EXPERT', duty: 'TRAINING', unit: unitOfOthers },
  { userId: 'matti', name: 'Matti Heikkilä', role: 'MAINTENANCE', unit: 'Tekninen ylläpito' },
  { userId: 'tuula', name: 'Tuula Ojala', role: 'SECURITY', unit: 'Turvallisuusyksikkö' },
  { userId: 'paula', name: 'Paula Kinnunen', role: 'SERVICE_UNIT', unit: unitOfOthers },
  { userId: 'olli', name: 'Olli Hakala', role: 'SERVICE_UNIT', unit: 'Oulun toimipiste' },
  { userId: 'riitta', name: 'Riitta Karjalainen', role: 'DECISION_MAKER', unit: 'Johto' },
  { userId: 'anssi', name: 'Anssi Lehto', role: 'ADMINISTRATOR', unit: 'Tekninen ylläpito' },
  { userId: 'outi', name: 'Outi Laine', role: 'DATA_PROTECTION_OFFICER', unit: 'Johto' },
  { userId: 'anneli', name: 'Anneli Aalto', role: 'ACCESS_APPROVER', unit: 'Johto' },
]

/** Supervisor of all officials in the unit. */
const supervisor = 'sari'

/**
 * Enters missing people, sets everybody's password, and grants missing rights by request and approval.
 * @returns refused rights, as text
 */
export async function enterDemoPeople(
  db: Kysely<RegisterTables>,
  description: RegisterDescription,
  password: string,
  now: Temporal.Instant,
): Promise<string[]> {
  const start = now.subtract({ hours: 24 * 400 })
  const ids = new Map<string, string>()
  const idOf = (userId: string) => ids.get(userId) ?? ''
  const supervised = demoPeople.find(({ userId }) => userId === supervisor)?.unit
  for (const person of [...demoPeople].sort(
    (a, b) => Number(b.userId === supervisor) - Number(a.userId === supervisor),
  )) {
    const phone = person.phone === undefined ? null : normalisePhoneNumber(person.phone, description.numbering).key
    await enterPerson(db, {
      userId: person.userId,
      name: person.name,
      unitId: await enterUnit(db, person.unit),
      ...(person.role === 'OFFICIAL' && person.unit === supervised && { supervisorId: idOf(supervisor) }),
      ...(phone !== null && { phoneKey: phone }),
      employedFrom: start,
    })
    const { id } = await db
      .selectFrom('person')
      .select('id')
      .where('user_id', '=', person.userId)
      .executeTakeFirstOrThrow()
    ids.set(person.userId, id)
    await setPassword(db, id, password)
  }
  return grantDemoRights(db, description, { people: demoPeople, idOf, password, now })
}
