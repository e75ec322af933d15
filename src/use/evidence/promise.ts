/**
 * Evidence that the description's sentences hold (R1). In: the data, as the custodian may see them. Out: for each promise
 * whether it holds, with the counts. Never here: a look at the configuration where the data can be asked, content of a
 * call, a repair of what is found.
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
import type { Written } from './written.ts'

/** What the checks look at. */
export interface Looking {
  /** As the custodian signs in. */
  db: Kysely<RegisterTables & EvidenceTables>
  /** Oldest first, those to come included. */
  versions: readonly DescriptionVersion[]
  /** In force at `now`. */
  version: DescriptionVersion
  now: Temporal.Instant
  objects: ObjectStore
  keys: KeyStore
  /** Every place where this installation keeps data. */
  places: readonly Place[]
  drawKey: Uint8Array
  /** The first check of this process: nothing is taken over from an earlier one's that can be looked at anew. */
  afresh: boolean
  /** How much of the usual time lies between two rounds: what is looked at each hour follows it. 1 unless told. */
  pace?: number
  /** The last verification of the log by this process. */
  lastVerification?: () => LastVerification | undefined
  /** Whoever checks is about to end: a check that takes long throws. */
  signal?: AbortSignal | undefined
}

/** A folder or a bucket where data lie; the database tells of its own places itself. */
export interface Place {
  name: 'data' | 'objects' | 'keys' | 'database'
  at: FolderAddress | S3Address
  /** The id of its site, where the operator has told it. */
  site?: string | undefined
}

export interface Found<Some extends Facts = Facts> {
  holds: boolean
  facts: Some
  /** What the next check goes on from, for a check that does not look at everything each time. */
  memo?: unknown
}

export interface Check<Some extends Facts = Facts> {
  /** What is checked, in one sentence. */
  rule: string
  /** The test that would fail if the program broke the promise. */
  test: { file: string; title: string }
  /** What to do when it is broken. */
  remedy: string
  /** `not-yet`: there is nothing to tell before the first round of what it looks at; then there is no proof either. */
  check(looking: Looking, memo: unknown): Promise<Found<Some> | 'not-yet'>
  /** What its sentence (`promise.ID` in texts/server/promise.json) says beside the counts. */
  more?(facts: Some, written: Written): Values
}
