/**
 * Renders copies one at a time, with lower priority than listening, as the custodian (R33). Requires a complete revision.
 * The result is sealed with the recording's key. A copy has one rendering at most, and no original is written to disk.
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import {
  isMixedRecording,
  originalTracks,
  RecordingGone,
  RecordingRestricted,
  removeAnonymisedAudio,
  storeAnonymisedAudio,
  removeUnfinishedAudio,
  type AnonymisedCopyStore,
} from '#register/recordings/anonymised-copies.ts'
import { samplesPerSecond } from '#register/recordings/recording-index.ts'
import type { Refused } from '#safeguards/access/database-request.ts'
import {
  runInSession,
  preparedCopy,
  preparingRefusals,
  type PreparedCopy,
  type PreparingRefusal,
} from './run-in-session.ts'
import { countRemoved } from './copy-work.ts'
import type { MissingCopyPrerequisite } from './copy-lacks.ts'
import { renderTracks, speakCopy } from './render-tracks.ts'
import type { LevelEngine, Revoicing, VoiceEngines } from './voice-engines.ts'

const renderRefusals = [...preparingRefusals, 'anonymised-copy.lacks', 'anonymised-copy.rendered'] as const
export type RenderRefusal = PreparingRefusal | 'anonymised-copy.lacks' | 'anonymised-copy.rendered'

export interface CopyRendererOptions {
  store: AnonymisedCopyStore
  engines: VoiceEngines
  missingOf: (prepared: PreparedCopy) => Promise<MissingCopyPrerequisite[]>
  /** Called when rendering failed; the preparer sees that. */
  onFault: (error: unknown, copy: string) => void
}

export interface CopyRenderer {
  /** Starts rendering; the copy's state shows the progress. A refusal has in `of` what is missing. */
  render: (request: {
    session: string
    copy: string
    revision: number
  }) => Promise<{ begun: true } | Refused<RenderRefusal>>
  /** Returns the progress of rendering, 0 to 1. */
  progressOf: (copy: string) => number | undefined
  /** Aborts and removes the rendering of a copy that was changed. */
  discard: (copy: string) => Promise<void>
  /**
   * Removes renderings that nobody may listen to any more.
   * @returns how many
   */
  tidy: () => Promise<number>
  stop: () => Promise<void>
}

/** Progress: when rendering has begun, when the original is read, and added by each track. */
const shares = { begun: 0.02, read: 0.15, track: 0.38 }

