/** The tables of those who watch (migrations/0011-watch.sql). */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the tables of the migration
export interface WatchTables {}
