/** The people of the demo (all invented), and the access rights that a procedure would have given them (R36-R41). */
import type { Kysely } from 'kysely'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { purposesOf, type Duty, type Role } from '#description/roles.ts'
import type { RegisterTables } from '#register/tables.ts'
import { recordRight, type Right } from '#safeguards/access/grant.ts'
import { enterPerson, setPassword } from '#safeguards/people/enter-person.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { officials } from '#test/simulator/people.ts'

interface DemoPerson {
  userId: string
  name: string
  role: Role
  duty?: Duty
  unit: string
  phone?: string
}

const unitOfOthers = 'Palveluyksikkö'

export const demoPeople: readonly DemoPerson[] = [
  ...officials.map(({ key, name, phone, unit }) => ({ userId: key, name, phone, unit, role: 'OFFICIAL' as const })),
  { userId: 'sari', name: 'Sari Niemi', role: 'SUPERVISOR', unit: 'Henkilöverotus' },
  { userId: 'eero', name: 'Eero Salonen', role: 'EXPERT', duty: 'QUALITY', unit: unitOfOthers },
  { userId: 'tiina', name: 'Tiina Rantala', role: 'EXPERT', duty: 'TRAINING', unit: unitOfOthers },
  { userId: 'matti', name: 'Matti Heikkilä', role: 'MAINTENANCE', unit: 'Tekninen ylläpito' },
  { userId: 'tuula', name: 'Tuula Ojala', role: 'SECURITY', unit: 'Turvallisuusyksikkö' },
  { userId: 'paula', name: 'Paula Kinnunen', role: 'SERVICE_UNIT', unit: unitOfOthers },
  { userId: 'riitta', name: 'Riitta Karjalainen', role: 'DECISION_MAKER', unit: 'Johto' },
  { userId: 'anssi', name: 'Anssi Lehto', role: 'ADMINISTRATOR', unit: 'Tekninen ylläpito' },
  { userId: 'outi', name: 'Outi Laine', role: 'DATA_PROTECTION_OFFICER', unit: 'Johto' },
  { userId: 'anneli', name: 'Anneli Aalto', role: 'ACCESS_APPROVER', unit: 'Johto' },
]

const rightsLastMonths = 12

/** Enters the people who are not there yet, with their rights, and gives all of them the password. */
export async function enterDemoPeople(
  db: Kysely<RegisterTables>,
  description: RegisterDescription,
  password: string,
  now: Temporal.Instant,
): Promise<void> {
  const since = now.subtract({ hours: 24 * 400 })
  const ids = new Map<string, string>()
  const entered: DemoPerson[] = []
  for (const person of demoPeople) {
    const unitId = await enterUnit(db, person.unit)
    const phone = person.phone === undefined ? null : normalisePhoneNumber(person.phone, description.numbering).key
    const made = await enterPerson(db, {
      userId: person.userId,
      name: person.name,
      unitId,
      ...(phone !== null && { phoneKey: phone }),
      employedFrom: since,
    })
    if (!('refused' in made)) entered.push(person)
    const { id } = await db
      .selectFrom('person')
      .select('id')
      .where('user_id', '=', person.userId)
      .executeTakeFirstOrThrow()
    ids.set(person.userId, id)
    await setPassword(db, id, password)
  }
  const idOf = (userId: string) => ids.get(userId) ?? ''
  const until = now.toZonedDateTimeISO('Europe/Helsinki').add({ months: rightsLastMonths }).startOfDay().toInstant()
  for (const person of entered) {
    const approver = person.userId === 'anneli' ? 'riitta' : 'anneli'
    const requester = person.userId === 'sari' || person.userId === 'anneli' ? 'paula' : 'sari'
    await recordRight(db, {
      personId: idOf(person.userId),
      role: person.role,
      ...(person.duty && { duty: person.duty }),
      purposes: purposesOf(description, person.role, person.duty).map(({ purpose }) => purpose),
      scope: await scopeOf(person),
      requestedBy: idOf(requester),
      approvedBy: idOf(approver),
      from: since,
      until,
    })
  }

  async function scopeOf({ role, unit }: DemoPerson): Promise<Right['scope']> {
    const kind = description.roles.find((entry) => entry.role === role)?.scope ?? 'none'
    return {
      kind,
      units: kind === 'unit' ? [await enterUnit(db, unit)] : [],
      numbers:
        kind === 'numbers'
          ? description.numbers.filter((number) => number.kind !== 'SWITCHBOARD').map((number) => number.key)
          : [],
    }
  }
}
