import { sql } from 'kysely'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

/** A blocker of destructions or of their proof, for operators; contains nothing about preservation orders. */
export interface Blocker {
  kind: keyof typeof remedies
  count: number
  since: Temporal.Instant | null
  deadline: Temporal.Instant | null
  place: string | null
  example: string | null
  fault: string | null
}

/**
 * Work that waits for a person: an inspection whose recording is destroyed within three days, an overdue recall, a disclosure
 * whose copies should have been returned.
 */
export interface BlockedDestruction {
  kind: 'inspection-urgent' | 'recall-overdue' | 'disclosure-overdue'
  id: string
  until: Temporal.Instant
}

/** Problem and remedy by kind. */
export const remedies = {
  'clock-ahead': [
    'the clock has jumped ahead, nothing is destroyed by its term',
    'set the clock right, or let two people confirm it on the screen Säilytys',
  ],
  'clock-behind': ['the clock has gone back, expired data are not served meanwhile', 'set the clock right'],
  'place-unreachable': [
    'a place does not answer',
    'make it reachable again; the deletions that it missed are repeated automatically',
  ],
  'object-left': ['recordings are blocked and not yet destroyed everywhere', 'see the custodian’s log for the cause'],
  'key-store': [
    'a key that is due is not destroyed',
    'make sure that the key store answers; the destruction is retried automatically',
  ],
  'ledger-copy-behind': [
    'a copy of the destruction ledger is behind',
    'make sure that its place answers and is writable',
  ],
  'refused-by-database': [
    'the last sweep failed',
    'see the custodian’s log for the reason; it runs again within the hour',
  ],
  'prohibition-waits': ['recordings that were forbidden wait', 'the Service Unit closes the case that was open before'],
  'history-uncounted': ['days of history are not counted', 'see the custodian’s log for why the sweep does not finish'],
  'backup-late': ['the newest backup is older than 26 hours', 'run "seloste backup" and read its output'],
  'backup-none': ['there is no backup', 'set a place in SELOSTE_BACKUPS (docs/operate/backup-and-restore.md)'],
  'verification-failed': ['the verification of recordings found something', 'run "seloste recordings verify"'],
  'attestation-over': [
    'the attestation of a place’s access control has expired',
    'renew it in a new version of the description (docs/operate/places-of-data.md)',
  ],
} as const

/** Lists blockers. Runs as the custodian or the owner of the database. */
export async function listBlockers(db: SafeguardsDatabase): Promise<Blocker[]> {
  const { rows } = await sql<Blocker>`
    select kind, count::float8 as count, since, deadline, place, example, fault from destruction_blockers()`.execute(db)
  return rows
}

/** Lists work that waits for a person. Runs as the custodian or the owner of the database. */
export async function listBlockedDestructions(db: SafeguardsDatabase): Promise<BlockedDestruction[]> {
  const { rows } = await sql<BlockedDestruction>`select kind, id, until from pending_ends() order by until`.execute(db)
  return rows
}

/** Returns one line: kind, count, place, since and until when, remedy. */
export function describeBlocker({ kind, count, since, deadline, place, example, fault }: Blocker): string {
  const [item, remedy] = remedies[kind]
  const details = [
    place,
    count > 0 && String(count),
    example !== null && `for example ${example}`,
    since && `since ${second(since)}`,
    deadline && `to be fixed by ${second(deadline)}`,
    fault,
  ].filter(Boolean)
  return `${kind}: ${item}${details.length > 0 ? ` (${details.join(', ')})` : ''}: ${remedy}`
}

function second(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second' })
}
