import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { NumberingOptions } from '#description/phone-numbers/phone-number.ts'
import type { PersonSummary } from '#safeguards/people/list-people.ts'
import { holdsAt } from '#safeguards/people/history/intervals.ts'
import { stateInstant } from '#safeguards/people/person-now.ts'
import type { PersonInContext } from '#safeguards/people/read-person.ts'
import type { Person, PersonDetail } from '../contract/directory.ts'
import type { JsonForm } from '../to-json.ts'

/** Returns a row of the directory's list. */
export function viewSummary(person: PersonSummary, numbering: NumberingOptions): JsonForm<Person> {
  return {
    id: person.id,
    userId: person.userId,
    name: person.name,
    unit: person.unit,
    supervisor: person.supervisorId === null ? null : { id: person.supervisorId, name: person.supervisorName ?? '' },
    phones: person.phones.map((key) => displayPhoneNumber(key, numbering)),
    employedFrom: person.employedFrom,
    employedTo: person.employedTo,
    source: person.source,
  }
}

/** Returns a person with their history. The main fields are as of today, or, outside the employment, as of its last or first day. */
export function viewPerson(
  { person, units, supervisors, subordinates }: PersonInContext,
  numbering: NumberingOptions,
  now: Temporal.Instant,
): JsonForm<PersonDetail> {
  const at = stateInstant(person, now)
  const place = ({ unitId, supervisorId }: { unitId: string | null; supervisorId: string | null }) => ({
    unit: unitId === null ? null : (units.get(unitId) ?? unitId),
    supervisor: supervisorId === null ? null : { id: supervisorId, name: supervisors.get(supervisorId) ?? '' },
  })
  const phone = ({ phoneKey }: { phoneKey: string }) => displayPhoneNumber(phoneKey, numbering)
  const placement = person.placements.find((one) => holdsAt(one, at))
  const name = person.names.find((one) => holdsAt(one, now)) ?? person.names[0]
  const consent = person.consents.find((one) => holdsAt(one, now))
  return {
    id: person.id,
    userId: person.userId,
    name: name?.name ?? '',
    ...(placement && place(placement)),
    phones: person.phones.filter((one) => holdsAt(one, at)).map(phone),
    employedFrom: person.employedFrom,
    employedTo: person.employedTo,
    source: person.source,
    names: person.names,
    placements: person.placements.map((one) => ({ ...one, ...place(one) })),
    phoneHistory: person.phones.map((one) => ({ ...one, phone: phone(one) })),
    recording: { informedAt: person.informedAt, consentedAt: consent?.from },
    subordinates,
  }
}
