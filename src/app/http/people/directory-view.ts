import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { NumberingOptions } from '#description/phone-numbers/phone-number.ts'
import type { PersonSummary } from '#safeguards/people/list-people.ts'
import type { Interval } from '#safeguards/people/history/intervals.ts'
import { holdsAt } from '#safeguards/people/history/intervals.ts'
import { lookedAt } from '#safeguards/people/person-now.ts'
import type { PersonInContext } from '#safeguards/people/read-person.ts'
import type { Person, PersonDetail } from '../contract/directory.ts'

/** One line of the directory. */
export function viewSummary(person: PersonSummary, numbering: NumberingOptions): Person {
  return {
    id: person.id,
    userId: person.userId,
    name: person.name,
    ...(person.unit !== null && { unit: person.unit }),
    ...(person.supervisorId !== null && {
      supervisor: { id: person.supervisorId, name: person.supervisorName ?? '' },
    }),
    phones: person.phones.map((key) => displayPhoneNumber(key, numbering)),
    employedFrom: person.employedFrom.toString(),
    ...(person.employedTo && { employedTo: person.employedTo.toString() }),
    source: person.source,
  }
}

/** One person with everything they have had; as of now, of the last day where they have left, of the first before it. */
export function viewPerson(
  { person, units, supervisors, subordinates }: PersonInContext,
  numbering: NumberingOptions,
  now: Temporal.Instant,
): PersonDetail {
  const { employedFrom, employedTo } = person
  const at = lookedAt(person, now)
  const place = ({ unitId, supervisorId }: { unitId: string | null; supervisorId: string | null }) => ({
    ...(unitId !== null && { unit: units.get(unitId) ?? unitId }),
    ...(supervisorId !== null && { supervisor: { id: supervisorId, name: supervisors.get(supervisorId) ?? '' } }),
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
    employedFrom: employedFrom.toString(),
    ...(employedTo && { employedTo: employedTo.toString() }),
    source: person.source,
    names: person.names.map((one) => ({ name: one.name, ...interval(one) })),
    placements: person.placements.map((one) => ({ ...place(one), ...interval(one) })),
    phoneHistory: person.phones.map((one) => ({ phone: phone(one), ...interval(one) })),
    recording: {
      ...(person.informedAt && { informedAt: person.informedAt.toString() }),
      ...(consent && { consentedAt: consent.from.toString() }),
    },
    subordinates,
  }
}

function interval({ from, to }: Interval) {
  return { from: from.toString(), ...(to && { to: to.toString() }) }
}
