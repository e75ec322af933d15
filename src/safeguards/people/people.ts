/**
 * Persons with the names, placements and numbers they have had, each for its time (R8, R11, R20): who answered where at an
 * instant.
 */
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { splitAtBounds, holdsAt, type Interval } from './history/intervals.ts'

/** The database notifies this channel of every change of the directory. */
export const directoryChannel = 'seloste_directory'

/** An official's unchanging state from an instant until before another. */
export interface DirectoryEntry {
  personId: string
  unitId: string | null
  name: string
  phoneKey: PhoneNumberKey
  /** Since when the official consents to recording (L16); null if they do not, during this interval. */
  consentedFrom: Temporal.Instant | null
  from: Temporal.Instant
  to: Temporal.Instant | null
}

/**
 * Returns who has answered at which number, and when: for naming the official of a call (R8, R11). A person who changed name,
 * unit or consent while holding a number has an entry for each part; entries of one number never overlap.
 */
export async function readDirectory(database: SafeguardsDatabase): Promise<DirectoryEntry[]> {
  const db = safeguardsOf(database)
  const interval = ['person_id as personId', 'valid_from as from', 'valid_to as to'] as const
  const [phones, names, placements, consents] = await Promise.all([
    db
      .selectFrom('person_phone')
      .select([...interval, 'phone_key as phoneKey'])
      .orderBy('phone_key')
      .orderBy('valid_from')
      .execute(),
    db
      .selectFrom('person_name')
      .select([...interval, 'name'])
      .orderBy('valid_from')
      .execute(),
    db
      .selectFrom('person_placement')
      .select([...interval, 'unit_id as unitId'])
      .execute(),
    db.selectFrom('person_recording_consent').select(interval).execute(),
  ])
  const person = ({ personId }: { personId: string }) => personId
  const [namesOf, placementsOf, consentsOf] = [
    Map.groupBy(names, person),
    Map.groupBy(placements, person),
    Map.groupBy(consents, person),
  ]
  return phones.flatMap((phone) => {
    const had = {
      names: namesOf.get(phone.personId) ?? [],
      placements: placementsOf.get(phone.personId) ?? [],
      consents: consentsOf.get(phone.personId) ?? [],
    }
    return splitAtBounds(phone, [...had.names, ...had.placements, ...had.consents]).map((part) =>
      describe(phone, had, part),
    )
  })
}

function describe(
  { personId, phoneKey }: { personId: string; phoneKey: PhoneNumberKey },
  had: {
    names: (Interval & { name: string })[]
    placements: (Interval & { unitId: string | null })[]
    consents: Interval[]
  },
  part: Interval,
): DirectoryEntry {
  const at = <Held extends Interval>(held: Held[]) => held.find((one) => holdsAt(one, part.from))
  return {
    personId,
    unitId: at(had.placements)?.unitId ?? null,
    // A number may have been entered for a time before the first known name.
    name: (at(had.names) ?? had.names[0])?.name ?? '',
    phoneKey,
    consentedFrom: at(had.consents)?.from ?? null,
    ...part,
  }
}

/** Returns a person's present state. Throws if there is none with this id. */
export async function describePerson(
  database: SafeguardsDatabase,
  personId: string,
  now: Temporal.Instant,
): Promise<{ userId: string; name: string; unit: string | null }> {
  const db = safeguardsOf(database)
  const { user_id: userId } = await db
    .selectFrom('person')
    .select('user_id')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow()
  const names = await db
    .selectFrom('person_name')
    .select(['name', 'valid_from'])
    .where('person_id', '=', personId)
    .orderBy('valid_from')
    .execute()
  // Before the first name, the first.
  const name = names.findLast((one) => Temporal.Instant.compare(one.valid_from, now) <= 0) ?? names[0]
  const placement = await db
    .selectFrom('person_placement')
    .innerJoin('unit', 'unit.id', 'person_placement.unit_id')
    .select('unit.name')
    .where('person_id', '=', personId)
    .where('valid_from', '<=', now)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', now)]))
    .executeTakeFirst()
  return { userId, name: name?.name ?? '', unit: placement?.name ?? null }
}
