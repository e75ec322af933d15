/** Copies that a destruction must reach beside the database, the objects and the key store. */

/** Result of an update of a place. */
export interface Reached {
  /** The place's name in the settings. */
  place: string
  reached: boolean
  /** If it was not reached, the reason for the operator: one line. */
  fault?: string | undefined
}

/** Re-keyed shards of a month of expiry. */
export interface ChangedKeys {
  /** First day of the month. */
  month: Temporal.PlainDate
  shards: readonly number[]
}

/** All places of copies in use. An unreachable place does not throw; its result says so. */
export interface Copies {
  /** Writes the current keys of these months and shards to each place's keyring, and reads them back. */
  renewKeyring(changed: readonly ChangedKeys[]): Promise<Reached[]>
  /** Removes objects from each place. */
  deleteObjects(keys: readonly string[]): Promise<Reached[]>
  /** Updates the destruction ledger in each place. */
  shipLedger(): Promise<Reached[]>
}

/** An installation without copies anywhere. */
export const withoutCopies: Copies = {
  renewKeyring: () => Promise.resolve([]),
  deleteObjects: () => Promise.resolve([]),
  shipLedger: () => Promise.resolve([]),
}
