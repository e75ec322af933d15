/**
 * Copies elsewhere: what a destruction must reach beside the database, the objects and the key store. In: what has
 * changed. Out: which places have it now. Never here: a place without an attested site (R19), a destruction.
 */

/** Whether one place has what it was told. */
export interface Reached {
  /** The place's name in the settings. */
  place: string
  reached: boolean
  /** Why not, for the operator: one line. */
  fault?: string | undefined
}

/** The shards of a month of expiry whose keys are other ones now. */
export interface ChangedKeys {
  /** The month's first day. */
  month: Temporal.PlainDate
  shards: readonly number[]
}

/** Every place in use that holds copies; one that is away is no error, its answer says so. */
export interface Copies {
  /** Writes the keys of these months and shards as they are now into each place's copy of the keyring, and reads them back. */
  renewKeyring(changed: readonly ChangedKeys[]): Promise<Reached[]>
  /** Removes objects from each place. */
  deleteObjects(keys: readonly string[]): Promise<Reached[]>
  /** Brings the destruction ledger in each place up to date. */
  shipLedger(): Promise<Reached[]>
}

/** An installation without copies anywhere. */
export const withoutCopies: Copies = {
  renewKeyring: () => Promise.resolve([]),
  deleteObjects: () => Promise.resolve([]),
  shipLedger: () => Promise.resolve([]),
}
