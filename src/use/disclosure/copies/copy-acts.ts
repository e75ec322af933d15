/** Acts on a copy at the desk, which has no keys: begin, listen, sign, report. */
import { sql } from 'kysely'
import { databaseAct, databaseAnswer, databaseRow } from '#safeguards/access/database-request.ts'
import type { Level } from '../voice/engine.ts'
import { copyRefusals } from './run-in-session.ts'
import type { RedactionReason } from './copy-work.ts'
import type { EvaluationFigures } from './voice-engines.ts'

const playbackRefusals = [...copyRefusals, 'anonymised-copy.not-rendered'] as const

/** Returns the copy of an item's recording, or begins one. */
export const beginCopy = databaseRow((disclosure: string, item: number) => ({
  statement: sql<{ id: string }>`select begin_copy(${disclosure}::uuid, ${item}) as id`,
  refusals: copyRefusals,
  action: 'anonymised-copy.begun',
  object: { kind: 'disclosure', id: disclosure },
}))

/** Begins a playback of a rendered copy. */
export const startPlayback = databaseRow((id: string) => ({
  statement: sql<{ id: string; until: Temporal.Instant; durationMs: number }>`
    select id, until, sound_ms as "durationMs" from begin_copy_hearing(${id}::uuid)`,
  refusals: playbackRefusals,
  action: 'anonymised-copy.heard',
  object: { kind: 'anonymised-copy', id },
}))

/** Approves or rejects a rendered copy, as the second person. */
export const checkCopy = databaseAct(
  (id: string, { revision, outcome, note }: { revision: number; outcome: 'APPROVED' | 'REJECTED'; note?: string }) => ({
    statement: sql`select check_copy(${id}::uuid, ${revision}, ${outcome}, ${note ?? null})`,
    refusals: [
      ...playbackRefusals,
      'anonymised-copy.own',
      'anonymised-copy.approved',
      'anonymised-copy.changed-meanwhile',
      'anonymised-copy.not-heard',
      'confirm.fresh',
      'input.identity-code',
    ],
    action: 'anonymised-copy.checked',
    object: { kind: 'anonymised-copy', id },
  }),
)

interface PrivacyReportRow {
  level: Level
  engine: string
  version: string
  evaluation: EvaluationFigures | null
  redactedMs: number
  durationMs: number
  preparedBy: { id: string; name: string }
  checkedBy: { id: string; name: string } | null
  removed: Partial<Record<RedactionReason, number>>
}

/**
 * What may still identify a speaker: the words at every level; at N also prosody; at D enough of the voice to be recognised.
 */
const residualRisk = { T: 'words', N: 'words-and-prosody', D: 'voice' } as const

export const readPrivacyReport = databaseAnswer(
  (id: string) => ({
    statement: sql<PrivacyReportRow>`
      select level, engine, version, evaluation, redacted_ms as "redactedMs", duration_ms as "durationMs", removed,
        jsonb_build_object('id', prepared_by, 'name', prepared_by_name) as "preparedBy",
        case when checked_by is not null then jsonb_build_object('id', checked_by, 'name', checked_by_name) end as "checkedBy"
      from read_privacy_report(${id}::uuid)`,
    refusals: ['deny.role', 'not-found', 'recording.destroyed', 'anonymised-copy.not-rendered'],
    action: 'anonymised-copy.read',
    object: { kind: 'anonymised-copy', id },
  }),
  ([row]) => {
    const { removed, ...report } = row!
    return {
      ...report,
      isAnonymous: report.level !== 'D',
      removed: Object.entries(removed).map(([reason, count]) => ({ reason: reason as RedactionReason, count })),
      residualRisk: residualRisk[report.level],
    }
  },
)
