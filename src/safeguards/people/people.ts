/**
 * Persons with the names, placements and numbers they have had, each for its time (R8, R11, R20): who answered where at an
 * instant.
 */
import { sql } from 'kysely'
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

/** Returns a person's present state; before the first name, the first. Throws if there is none with this id. */
export async function describePerson(
  database: SafeguardsDatabase,
  personId: string,
  now: Temporal.Instant,
): Promise<{ userId: string; name: string; unit: string | null }> {
  const { rows } = await sql<{ userId: string; name: string; unit: string | null }>`
    select p.user_id as "userId", coalesce((
        select n.name from person_name n where n.person_id = p.id
        order by n.valid_from <= ${now}::timestamptz desc, abs(extract(epoch from n.valid_from - ${now}::timestamptz)) limit 1
      ), '') as name, (
        select u.name from person_placement l join unit u on u.id = l.unit_id
        where l.person_id = p.id and l.valid_from <= ${now}::timestamptz
          and (l.valid_to is null or l.valid_to > ${now}::timestamptz)
      ) as unit
    from person p where p.id = ${personId}::uuid`.execute(database)
  const [person] = rows
  if (!person) throw new Error(`no person has the id ${personId}`)
  return person
}
