import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { DirectorySource } from '../../tables.ts'
import { changeFrom, holdsAt, overlap, intersect, type Interval } from './intervals.ts'
import type { PersonHistory, PersonName, Placement } from './person-history.ts'

/** Changes from an instant on; undefined members stay unchanged. */
export interface HistoryChange {
  from: Temporal.Instant
  name?: PersonName | undefined
  unitId?: string | null | undefined
  supervisorId?: string | null | undefined
  addPhones?: readonly PhoneNumberKey[] | undefined
  endPhones?: readonly PhoneNumberKey[] | undefined
  employedFrom?: Temporal.Instant | undefined
  employedTo?: Temporal.Instant | null | undefined
  informed?: boolean | undefined
  consents?: boolean | undefined
  source?: DirectorySource | undefined
  externalId?: string | null | undefined
  /** The identity system removes the person. */
  withdrawn?: boolean | undefined
}

/** The reason why a change is impossible, and its field. */
export type ChangeRefusal = {
  refused: 'person.not-employed' | 'person.ends-before-it-begins' | 'person.phone-not-theirs'
  field: string
}

const { compare } = Temporal.Instant

/**
 * Returns a person after a change that holds from an instant until the next change already entered; the past is unchanged
 * (R11). The end of employment ends placements and numbers; undoing it restores those that it ended and that `isFree`. A person
 * who returns starts a new employment with their last name, placement and numbers.
 */
export function changeHistory(
  before: PersonHistory,
  change: HistoryChange,
  isFree: (phone: Interval & { phoneKey: PhoneNumberKey }) => boolean,
): PersonHistory | ChangeRefusal {
  const employed = changeEmployment(before, change, isFree)
  if ('refused' in employed) return employed
  const { from } = change
  const until = employed.employedTo
  const changesPlacement = change.unitId !== undefined || change.supervisorId !== undefined
  const changesPhones = (change.addPhones?.length ?? 0) + (change.endPhones?.length ?? 0) > 0
  const tooEarly = compare(from, employed.employedFrom) < 0
  const tooLate = until !== null && compare(from, until) >= 0
  if (tooEarly && (change.name || changesPlacement || changesPhones || change.consents !== undefined)) {
    return { refused: 'person.not-employed', field: 'from' }
  }
  if (tooLate && (changesPlacement || changesPhones)) return { refused: 'person.not-employed', field: 'from' }

  const after = { ...employed }
  if (change.name) after.names = changeFrom(after.names, { from }, change.name, sameName)
  if (changesPlacement) after.placements = changePlacement(after, change)
  for (const phoneKey of change.endPhones ?? []) {
    if (!after.phones.some((phone) => phone.phoneKey === phoneKey && holdsAt(phone, from))) {
      return { refused: 'person.phone-not-theirs', field: 'endPhone' }
    }
    after.phones = changePhone(after.phones, phoneKey, { from, until }, false)
  }
  for (const phoneKey of change.addPhones ?? []) {
    after.phones = changePhone(after.phones, phoneKey, { from, until }, true)
  }
  if (change.consents !== undefined) {
    after.consents = changeFrom(after.consents, { from }, change.consents ? {} : null, () => true)
  }
  if (change.informed !== undefined) after.informedAt = change.informed ? (before.informedAt ?? from) : null
  return {
    ...after,
    source: change.source ?? before.source,
    externalId: change.externalId === undefined ? before.externalId : change.externalId,
    withdrawnAt: change.withdrawn ? from : sameEnd(before, after) ? before.withdrawnAt : null,
  }
}

/** Returns true if the end of employment stays: a person who is restored is not removed any more. */
function sameEnd(before: PersonHistory, after: PersonHistory): boolean {
  return before.employedTo?.epochNanoseconds === after.employedTo?.epochNanoseconds
}

