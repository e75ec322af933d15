import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { copyPlaceToVerify } from '#register/verify/copy-place-to-verify.ts'
import type { CopyPlaceToVerify } from '#register/verify/prove-destroyed.ts'
import { openStore } from '#safeguards/places/open-place.ts'

/**
 * Returns every place of backups for verification.
 * @throws Fault `place-away` if one is unreachable, because nothing can be proved about it
 */
export async function backupPlacesToVerify(backups: Settings['backups']): Promise<CopyPlaceToVerify[]> {
  const opened: CopyPlaceToVerify[] = []
  for (const { name, at } of backups) {
    const store = await openStore({ at }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Fault(
        'place-away',
        `the place "${name}" cannot be read (${reason}); make it available, then verify again`,
        error,
      )
    })
    opened.push(copyPlaceToVerify(name, store))
  }
  return opened
}
