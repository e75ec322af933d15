/** The custodian's stateless periodic jobs, in one table. Jobs with state are in `jobs/`. */
import type { Kysely } from 'kysely'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { countAdmissions, endAdmissionParts } from '#register/history/count-admissions.ts'
import { rollUpStudies, countStudies } from '#register/history/count-studies.ts'
import { ensurePartitions } from '#register/history/partitions.ts'
import type { RegisterTables } from '#register/tables.ts'
import { deleteOldFeedback } from '#safeguards/feedback/feedback.ts'
import { destroyUnneededDayKeys } from '#safeguards/keys/day-keys.ts'
import { deleteOldIntakeBatches, makeIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'
import {
  deleteExpiredSignInData,
  endExpiredSessions,
  removeAccessOfLeavers,
  storeSecondFactorDemand,
} from '#safeguards/sign-in/accounts.ts'
import { endExpiredListenings } from '#use/playback/end-listening.ts'
import { drawSamplesDue, endExpiredQuality } from '#use/quality/sampling.ts'
import { eraseEndedRequests } from '#use/requests/erase-requests.ts'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import { endExpiredTraining } from '#use/training/sessions.ts'
import type { Versions } from '../roles/follow-versions.ts'

export interface JobsOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  keys: KeyStore
  versions: Pick<Versions, 'at'>
  clock: Clock
  log: Log
  /** Interval of checks, in ms. */
  checkMs: number
}