/** Applies a change of employment, which ends, restores or begins placements and numbers. */
function changeEmployment(
  before: PersonHistory,
  change: HistoryChange,
  isFree: (phone: Interval & { phoneKey: PhoneNumberKey }) => boolean,
): PersonHistory | ChangeRefusal {
  const ended = before.employedTo
  const returnsFrom = ended !== null && returnsAt(ended, change)
  const employedFrom = returnsFrom || change.employedFrom || before.employedFrom
  const employedTo = change.employedTo === undefined ? (returnsFrom ? null : ended) : change.employedTo
  if (employedTo !== null && compare(employedTo, employedFrom) < 0) {
    return { refused: 'person.ends-before-it-begins', field: 'employedTo' }
  }
  if (returnsFrom) {
    const begin = <Held extends Interval>(held: readonly Held[]) =>
      held
        .filter(({ to }) => to?.equals(ended))
        .flatMap((one) => intersect({ ...one, from: returnsFrom, to: null }, { from: returnsFrom, to: employedTo }))
    return {
      ...before,
      employedFrom,
      employedTo,
      placements: [...before.placements, ...begin(before.placements)],
      phones: [...before.phones, ...begin(before.phones).filter(isFree)],
    }
  }
  const adjust = <Held extends Interval>(timeline: readonly Held[], mayContinue: (longer: Held) => boolean): Held[] =>
    timeline.flatMap((held) => {
      const begins = held.from.equals(before.employedFrom) ? employedFrom : held.from
      const continues = ended !== null && held.to?.equals(ended) === true
      const longer = { ...held, from: begins, to: continues ? employedTo : held.to }
      const possible = continues && !mayContinue(longer) ? held : longer
      // A placement or number that ended before this employment began belongs to an earlier employment.
      const isOfEarlier = held.to !== null && compare(held.to, before.employedFrom) <= 0
      return isOfEarlier ? [held] : intersect(possible, { from: employedFrom, to: employedTo })
    })
  const [first, ...others] = before.names.filter(({ to }) => to === null || compare(to, employedFrom) > 0)
  const hasEarlier = [...before.placements, ...before.phones].some(({ from }) => compare(from, before.employedFrom) < 0)
  return {
    ...before,
    employedFrom,
    employedTo,
    // A person has a name from the first day on, and afterwards.
    names: hasEarlier || !first ? before.names : [{ ...first, from: employedFrom }, ...others],
    placements: adjust(before.placements, () => true),
    phones: adjust(before.phones, isFree),
  }
}

/** Returns when somebody who left begins again; false if the change is about the ended employment. */
function returnsAt(
  ended: Temporal.Instant,
  { from, employedFrom, employedTo }: HistoryChange,
): Temporal.Instant | false {
  if (employedFrom) return compare(employedFrom, ended) >= 0 && employedFrom
  const continues = employedTo !== undefined && (employedTo === null || compare(employedTo, ended) > 0)
  return continues && compare(from, ended) > 0 && from
}

function changePlacement(person: PersonHistory, { from, unitId, supervisorId }: HistoryChange) {
  const now = person.placements.find((placement) => holdsAt(placement, from))
  const placement: Placement = {
    unitId: unitId === undefined ? (now?.unitId ?? null) : unitId,
    supervisorId: supervisorId === undefined ? (now?.supervisorId ?? null) : supervisorId,
  }
  const none = placement.unitId === null && placement.supervisorId === null
  return changeFrom(person.placements, { from, until: person.employedTo }, none ? null : placement, samePlacement)
}

function changePhone(
  phones: PersonHistory['phones'],
  phoneKey: PhoneNumberKey,
  when: { from: Temporal.Instant; until: Temporal.Instant | null },
  isTheirs: boolean,
): PersonHistory['phones'] {
  const [these, others] = [
    phones.filter((phone) => phone.phoneKey === phoneKey),
    phones.filter((phone) => phone.phoneKey !== phoneKey),
  ]
  return [...others, ...changeFrom(these, when, isTheirs ? { phoneKey } : null, () => true)]
}

export function sameName(one: PersonName, other: PersonName): boolean {
  return one.name === other.name && one.given === other.given && one.family === other.family
}

function samePlacement(one: Placement, other: Placement): boolean {
  return one.unitId === other.unitId && one.supervisorId === other.supervisorId
}

/** Another holder of one of the person's numbers, with the overlapping time. */
export interface PhoneClash {
  phoneKey: PhoneNumberKey
  personId: string
  from: Temporal.Instant
  to: Temporal.Instant | null
}

export function findPhoneClash(
  { phones }: Pick<PersonHistory, 'phones'>,
  others: ReadonlyMap<PhoneNumberKey, readonly PhoneClash[]>,
): PhoneClash | undefined {
  for (const phone of phones) {
    const clash = others.get(phone.phoneKey)?.find((other) => overlap(phone, other))
    if (clash) return clash
  }
  return undefined
}
