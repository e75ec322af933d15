/**
 * Words and redactions of a copy, in the custodian, since the desk has no keys. The preparer sees them and what is missing; the
 * checker sees neither words nor the original. Nothing is logged.
 */
import { omitNullish } from '#platform/omit-nullish.ts'
import { sql } from 'kysely'
import type { Refused } from '#safeguards/access/database-request.ts'
import { RecordingGone, sealTranscript, type AnonymisedCopyStore } from '#register/recordings/anonymised-copies.ts'
import { voiceRate, type Level } from '../voice/engine.ts'
import type { OriginalAnalyser } from './analyse-original.ts'
import {
  runInSession,
  copyRefusals,
  openedWork,
  preparedCopy,
  preparingRefusals,
  type CopyRefusal,
  type PreparingRefusal,
} from './run-in-session.ts'
import { missingPrerequisites, type MissingCopyPrerequisite, type OfferedLevel } from './copy-lacks.ts'
import { findInvalidTimes, type CopyWork, type Redaction, type Stretch, type WrittenTurn } from './copy-work.ts'
import { identifiersOf } from './identifiers.ts'
import { redactedTurns } from './spoken-turns.ts'
import { proposeRedactions, proposeTurns, turnsOfWords } from './propose-for-copy.ts'
import type { CopyRecogniser, Recognition } from './recognise-copy.ts'
import { offeredLevels, type VoiceEngines } from './voice-engines.ts'

export type CopyState = 'DRAFT' | 'RENDERING' | 'RENDERED' | 'APPROVED' | 'REJECTED' | 'FAILED'

export interface CopyView {
  id: string
  recordingId: string
  durationMs: number
  state: CopyState
  revision: number
  level: Level
  turns: WrittenTurn[]
  redactions: Redaction[]
  preparedBy: { id: string; name: string }
  /** Share of the original that the preparer has played, and what they have not. */
  playedShare: number
  unplayed: Stretch[]
  /** What is missing before rendering. */
  lacks: MissingCopyPrerequisite[]
  levels: OfferedLevel[]
  /** For the preparer, if the agency has named a recogniser. */
  recognition?: Recognition
  rendered?: { at: string; engine: string; version: string }
  progress?: number
  failure?: string
  failedTurn?: number
  /** Share of the rendering that the checker has played. */
  heardShare: number
  check?: { at: string; by: { id: string; name: string }; outcome: 'APPROVED' | 'REJECTED'; note?: string }
  /** What the viewer may do now. */
  may: { edit: boolean; render: boolean; hear: boolean; check: boolean }
}

export interface CopyEditorOptions {
  store: AnonymisedCopyStore
  engines: VoiceEngines
  analyser: OriginalAnalyser
  recogniser: Pick<CopyRecogniser, 'progressOf' | 'wordsOf'>
  /** Progress of rendering, 0 to 1. */
  progressOf: (copy: string) => number | undefined
  /** Called when a copy was changed: its rendering is no longer valid. */
  onSaved: (copy: string) => Promise<void>
  /** Returns true if the description in force allows pseudonymised copies (C7). */
  isPseudonymisedAllowed: () => boolean
}

export interface CopyEditor {
  read: (request: { session: string; copy: string }) => Promise<CopyView | Refused<CopyRefusal>>
  save: (
    request: { session: string; copy: string; revision: number } & CopyWork,
  ) => Promise<{ revision: number } | Refused<PreparingRefusal | 'anonymised-copy.times'>>
  propose: (request: {
    session: string
    copy: string
    turns: WrittenTurn[]
  }) => Promise<{ turns: WrittenTurn[]; redactions: Redaction[] } | Refused<PreparingRefusal | 'anonymised-copy.times'>>
}

export function createCopyEditor(options: CopyEditorOptions): CopyEditor {
  const { store, analyser, recogniser } = options

  return {
    async read({ session, copy }) {
      const row = await runInSession(store.db, session, copyRefusals, async (tx) => {
        const { rows } = await sql<CopyRow>`select * from read_copy(${copy}::uuid)`.execute(tx)
        return rows[0]!
      })
      if ('refused' in row) return row
      try {
        return await viewOf(options, row)
      } catch (error) {
        // The recording was destroyed between reading the row and its words.
        if (error instanceof RecordingGone) return { refused: 'recording.destroyed' }
        throw error
      }
    },

    async save({ session, copy, revision, level, turns, redactions }) {
      const prepared = await preparedCopy(store, session, copy)
      if ('refused' in prepared) return prepared
      const field = findInvalidTimes({ level, turns, redactions }, prepared.durationMs)
      if (field !== undefined) return { refused: 'anonymised-copy.times', of: field }
      const saved = await runInSession(store.db, session, preparingRefusals, async (tx) => {
        const sealed = await sealTranscript(store, prepared, { turns, redactions })
        const { rows } = await sql<{ revision: number }>`
          select save_copy(${copy}::uuid, ${revision}, ${level}, ${sealed}) as revision`.execute(tx)
        return rows[0]!
      })
      if (!('refused' in saved)) await options.onSaved(copy)
      return saved
    },

    async propose({ session, copy, turns }) {
      const prepared = await preparedCopy(store, session, copy)
      if ('refused' in prepared) return prepared
      const field = findInvalidTimes({ level: 'T', turns, redactions: [] }, prepared.durationMs)
      if (field !== undefined) return { refused: 'anonymised-copy.times', of: field }
      try {
        const { durationMs, work } = prepared
        const analysis = await analyser.analyse(prepared.recording)
        const words = await recogniser.wordsOf(prepared)
        if (words.length > 0) {
          // Recognised words are a view of the call, also if a former preparer had them recognised.
          const viewed = await runInSession(store.db, session, copyRefusals, (tx) =>
            sql`select from read_copy(${copy}::uuid)`.execute(tx),
          )
          if ('refused' in viewed) return viewed
        }
        const redactions = (written: readonly WrittenTurn[]) =>
          proposeRedactions(written, analysis.keys, durationMs, work.level, words)
        if (words.length > 0) return { turns: turnsOfWords(words, analysis, durationMs), redactions: redactions(turns) }
        const written = turns.length > 0 ? turns : proposeTurns(analysis, durationMs)
        return { turns: written, redactions: redactions(written) }
      } catch (error) {
        if (error instanceof RecordingGone) return { refused: 'recording.destroyed' }
        throw error
      }
    },
  }
}

