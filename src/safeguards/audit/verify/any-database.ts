import type { Kysely } from 'kysely'

/** A database whose tables are named only by docs/formats/audit-log.md. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the verifier shares no types with the writer
export type AnyDatabase = Kysely<any>