export function createCopyRenderer({ store, engines, missingOf, onFault }: CopyRendererOptions): CopyRenderer {
  const { db } = store
  const progress = new Map<string, number>()
  const underWay = new Map<string, AbortController>()
  let rendering: Promise<void> = Promise.resolve()
  let objects: Promise<unknown> = Promise.resolve()

  /** Serialises removal and storage of results. */
  function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = objects.then(work)
    objects = turn.catch(() => undefined)
    return turn
  }

  const removeEnded = (wanted?: string) =>
    oneAtATime(async () => {
      const { rows } = await sql<{ copy: string; recording: string }>`
        select id as copy, recording_id as recording from anonymised_copy
        where sound_at is not null and (state in ('DRAFT', 'REJECTED', 'FAILED') or ended_at is not null)
          and id = coalesce(${wanted ?? null}::uuid, id)`.execute(db)
      for (const row of rows) {
        await removeAnonymisedAudio(store, row)
        await sql`select record_sound_removal(${row.copy}::uuid)`.execute(db)
      }
      return rows.length
    })

  /** Never throws. */
  async function finish(prepared: PreparedCopy, engine: LevelEngine, control: AbortController): Promise<void> {
    const { signal } = control
    const { copy, revision, work, recording } = prepared
    const revoice = async (revoicing: Revoicing) => {
      const original = await originalTracks(store, recording, signal)
      progress.set(copy, shares.read)
      return renderTracks(original, work, revoicing, () => {
        progress.set(copy, (progress.get(copy) ?? shares.read) + shares.track)
      })
    }
    try {
      signal.throwIfAborted()
      const tracks =
        engine.level === 'T'
          ? await speakCopy(work, engine, await isMixedRecording(store, recording))
          : await revoice(engine)
      signal.throwIfAborted()
      await oneAtATime(async () => {
        const { sha256, bytes } = await storeAnonymisedAudio(store, prepared, tracks)
        const ms = Math.round((tracks[0].length * 1000) / samplesPerSecond)
        const { rows } = await sql<{ stored: boolean }>`
          select complete_rendering(${copy}::uuid, ${revision}, ${sha256}, ${bytes}, ${ms}) as stored`.execute(db)
        // The copy was changed, restricted or ended during rendering.
        if (rows[0]?.stored !== true) await removeAnonymisedAudio(store, prepared)
      })
      for (const track of tracks) track.fill(0)
    } catch (error) {
      const isExpected = error instanceof RecordingGone || signal.aborted
      if (!isExpected) onFault(error, copy)
      await sql`select fail_rendering(${copy}::uuid, ${revision}, ${failureOf(error, signal)}, null)`
        .execute(db)
        .catch((again: unknown) => onFault(again, copy))
    } finally {
      // A copy that was changed may already be rendering again.
      if (underWay.get(copy) === control) {
        progress.delete(copy)
        underWay.delete(copy)
      }
      await removeEnded(copy).catch((error: unknown) => onFault(error, copy))
    }
  }

  return {
    async render({ session, copy, revision }) {
      const prepared = await preparedCopy(store, session, copy)
      if ('refused' in prepared) return prepared
      if (prepared.revision !== revision) return { refused: 'anonymised-copy.changed-meanwhile' }
      const missing = await missingOf(prepared)
      const engine = engines.engineFor(prepared.work.level)
      if (missing.length > 0 || typeof engine === 'string')
        return { refused: 'anonymised-copy.lacks', of: missing.map(({ what }) => what).join() || 'engine' }
      // A rejected result is destroyed before another is made.
      await removeEnded(copy)
      const { removed, redactedMs } = countRemoved(prepared.work.redactions)
      const begun = await runInSession(db, session, renderRefusals, async (tx) => {
        const evaluation = engine.evaluation === undefined ? null : JSON.stringify(engine.evaluation)
        await sql`select begin_rendering(${copy}::uuid, ${revision}, ${engine.name}, ${engine.version},
          ${JSON.stringify(removed)}::jsonb, ${redactedMs}, ${evaluation}::jsonb)`.execute(tx)
        return { begun: true as const }
      })
      if ('refused' in begun) return begun
      const control = new AbortController()
      progress.set(copy, shares.begun)
      underWay.set(copy, control)
      rendering = rendering.then(() => finish(prepared, engine, control))
      return begun
    },
    progressOf: (copy) => progress.get(copy),
    async discard(copy) {
      underWay.get(copy)?.abort()
      await removeEnded(copy)
    },
    tidy: () => removeEnded(),
    async stop() {
      for (const control of underWay.values()) control.abort('custodian-ended')
      await rendering
      await objects
    },
  }
}

/** Returns a code; details are in the service's log, without words of the call. */
function failureOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'custodian-ended'
  if (error instanceof RecordingRestricted) return 'recording-restricted'
  if (error instanceof RecordingGone) return 'recording-destroyed'
  if (error instanceof Fault) return String(error.code)
  return 'failed'
}

/** At start: marks renderings that were interrupted as failed, and removes unfinished files. */
export async function endUnfinishedRenderings(store: AnonymisedCopyStore): Promise<{ ended: number; files: number }> {
  const { rows } = await sql<{ ended: number }>`
    select count(fail_rendering(id, null, 'custodian-ended', null))::integer as ended
    from anonymised_copy where state = 'RENDERING'`.execute(store.db)
  return { ended: rows[0]!.ended, files: await removeUnfinishedAudio(store) }
}
