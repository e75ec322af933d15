import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { Copies } from '#safeguards/places/copies.ts'
import type { DestructionCause, RegisterTables } from '../tables.ts'

/** What a destruction reaches. */
export interface Expunging {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  copies: Copies
  /** The custodian's folder where bodies are mended; sealed bytes only. */
  workFolder: string
}

/** A recording whose end has come. */
export interface Ending {
  id: string
  cause: DestructionCause
  /** Who or what ended it: the name of a process or a job (`sweep`), or the id of a person. */
  doneBy: string
  /** From then on a place that is away does not keep its key alive any more: a minute after a prohibition, a day after a term. */
  deadline: Temporal.Instant
}

export interface Expunged {
  /** Destroyed everywhere, or everywhere that could be reached until their deadline. */
  destroyed: string[]
  /** Blocked and closed to everybody, and not yet destroyed in every copy: what stands in the way. The next run goes on. */
  waiting: { id: string; why: string }[]
  /** What the database refused, or a disk or the key store would not do. */
  failures: { id: string; error: unknown }[]
}

/** A recording whose destruction has begun. */
export type Begun = Omit<Ending, 'cause'> & {
  /** Capture has something of it still, since then. */
  capturedSince: Temporal.Instant | null
  /** It has waited for as long as a call lasts: no other recording keeps its intake key from being deleted any more. */
  isOverdue: boolean
}
