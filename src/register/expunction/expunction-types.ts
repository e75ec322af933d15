import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { Copies } from '#safeguards/places/copies.ts'
import type { DestructionCause, RegisterTables } from '../tables.ts'

/** Dependencies of a destruction. */
export interface ExpunctionContext {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  copies: Copies
  /** The custodian's folder for rebuilding bodies; sealed bytes only. */
  workFolder: string
}

/** A recording to destroy. */
export interface RecordingToDestroy {
  id: string
  cause: DestructionCause
  /** Actor: a process or job (`sweep`), or the id of a person. */
  doneBy: string
  /** When the key is destroyed even if a place is unreachable: a minute after a prohibition, a day after a term. */
  deadline: Temporal.Instant
}

export interface ExpunctionResult {
  /** Destroyed everywhere, or everywhere reachable by the deadline. */
  destroyed: string[]
  /** Blocked and inaccessible, but not destroyed in every copy, and why. The next run continues. */
  waiting: { id: string; why: string }[]
  /** Refused by the database, or failed at a disk or the key store. */
  failures: { id: string; error: unknown }[]
}

/** A recording whose destruction has begun. */
export type BegunExpunction = Omit<RecordingToDestroy, 'cause'> & {
  /** When capture was asked to release its files of the recording; null if it has none. */
  releaseRequestedAt: Temporal.Instant | null
  /** True after the longest possible call: then no other recording delays the deletion of its intake key any more. */
  isOverdue: boolean
}
