/**
 * Intake keys, made ahead and ended. In: the time. Out: batches for capture nodes; the intake wrapping key renewed when private keys
 * have been deleted; day keys of earlier versions destroyed once nothing waits for them. Never here: a destruction of a recording,
 * which renews the wrapping key itself.
 */
import type { Kysely } from 'kysely'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { endDayKeys } from '#safeguards/keys/day-keys.ts'
import { endOldIntakeBatches, makeIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'

const makeMs = 5_000
/** 512 keys each time: more than a hundred calls a second use. */
const batchesAtOnce = 8
/** So that most destructions find that theirs has been renewed since. */
const renewMs = 15 * 60_000

/** The first keys are there once this resolves: capture starts after the custodian. */
export async function keepIntake(options: {
  db: Kysely<RegisterTables>
  pool: EveryOptions['pool']
  keys: KeyStore
  clock: Clock
  log: Log
}): Promise<{ stop: () => Promise<void> }> {
  const { db, pool, keys, clock, log } = options
  await makeIntakeBatches(db, keys, generateKeyPair, batchesAtOnce)
  const making = every({
    pool,
    intervalMs: makeMs,
    lockName: 'seloste.intake-keys',
    work: async () => {
      await makeIntakeBatches(db, keys, generateKeyPair, batchesAtOnce)
      await endDayKeys(db, keys, clock.now())
    },
    onError: (error) => {
      log.error({ err: error }, 'intake keys could not be made; capture records as long as its stock lasts')
    },
  })
  const renewing = every({
    pool,
    intervalMs: renewMs,
    lockName: 'seloste.intake-renewal',
    work: async () => {
      await endOldIntakeBatches(db)
      await renewIntakeKey(db, keys)
    },
    onError: (error) => {
      log.error({ err: error }, 'the intake wrapping key could not be renewed; a destruction renews it all the same')
    },
  })
  return {
    async stop() {
      await Promise.all([making.stop(), renewing.stop()])
    },
  }
}
