import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { findNumber, type RegisterDescription, type ServiceNumber } from '#description/register-description.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import type { Directory } from '../../siprec/party-evidence.ts'

/** Returns the number registry and the directory of officials at an instant (R7, R8, R11). */
export function directoryAt(
  description: RegisterDescription,
  officials: readonly DirectoryEntry[],
  at: Temporal.Instant,
): Directory<ServiceNumber, DirectoryEntry> {
  return {
    findNumber: (key: PhoneNumberKey) => findNumber(description, key, at),
    findOfficial: (key: PhoneNumberKey) =>
      officials.find(
        ({ phoneKey, from, to }) =>
          phoneKey === key &&
          Temporal.Instant.compare(from, at) <= 0 &&
          (to === null || Temporal.Instant.compare(at, to) < 0),
      ),
    personOf: ({ personId }) => personId,
  }
}
