/**
 * One custodian for one register. In: the custodian's database URL. Out: a lock of the database, held for as long as the process lives;
 * word when another has it. Never here: two custodians at once, each with a key folder of its own: what one destroyed the other's folder
 * would still open, with a receipt that says it is gone.
 */
import { Fault } from '#platform/fault.ts'
import { holdExclusiveLock, type ExclusiveLock } from '#platform/jobs/exclusive-lock.ts'

/**
 * Resolves once the lock is held.
 * @param onElsewhere the connection was lost, and another custodian has taken the lock since: this one is to end
 * @throws Fault `custodian-elsewhere`; what connecting throws
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
      options.onElsewhere(elsewhere())
    },
  })
  if (held === 'elsewhere') throw elsewhere()
  return held
}

function elsewhere(): Fault {
  return new Fault(
    'custodian-elsewhere',
    'another custodian works on this register, from another folder or machine: each would keep keys that the other destroys',
  )
}
