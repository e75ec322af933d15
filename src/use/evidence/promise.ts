/**
 * Checks that the description's sentences hold (R1), with counts, from the data that the custodian may see. Uses data rather
 * than configuration where possible, never contents of calls, and repairs nothing.
 */
import type { Kysely } from 'kysely'
import type { FolderAddress, S3Address } from '#platform/config/places.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { Values } from '#platform/texts/texts.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { LastVerification } from '#safeguards/audit/log-verifications.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import type { EvidenceTables, Facts } from './tables.ts'
import type { Formatter } from './formatter.ts'

export interface CheckContext {
  /** Connection with the custodian's role. */
  db: Kysely<RegisterTables & EvidenceTables>
  /** Oldest first, future ones included. */
  versions: readonly DescriptionVersion[]
  /** In force at `now`. */
  version: DescriptionVersion
  now: Temporal.Instant
  objects: ObjectStore
  keys: KeyStore
  /** Every place where this installation stores data. */
  places: readonly Place[]
  drawKey: Uint8Array
  /** Database roles of the site's administrators, besides the first superuser and the owner. Default none. */
  administrators?: readonly string[]
  /** True at the first check of a process: everything possible is checked again, without using earlier results. */
  afresh: boolean
  /** Factor on the usual interval between two rounds, also applied to hourly checks. Default 1. */
  intervalFactor?: number
  /** Returns this process's last verification of the log. */
  lastVerification?: () => LastVerification | undefined
  /** Aborted when the process is about to end: a long check throws. */
  signal?: AbortSignal | undefined
}

/** A folder or bucket with data; the database reports its own places. */
export interface Place {
  name: 'data' | 'objects' | 'keys' | 'database'
  at: FolderAddress | S3Address
  /** Id of its site, if the operator set it. */
  site?: string | undefined
}

export interface CheckResult<Some extends Facts = Facts> {
  holds: boolean
  facts: Some
  /** State for the next check, if a check is incremental. */
  memo?: unknown
}

export interface Check<Some extends Facts = Facts> {
  /** The checked rule, in one sentence. */
  rule: string
  /** Test that fails if the program breaks the promise. */
  test: { file: string; title: string }
  /** What to do when the promise is broken. */
  remedy: string
  /** `not-yet`: the job that is checked has not run yet, so there is no result and no proof. */
  check(context: CheckContext, memo: unknown): Promise<CheckResult<Some> | 'not-yet'>
  /** Returns further values for its sentence (`promise.ID` in texts/server/promise.json). */
  more?(facts: Some, formatter: Formatter): Values
}
