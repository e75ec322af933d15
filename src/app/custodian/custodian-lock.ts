/**
 * Ensures one custodian per register by a database lock. Two custodians would have separate key folders, and a recording that one
 * has destroyed, with a receipt, could still be decrypted by the other.
 */
import { Fault } from '#platform/fault.ts'
import { holdExclusiveLock, type ExclusiveLock } from '#platform/jobs/exclusive-lock.ts'

/**
 * Resolves once the lock is held.
 * @param onElsewhere called if the connection was lost and another custodian has the lock: this one must end
 * @throws Fault `custodian-elsewhere`; connection errors
 */
export async function holdCustodianLock(options: {
  databaseUrl: string
  onElsewhere: (error: Error) => void
  patienceMs?: number
}): Promise<ExclusiveLock> {
  const held = await holdExclusiveLock({
    ...options,
    applicationName: 'seloste-custodian alone',
    lockName: 'seloste.custodian',
    onElsewhere: () => {
      options.onElsewhere(heldByOther())
    },
  })
  if (held === 'elsewhere') throw heldByOther()
  return held
}

function heldByOther(): Fault {
  return new Fault(
    'custodian-elsewhere',
    'another custodian is running on this register, from another folder or machine: each would keep keys that the other destroys',
  )
}