export interface Job {
  /** Name of the lock `seloste.<name>`, so that one process at a time runs the job, and value of label `work` in its metrics. */
  name: string
  /** Interval in ms; `checks`: as often as promises are checked. */
  everyMs: number | 'checks'
  /** Runs once before {@link startJobs} returns, and so before anybody views, signs in or records. */
  isFirst?: true
  work: (options: JobsOptions, signal: AbortSignal) => Promise<void>
  /** Log message for a failed run; the next run is at the usual time. */
  failed: string
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** 512 keys per run, every five seconds: enough for a hundred recordings a second. */
const batchesAtOnce = 8

export const jobs = [
  {
    // Interval is short: if a row is deleted before this job counts it, only capture's own count reveals it.
    name: 'admissions',
    everyMs: 'checks',
    isFirst: true,
    async work({ db }, signal) {
      await countAdmissions(db, signal)
      await endAdmissionParts(db)
    },
    failed: 'cannot write the counts of registered calls to the audit log; retrying in a minute',
  },
  {
    name: 'prepare',
    everyMs: hour,
    async work({ db, clock }) {
      await ensurePartitions(db, clock.now())
      await deleteOldFeedback(db)
    },
    failed: 'cannot create partitions for the coming months, or delete expired feedback',
  },
  {
    name: 'intake-keys',
    everyMs: 5 * second,
    isFirst: true,
    async work({ db, keys, clock }) {
      await makeIntakeBatches(db, keys, generateKeyPair, batchesAtOnce)
      await destroyUnneededDayKeys(db, keys, clock.now())
    },
    failed: 'cannot create intake keys; capture records until its stock is empty',
  },
  {
    // Renews the wrapping key ahead of destructions, so that most of them need not do it.
    name: 'intake-renewal',
    everyMs: 15 * minute,
    async work({ db, keys }) {
      await deleteOldIntakeBatches(db)
      await renewIntakeKey(db, keys)
    },
    failed: 'cannot renew the intake wrapping key; the next destruction renews it anyway',
  },
  {
    name: 'listenings',
    everyMs: second,
    async work({ db, log }) {
      for (const { listening, why } of await endExpiredListenings(db)) log.info({ listening, why }, 'playback ended')
    },
    failed: 'cannot close expired playback sessions; they are refused anyway',
  },
  {
    // Applies a required second factor from the first sign-in on (R20); people who have left lose access (R36). Logs expired sessions.
    name: 'accounts',
    everyMs: 5 * second,
    isFirst: true,
    async work({ db, versions, clock, log }) {
      await storeSecondFactorDemand(db, versions.at(clock.now()).description.switches.secondFactor)
      await endExpiredSessions(db)
      const people = await removeAccessOfLeavers(db)
      if (people > 0) log.info({ people }, 'ended the sessions, rights and passwords of people who have left')
    },
    failed: 'cannot update accounts; people who have left are refused anyway',
  },
  {
    name: 'forget-sign-ins',
    everyMs: hour,
    work: async ({ db }) => deleteExpiredSignInData(db),
    failed: 'cannot delete expired sign-in data; retrying in an hour',
  },
  {
    // Counts calls for service-level studies (R4); the interval is the delay until a call is counted.
    name: 'studies',
    everyMs: 2 * second,
    async work({ db }, signal) {
      await countStudies(db, signal)
    },
    failed: 'cannot count calls for the statistics; retrying in a few seconds',
  },
  {
    name: 'studies-terms',
    everyMs: hour,
    async work({ db, log }) {
      const rows = await rollUpStudies(db)
      if (rows > 0) log.info({ rows }, 'merged daily counts past their term into monthly counts')
    },
    failed: 'cannot merge daily counts past their term into monthly counts; retrying in an hour',
  },
  {
    name: 'quality-draws',
    everyMs: 10 * second,
    async work({ db, log }) {
      const recordings = await drawSamplesDue(db)
      if (recordings > 0) log.info({ recordings }, 'recordings drawn for evaluation')
    },
    failed: 'cannot draw recordings for evaluation; retrying',
  },
  {
    // Runs first, so that after a restore nobody sees an evaluation of a destroyed recording.
    name: 'quality-ends',
    everyMs: hour,
    isFirst: true,
    async work({ db, log }) {
      const evaluations = await endExpiredQuality(db)
      if (evaluations > 0) {
        log.info({ evaluations }, 'deleted evaluations whose recordings were destroyed a month ago')
      }
    },
    failed: 'cannot delete expired evaluations; retrying in an hour',
  },
  {
    // Runs first, so that after a restore nobody sees texts of a moment of a destroyed recording.
    name: 'training-ends',
    everyMs: hour,
    isFirst: true,
    async work({ db, log }) {
      const sessions = await endExpiredTraining(db)
      if (sessions > 0) {
        log.info({ sessions }, 'deleted training sessions and their lists fourteen months after they ended')
      }
    },
    failed: 'cannot delete expired training sessions; retrying in an hour',
  },
  {
    // Erases personal data thirty days after a request was closed. Runs first, so that after a restore nobody sees expired data.
    name: 'requests',
    everyMs: hour,
    isFirst: true,
    async work({ db, log }) {
      const requests = await eraseEndedRequests(db)
      if (requests > 0) {
        log.info({ requests }, 'erased the personal data of closed requests at the end of their term')
      }
    },
    failed: 'cannot erase the personal data of closed requests; retrying in an hour',
  },
  {
    // Creates letters that an event makes due: a recording was destroyed before its inspection, or because its use was prohibited.
    name: 'letters',
    everyMs: 15 * second,
    async work({ db, versions, clock, log }) {
      const letters = await makeLettersDue(db, versions.at(clock.now()).description, (error, request) => {
        log.error({ err: error, request }, 'cannot create a letter that is due; retrying')
      })
      if (letters > 0) log.info({ letters }, 'created letters that are due; they wait at the Service Unit to be sent')
    },
    failed: 'cannot search for letters that are due; retrying',
  },
] as const satisfies readonly Job[]

/**
 * Starts jobs of the table; default: all.
 * @throws the error of a failed first run of a job with `isFirst`
 */
export async function startJobs(options: JobsOptions, selected: readonly Job[] = jobs): Promise<Repeating> {
  const { pool, log, checkMs } = options
  for (const { isFirst, work } of selected) if (isFirst) await work(options, new AbortController().signal)
  const running = selected.map(({ name, everyMs, work, failed }) =>
    every({
      pool,
      intervalMs: everyMs === 'checks' ? checkMs : everyMs,
      lockName: `seloste.${name}`,
      work: (signal) => work(options, signal),
      onError: (error) => {
        log.error({ err: error }, failed)
      },
    }),
  )
  return { stop: async () => void (await Promise.all(running.map((job) => job.stop()))) }
}