interface CopyRow {
  id: string
  recording_id: string
  duration_ms: number
  state: CopyState
  revision: number
  level: Level
  work: Buffer | null
  prepared_by: string
  prepared_by_name: string
  /** PostgreSQL's text of an int4multirange. */
  unplayed: string
  unplayed_ms: number
  engine: string | null
  engine_version: string | null
  rendered_at: Temporal.Instant | null
  sound_ms: number | null
  unheard_ms: number | null
  failure: string | null
  failed_turn: number | null
  checked_at: Temporal.Instant | null
  checked_by: string | null
  checked_by_name: string | null
  check_note: string | null
  is_preparer: boolean
  may_hear: boolean
  may_check: boolean
}

async function viewOf(options: CopyEditorOptions, row: CopyRow): Promise<CopyView> {
  const { store, engines, progressOf } = options
  const levels = offeredLevels(engines, options.isPseudonymisedAllowed())
  const ids = { copy: row.id, recording: row.recording_id }
  const work = row.is_preparer ? await openedWork(store, ids, row.level, row.work) : undefined
  const isDone = row.state === 'APPROVED' || row.state === 'RENDERED' || row.state === 'RENDERING'
  const lacks = work && row.state !== 'APPROVED' ? await missing(options, row, work, levels) : []
  const hasAudio = row.state === 'RENDERED' || row.state === 'APPROVED'
  const progress = row.state === 'RENDERING' ? (progressOf(row.id) ?? 0) : undefined
  const recognition = work && row.state !== 'APPROVED' ? options.recogniser.progressOf(row.id) : undefined
  return {
    id: row.id,
    recordingId: row.recording_id,
    durationMs: row.duration_ms,
    state: row.state,
    revision: row.revision,
    level: row.level,
    turns: [...(work?.turns ?? [])],
    redactions: [...(work?.redactions ?? [])],
    preparedBy: { id: row.prepared_by, name: row.prepared_by_name },
    playedShare: shareOf(row.duration_ms, row.unplayed_ms),
    unplayed: work ? stretchesOf(row.unplayed) : [],
    lacks,
    levels,
    ...omitNullish({
      recognition,
      rendered: row.rendered_at && {
        at: row.rendered_at.toString(),
        engine: row.engine!,
        version: row.engine_version!,
      },
      progress,
      failure: row.failure,
      failedTurn: work && row.failed_turn,
      check: row.checked_at && {
        at: row.checked_at.toString(),
        by: { id: row.checked_by!, name: row.checked_by_name! },
        outcome: row.state === 'APPROVED' ? ('APPROVED' as const) : ('REJECTED' as const),
        ...omitNullish({ note: row.check_note }),
      },
    }),
    heardShare: hasAudio && row.sound_ms !== null ? shareOf(row.sound_ms, row.unheard_ms ?? row.sound_ms) : 0,
    may: {
      edit: row.is_preparer && row.state !== 'APPROVED',
      render: work !== undefined && row.work !== null && !isDone && lacks.length === 0,
      hear: row.may_hear,
      check: row.may_check,
    },
  }
}

async function missing(
  { analyser }: CopyEditorOptions,
  { recording_id, unplayed_ms }: Pick<CopyRow, 'recording_id' | 'unplayed_ms'>,
  work: CopyWork,
  levels: readonly OfferedLevel[],
): Promise<MissingCopyPrerequisite[]> {
  const { speech, isMixed } = work.level === 'T' ? await analyser.analyse(recording_id) : { speech: [], isMixed: false }
  return missingPrerequisites({
    ...{ work, levels, speech, isMixed },
    isPlayed: unplayed_ms === 0,
    identifiers: identifiersOf(redactedTurns(reviewed(work), voiceRate / 1000)),
  })
}

/** Returns what is missing before a prepared copy can be rendered. */
export function missingOf(
  options: CopyEditorOptions,
  { recording, isPlayed, work }: { recording: string; isPlayed: boolean; work: CopyWork },
): Promise<MissingCopyPrerequisite[]> {
  const levels = offeredLevels(options.engines, options.isPseudonymisedAllowed())
  return missing(options, { recording_id: recording, unplayed_ms: isPlayed ? 0 : 1 }, work, levels)
}

/** Returns the work without unreviewed redactions, which remove nothing. */
function reviewed(work: CopyWork): CopyWork {
  return { ...work, redactions: work.redactions.filter(({ isReviewed }) => isReviewed) }
}

function shareOf(wholeMs: number, leftMs: number): number {
  return wholeMs === 0 ? 1 : (wholeMs - leftMs) / wholeMs
}

/** Parses a multirange: `{[0,200),[500,600)}`. */
function stretchesOf(multirange: string): Stretch[] {
  return [...multirange.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => ({
    fromMs: Number(from),
    toMs: Number(to),
  }))
}
