/** Problems found when the log is opened, and those that were accepted. */
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

export const findingKinds = {
  'key-missing': 'the key that signed the log is not in the key store',
  'checkpoint-missing': 'the checkpoint beside the keys is missing, although the log has been signed',
  'checkpoint-altered': 'the checkpoint beside the keys is not signed by the log’s key',
  'stored-checkpoint-altered': 'the newest checkpoint in the database is not the log’s, or not of these leaves',
  'leaves-missing': 'the database has fewer leaves than were signed: it is from an earlier time, or rows were deleted',
  'leaves-altered': 'the leaves in the database do not have the root that was signed',
  'entry-missing': 'an entry of the tree is missing',
  'entry-altered': 'an entry was altered after it was added to the tree',
  'entries-lost': 'entries of the tree are lost; their hashes were restored',
  'pending-missing': 'an entry was deleted before it was added to the tree',
  'witness-ahead':
    'a witness has cosigned a larger tree than this: the log and the files beside the keys are from an earlier time',
  'witness-differs':
    'a witness has cosigned a different log of this installation: somebody has signed it with the log’s key',
} as const
export type FindingKind = keyof typeof findingKinds

export interface Finding {
  kind: FindingKind
  index?: number
  /** Last index of a range that begins at `index`. */
  to?: number
  seq?: number
  /** Leaves that were signed or seen by a witness, and those that exist. */
  signed?: number
  found?: number
  /** Present hash of an altered entry, hexadecimal. */
  hash?: string
  witness?: string
}

export interface LogBreak {
  id: number
  foundAt: Temporal.Instant
  findings: Finding[]
}

/** Returns the break that is not accepted; undefined if the log is whole. */
export async function openBreak(database: SafeguardsDatabase): Promise<LogBreak | undefined> {
  const row = await safeguardsOf(database)
    .selectFrom('audit_break')
    .select(['id', 'found_at', 'findings'])
    .where('accepted_at', 'is', null)
    .executeTakeFirst()
  return row && { id: row.id, foundAt: row.found_at, findings: row.findings as Finding[] }
}

/** Records a break, unless one is open. Nobody can view anything until it is accepted. */
export async function recordBreak(database: SafeguardsDatabase, findings: readonly Finding[]): Promise<void> {
  await safeguardsOf(database)
    .insertInto('audit_break')
    .values({ findings: JSON.stringify(findings) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Returns a predicate that is true for findings accepted with an earlier break. */
export async function acceptedFindings(database: SafeguardsDatabase): Promise<(finding: Finding) => boolean> {
  const rows = await safeguardsOf(database)
    .selectFrom('audit_break')
    .select('findings')
    .where('accepted_at', 'is not', null)
    .execute()
  const accepted = rows.flatMap(({ findings }) => findings as Finding[])
  const known = new Set(accepted.map(keyOf))
  const lost = accepted.filter(({ kind }) => kind === 'entries-lost')
  return (finding) => {
    const { kind, index } = finding
    if (known.has(keyOf(finding))) return true
    if (kind !== 'entry-missing' || index === undefined) return false
    return lost.some((range) => index >= (range.index ?? 0) && index <= (range.to ?? -1))
  }
}

/** Returns a key that is equal for equal findings. */
function keyOf({ kind, index, seq, hash, witness, signed }: Finding): string {
  return [kind, index, seq, hash, witness, witness && signed].join(' ')
}

/** Formats a finding for an operator, on one line. */
export function describeFinding({ kind, index, to, seq, signed, found, witness }: Finding): string {
  const facts = Object.entries({ index, to, entry: seq, signed, found, witness })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
  return `${findingKinds[kind]}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`
}
