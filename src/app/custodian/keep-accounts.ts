import type { Kysely } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { endLeavers, forgetSignIns, noteDemand } from '#safeguards/sign-in/keep-accounts.ts'
import { createSecondFactors, type CodeProof } from '#safeguards/sign-in/second-factor.ts'
import { readSignInKeys } from '#safeguards/sign-in/sign-in-key.ts'
import type { CustodianAnswers } from './custodian-server.ts'
import type { Versions } from '../roles/follow-versions.ts'
import { secondFactorQuestions } from './second-factor-questions.ts'

export interface AccountsOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  keys: KeyStore
  versions: Versions
  clock: Clock
  log: Log
}

const lookMs = 5_000
const forgetMs = 60 * 60_000

/**
 * What the custodian does for accounts: it answers for second factors, tells the database what the description in force
 * demands of a sign-in, and ends what leavers had (R20, R36).
 */
export async function keepAccounts(options: AccountsOptions): Promise<{
  questions: CustodianAnswers['questions']
  secondFactors: CodeProof
  stop: () => Promise<void>
}> {
  const { pool, db, keys, versions, clock, log } = options
  const factors = createSecondFactors(db, await readSignInKeys(keys), () => clock.now())
  const demand = () => versions.at(clock.now()).description.switches.secondFactor
  // Before anybody can sign in: a description that requires a second factor has it from the first sign-in on.
  await noteDemand(db, demand())
  const looking = every({
    pool,
    intervalMs: lookMs,
    lockName: 'seloste.accounts',
    work: async () => {
      await noteDemand(db, demand())
      const people = await endLeavers(db)
      if (people > 0) log.info({ people }, 'people have left: their sessions, rights and passwords have ended')
    },
    onError: (error) => {
      log.error({ err: error }, 'accounts could not be kept up to date; who has left opens nothing all the same')
    },
  })
  const forgetting = every({
    pool,
    intervalMs: forgetMs,
    lockName: 'seloste.forget-sign-ins',
    work: () => forgetSignIns(db),
    onError: (error) => {
      log.error({ err: error }, 'what signing in leaves behind could not be removed; it is tried again in an hour')
    },
  })
  return {
    questions: secondFactorQuestions(factors),
    secondFactors: factors,
    async stop() {
      await Promise.all([looking.stop(), forgetting.stop()])
    },
  }
}
