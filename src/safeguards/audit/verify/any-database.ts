import type { Kysely } from 'kysely'

/** A database whose tables are read by the names of docs/formats/audit-log.md alone. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the verifier shares no types with the writer
export type AnyDatabase = Kysely<any>
