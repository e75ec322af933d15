import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { ChangeRefusal } from './history/change-history.ts'

/** A number that belongs to somebody else during part of the requested time. */
export interface PhoneTaken {
  refused: 'person.phone-taken'
  phoneKey: PhoneNumberKey
  by: { id: string; name: string }
  from: Temporal.Instant
  until: Temporal.Instant | null
}

/** Refusal of a change of the directory; nothing was changed. */
export type DirectoryRefusal =
  | ChangeRefusal
  | PhoneTaken
  | { refused: 'person.user-id-taken' }
  | { refused: 'person.not-personal' }
  | { refused: 'person.name-missing' }
  | { refused: 'person.not-a-number'; written: string }
  | { refused: 'person.unknown-supervisor'; userId: string }
  | { refused: 'person.circle' }
  | { refused: 'person.overlap' }
  | { refused: 'person.needs-confirmation' }
  | { refused: 'change.own' }
  | { refused: 'deny.role' }
  | { refused: 'not-found' }

const byConstraint: Record<
  string,
  DirectoryRefusal['refused'] & ('person.overlap' | 'person.circle' | 'person.user-id-taken')
> = {
  person_user_id_key: 'person.user-id-taken',
  person_placement_circle: 'person.circle',
  person_placement_own: 'person.circle',
  person_name_apart: 'person.overlap',
  person_phone_apart: 'person.overlap',
  person_placement_apart: 'person.overlap',
  person_recording_consent_apart: 'person.overlap',
}

/** Returns the database's refusal; undefined for other errors. */
export function refusalOf(error: unknown): DirectoryRefusal | undefined {
  const { code, constraint, message } = error as { code?: string; constraint?: string; message?: string }
  const known = constraint === undefined ? undefined : byConstraint[constraint]
  if (known) return { refused: known }
  if (code === 'SE001' && (message === 'person.needs-confirmation' || message === 'change.own')) {
    return { refused: message }
  }
  // Row-level security, or a missing privilege.
  return code === '42501' ? { refused: 'deny.role' } : undefined
}
