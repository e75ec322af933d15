import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { openAdmissionAccount } from '#capture/session/register/admission-account.ts'
import type { AdmitFacts } from '#capture/session/register/admit-facts.ts'
import { isFinal } from '#capture/session/recovery/spool.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'
import { reportAdmissions } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Reports what a capture node entered, from what its admissions came to. @returns how to note them */
export async function reportAdmitted(options: {
  db: Kysely<RegisterTables>
  nodeId: string
  /** Of the spool. */
  folder: string
  clock: Clock
  log: Log
}): Promise<{ of: (admit: AdmitFacts) => AdmitFacts; stop: () => Promise<void> }> {
  const { db, nodeId, folder, clock, log } = options
  const account = await openAdmissionAccount({
    directory: join(folder, 'admitted'),
    now: () => clock.now(),
    report: (some) => reportAdmissions(db, nodeId, some),
    onFault: (error) => {
      log.warn({ err: error }, 'what this node entered could not be noted or reported; retried in a minute')
    },
  })
  return {
    of: (admit) => async (facts) => {
      const admission = await admit(facts)
      if (admission.verdict === 'entered' && isFinal(facts)) account.note(facts)
      return admission
    },
    stop: () => account.stop(),
  }
}
