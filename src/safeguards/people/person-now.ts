import { sql } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { Tx } from '../tables.ts'
import { holdsAt } from './history/intervals.ts'
import type { PersonHistory, PersonName } from './history/person-history.ts'
import { namesNow } from './read-person.ts'
import type { NamedPerson } from './name-people.ts'
import { listUnits } from './units.ts'

/** A person's current state; the last if they have left, the first if they have not begun. */
export interface PersonNow {
  id: string
  userId: string
  externalId: string | null
  name: PersonName
  unit: { id: string; name: string } | null
  supervisor: NamedPerson | null
  phones: PhoneNumberKey[]
  /** False for a person who has left. */
  employed: boolean
  employedFrom: Temporal.Instant
  withdrawn: boolean
  createdAt: Temporal.Instant
  changedAt: Temporal.Instant
}

/** Returns the instant of a person's state: now; the last if they have left, the first if they have not begun. */
export function stateInstant(
  { employedFrom, employedTo }: Pick<PersonHistory, 'employedFrom' | 'employedTo'>,
  now: Temporal.Instant,
): Temporal.Instant {
  const { compare } = Temporal.Instant
  if (employedTo && compare(employedTo, now) <= 0) return employedTo.subtract({ microseconds: 1 })
  return compare(employedFrom, now) > 0 ? employedFrom : now
}

/** Returns states with the names of unit and supervisor. */
export async function describeNow(
  tx: Tx,
  people: readonly PersonHistory[],
  now: Temporal.Instant,
): Promise<PersonNow[]> {
  const places = people.map((person) => person.placements.find((one) => holdsAt(one, stateInstant(person, now))))
  const supervisorIds = [...new Set(places.flatMap((place) => place?.supervisorId ?? []))]
  const { rows: supervisors } = await namesNow(tx, sql<boolean>`p.id = any (${supervisorIds}::uuid[])`, now)
  const units = await listUnits(tx)
  const [unitOf, supervisorOf] = [byId(units), byId(supervisors)]
  return people.map((person, index) => {
    const place = places[index]
    const at = stateInstant(person, now)
    return {
      id: person.id,
      userId: person.userId,
      externalId: person.externalId,
      name: nameNow(person, now),
      unit: (place?.unitId && unitOf.get(place.unitId)) || null,
      supervisor: (place?.supervisorId && supervisorOf.get(place.supervisorId)) || null,
      phones: person.phones.filter((one) => holdsAt(one, at)).map(({ phoneKey }) => phoneKey),
      employed: person.employedTo === null || Temporal.Instant.compare(person.employedTo, now) > 0,
      employedFrom: person.employedFrom,
      withdrawn: person.withdrawnAt !== null,
      createdAt: person.createdAt,
      changedAt: person.changedAt,
    }
  })
}

/** Returns the present name; before the first name, the first. */
function nameNow({ names }: PersonHistory, now: Temporal.Instant): PersonName {
  return names.find((one) => holdsAt(one, now)) ?? names[0] ?? { name: '', given: null, family: null }
}

function byId<Named extends { id: string }>(named: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(named.map((one) => [one.id, one]))
}
