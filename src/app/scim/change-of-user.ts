import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { ChangeToMake, PersonToEnter } from '#safeguards/people/change-people.ts'
import type { PersonNow } from '#safeguards/people/person-now.ts'
import { nameOf, officialsPhone } from '#safeguards/people/written-values.ts'
import { fullName, phonesOf, writtenFrom, type WrittenUser } from './read-user.ts'
import { ScimError } from './scim-error.ts'
import { userResource } from './user-resource.ts'

/** Converts an identity system's user to a person to enter into the directory as of now. */
export function personToEnter(user: WrittenUser & { userName: string }, now: Temporal.Instant): PersonToEnter {
  return {
    userId: user.userName,
    name: fullName(user),
    givenName: user.givenName ?? undefined,
    familyName: user.familyName ?? undefined,
    unit: user.department ?? undefined,
    ...managerOf(user.manager ?? undefined),
    phones: phonesOf(user),
    employedFrom: now,
    // Inactive: in the directory, with an employment that has ended.
    ...(user.active === false && { employedTo: now }),
    source: 'scim',
    externalId: user.externalId ?? undefined,
  }
}

/** Returns the changes that turn the person into the user, as of now. An inactive user needs no unit and no numbers. */
export function changeToMake(
  person: PersonNow,
  user: WrittenUser,
  { now, numbering }: { now: Temporal.Instant; numbering: NumberingOptions },
): ChangeToMake {
  if (user.userName !== undefined && user.userName !== person.userId) {
    throw new ScimError(400, 'userName cannot be changed: it is the personal user id.', 'mutability')
  }
  // A person who has not started yet is changed as of the first day.
  const from = Temporal.Instant.compare(person.employedFrom, now) > 0 ? person.employedFrom : now
  const active = user.active ?? person.employed
  const written = writtenFrom(userResource(person, numbering))
  const name = changedName(written, user)
  const named = { givenName: user.givenName ?? undefined, familyName: user.familyName ?? undefined }
  const isSameName =
    nameOf(name) === person.name.name &&
    (named.givenName ?? null) === person.name.given &&
    (named.familyName ?? null) === person.name.family
  const department = user.department ?? null
  const manager = user.manager ?? null
  return {
    from,
    ...(!isSameName && { name, ...named }),
    ...(active !== person.employed && { employedTo: active ? null : from }),
    ...((user.externalId ?? null) !== person.externalId && { externalId: user.externalId ?? null }),
    ...(active && {
      ...(department !== (person.unit?.name ?? null) && { unit: department ?? '' }),
      ...(manager !== (person.supervisor?.id ?? null) && managerOf(manager)),
      ...(!samePhones(user, person.phones, numbering) && { phones: phonesOf(user) }),
    }),
    source: 'scim',
  }
}

/**
 * Returns the new name: the display name or formatted name if it has changed; otherwise the given and family names if the old
 * name consisted of them; otherwise the best remaining name.
 */
function changedName(before: WrittenUser, after: WrittenUser): string {
  if (after.displayName && after.displayName !== before.displayName) return after.displayName
  if (after.formatted && after.formatted !== before.formatted) return after.formatted
  const [oldName, newName] = [before, after].map(({ givenName = null, familyName = null }) =>
    fullName({ givenName, familyName }),
  )
  if (newName && newName !== oldName && oldName === before.displayName) return newName
  return fullName(after)
}

/** Returns true if the user's numbers are those of the person, possibly written differently. */
function samePhones(user: WrittenUser, held: readonly PhoneNumberKey[], numbering: NumberingOptions): boolean {
  const keys = phonesOf(user).map((written) => officialsPhone(written, numbering))
  return keys.length === held.length && held.every((key) => keys.includes(key))
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function isId(text: string): boolean {
  return uuid.test(text)
}

function managerOf(manager: string | null | undefined): { supervisorId?: string | null; supervisor?: string } {
  if (manager === undefined) return {}
  if (manager === null) return { supervisorId: null }
  return isId(manager) ? { supervisorId: manager } : { supervisor: manager }
}
