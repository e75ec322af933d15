/** Acts on a copy at the desk, which has no keys: begin, listen, sign, report. */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, requestDatabase, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Level } from '../voice/engine.ts'
import { copyRefusals, type CopyRefusal } from './run-in-session.ts'
import type { RedactionReason } from './copy-work.ts'
import type { EvaluationFigures } from './voice-engines.ts'

const playbackRefusals = [...copyRefusals, 'anonymised-copy.not-rendered'] as const
const checkRefusals = [
  ...playbackRefusals,
  'anonymised-copy.own',
  'anonymised-copy.approved',
  'anonymised-copy.changed-meanwhile',
  'anonymised-copy.not-heard',
  'confirm.fresh',
  'input.identity-code',
] as const

/** Returns the copy of an item's recording, or begins one. */
export function beginCopy(
  db: Kysely<RegisterTables>,
  session: Session,
  disclosure: string,
  item: number,
): Promise<{ id: string } | Refused<CopyRefusal>> {
  const statement = sql<{ id: string }>`select begin_copy(${disclosure}::uuid, ${item}) as id`
  const trace = { action: 'anonymised-copy.begun', object: { kind: 'disclosure', id: disclosure } } as const
  return requestRow(db, session, statement, copyRefusals, trace)
}

/** Begins a playback of a rendered copy. */
export async function startPlayback(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<{ id: string; until: string; durationMs: number } | Refused<(typeof playbackRefusals)[number]>> {
  const statement = sql<{ id: string; until: Temporal.Instant; sound_ms: number }>`
    select * from begin_copy_hearing(${id}::uuid)`
  const trace = { action: 'anonymised-copy.heard', object: { kind: 'anonymised-copy', id } } as const
  const answer = await requestDatabase(db, session, statement, playbackRefusals, trace)
  if ('refused' in answer) return answer
  const { id: playback, until, sound_ms } = answer.rows[0]!
  return { id: playback, until: until.toString(), durationMs: sound_ms }
}

/** Approves or rejects a rendered copy, as the second person. */
export function checkCopy(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  { revision, outcome, note }: { revision: number; outcome: 'APPROVED' | 'REJECTED'; note?: string },
): Promise<'done' | Refused<(typeof checkRefusals)[number]>> {
  const statement = sql`select check_copy(${id}::uuid, ${revision}, ${outcome}, ${note ?? null})`
  const trace = { action: 'anonymised-copy.checked', object: { kind: 'anonymised-copy', id } } as const
  return requestAct(db, session, statement, checkRefusals, trace)
}

export interface PrivacyReport {
  level: Level
  engine: string
  version: string
  isAnonymous: boolean
  evaluation: EvaluationFigures | null
  removed: { reason: RedactionReason; count: number }[]
  redactedMs: number
  durationMs: number
  residualRisk: 'words' | 'words-and-prosody' | 'voice'
  preparedBy: { id: string; name: string }
  checkedBy: { id: string; name: string } | null
}

/**
 * What may still identify a speaker: the words at every level; at N also prosody; at D enough of the voice to be recognised.
 */
const residualRisk = { T: 'words', N: 'words-and-prosody', D: 'voice' } as const
const reportRefusals = ['deny.role', 'not-found', 'recording.destroyed', 'anonymised-copy.not-rendered'] as const

export async function readPrivacyReport(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<PrivacyReport | Refused<(typeof reportRefusals)[number]>> {
  const statement = sql<{
    level: Level
    engine: string
    version: string
    evaluation: EvaluationFigures | null
    removed: Partial<Record<RedactionReason, number>>
    redacted_ms: number
    duration_ms: number
    prepared_by: string
    prepared_by_name: string
    checked_by: string | null
    checked_by_name: string | null
  }>`select * from read_privacy_report(${id}::uuid)`
  const trace = { action: 'anonymised-copy.read', object: { kind: 'anonymised-copy', id } } as const
  const answer = await requestDatabase(db, session, statement, reportRefusals, trace)
  if ('refused' in answer) return answer
  const row = answer.rows[0]!
  return {
    level: row.level,
    engine: row.engine,
    version: row.version,
    isAnonymous: row.level !== 'D',
    evaluation: row.evaluation,
    removed: Object.entries(row.removed).map(([reason, count]) => ({ reason: reason as RedactionReason, count })),
    redactedMs: row.redacted_ms,
    durationMs: row.duration_ms,
    residualRisk: residualRisk[row.level],
    preparedBy: { id: row.prepared_by, name: row.prepared_by_name },
    checkedBy: row.checked_by === null ? null : { id: row.checked_by, name: row.checked_by_name! },
  }
}
