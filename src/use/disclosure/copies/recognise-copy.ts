/**
 * Runs an agency's recogniser on a call while its copy is prepared (docs/formats/voice-process.md). Words with times stay in
 * memory, sealed with the recording's key, until the recording is destroyed, the copy is signed or the description no longer
 * allows transcripts. Runs one program at a time, on request only.
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import {
  openTranscript,
  originalTracks,
  RecordingGone,
  RecordingRestricted,
  sealTranscript,
  type AnonymisedCopyStore,
  type CopyOfRecording,
} from '#register/recordings/anonymised-copies.ts'
import type { Refused } from '#safeguards/access/database-request.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import type { Word } from '../content/word.ts'
import type { Recogniser } from '../voice/recognise-process.ts'
import {
  runInSession,
  preparedCopy,
  preparingRefusals,
  type PreparedCopy,
  type PreparingRefusal,
} from './run-in-session.ts'
import type { WrittenTurn } from './copy-work.ts'

const recogniseRefusals = [...preparingRefusals, 'anonymised-copy.transcripts-off'] as const
export type RecogniseRefusal =
  | PreparingRefusal
  | 'anonymised-copy.no-recognition'
  | 'anonymised-copy.recognising'
  | 'anonymised-copy.transcripts-off'

/** Progress of a copy's recognition. */
export interface Recognition {
  name: string
  version: string
  state: 'none' | 'waiting' | 'running' | 'made' | 'failed'
  /** Finished tracks, while it runs. */
  done?: number
  tracks?: number
  /** Number of words, once finished. */
  words?: number
  /** A code; details are in the service's log, without words of the call. */
  failure?: string
}

export interface CopyRecogniserOptions {
  store: AnonymisedCopyStore
  /** Undefined if the agency has named no usable recogniser. */
  recogniser: Recogniser | undefined
  /** Returns true if the description in force allows transcripts for copies. The database checks it as well. */
  isAllowed: () => boolean
  /** Called when recognition failed; the preparer sees that. */
  onFault: (error: unknown, copy: string) => void
}

export interface CopyRecogniser {
  /** Starts recognition, whose progress is returned by `progressOf`. Replaces earlier results. */
  recognise: (request: {
    session: string
    copy: string
    /** Expected language. */
    language: WrittenTurn['language']
  }) => Promise<{ begun: true } | Refused<RecogniseRefusal>>
  /** Returns the progress of recognition; undefined without a recogniser, or if the description allows no transcripts. */
  progressOf: (copy: string) => Recognition | undefined
  /**
   * Returns recognised words; empty if there are none.
   * @throws RecordingGone
   */
  wordsOf: (of: CopyOfRecording) => Promise<Word[]>
  /**
   * Drops the results of copies that are signed or ended or whose recording is restricted, and old results; all of them if the
   * description no longer allows transcripts. A program that runs for one is ended.
   * @returns the number of dropped results
   */
  tidy: () => Promise<number>
  stop: () => Promise<void>
}

interface RecognitionRun {
  state: Exclude<Recognition['state'], 'none'>
  control: AbortController
  /** Epoch milliseconds. */
  begunAt: number
  done: number
  tracks: number
  words: number
  sealed?: Buffer
  failure?: string
}

/** Results are dropped a day after recognition began. */
const cacheMs = 24 * 60 * 60_000

export function createCopyRecogniser({ store, recogniser, isAllowed, onFault }: CopyRecogniserOptions): CopyRecogniser {
  const { db } = store
  const runs = new Map<string, RecognitionRun>()
  /** Copies whose recognition is being logged, before it is in `runs`. */
  const beginning = new Set<string>()
  let last: Promise<void> = Promise.resolve()

  /** Recognises both tracks, only once if they are the same audio. */
  async function wordsIn(
    engine: Recogniser,
    recording: string,
    language: WrittenTurn['language'],
    now: RecognitionRun,
  ): Promise<Word[]> {
    const { signal } = now.control
    const { caller, official, isMixed } = await originalTracks(store, recording, signal)
    const tracks = isMixed ? [caller] : [caller, official]
    now.tracks = tracks.length
    try {
      const words: Word[] = []
      for (const [track, samples] of tracks.entries()) {
        signal.throwIfAborted()
        const found = await engine.recognise(samples, language, signal)
        for (const { text, language: spoken, from, to, confidence } of found)
          words.push({ text, language: spoken, from, to, confidence, track: track === 0 ? 0 : 1 })
        now.done = track + 1
      }
      return words
    } finally {
      caller.fill(0)
      official.fill(0)
    }
  }

  /** Never throws. */
  async function run(
    engine: Recogniser,
    prepared: PreparedCopy,
    language: WrittenTurn['language'],
    now: RecognitionRun,
  ): Promise<void> {
    const { copy, recording } = prepared
    const appendEntry = (result: 'ok' | `failed:${string}`) =>
      appendAudit(db, {
        ...{ action: 'anonymised-copy.recognised', result, object: { kind: 'anonymised-copy', id: copy } },
        detail: { engine: engine.name, version: engine.version, words: now.words },
      })
    try {
      now.control.signal.throwIfAborted()
      now.state = 'running'
      const words = await wordsIn(engine, recording, language, now)
      const sealed = await sealTranscript(store, prepared, { words })
      now.control.signal.throwIfAborted()
      now.words = words.length
      await appendEntry('ok')
      now.sealed = sealed
      now.state = 'made'
    } catch (error) {
      now.failure = failureOf(error, now.control.signal)
      now.state = 'failed'
      if (!now.control.signal.aborted && !(error instanceof RecordingGone)) onFault(error, copy)
      await appendEntry(`failed:${now.failure}`).catch((again: unknown) => onFault(again, copy))
    }
  }

  function release(copy: string): void {
    runs.get(copy)?.control.abort()
    runs.delete(copy)
  }

  /** Stops running programs and drops all results at once if the description allows no transcripts. */
  function allowed(): boolean {
    if (isAllowed()) return true
    for (const copy of runs.keys()) release(copy)
    return false
  }

  return {
    async recognise({ session, copy, language }) {
      const prepared = await preparedCopy(store, session, copy)
      if ('refused' in prepared) return prepared
      if (!recogniser) return { refused: 'anonymised-copy.no-recognition' }
      const before = runs.get(copy)?.state
      if (before === 'waiting' || before === 'running' || beginning.has(copy))
        return { refused: 'anonymised-copy.recognising' }
      beginning.add(copy)
      const begun = await runInSession(db, session, recogniseRefusals, async (tx) => {
        await sql`select begin_recognition(${copy}::uuid, ${recogniser.name}, ${recogniser.version})`.execute(tx)
        return { begun: true } as const
      }).finally(() => beginning.delete(copy))
      if ('refused' in begun) return begun
      const now: RecognitionRun = {
        ...{ state: 'waiting', control: new AbortController(), begunAt: Date.now(), done: 0, tracks: 2, words: 0 },
      }
      runs.set(copy, now)
      last = last.then(() => run(recogniser, prepared, language, now))
      return begun
    },
    progressOf(copy) {
      if (!recogniser || !allowed()) return undefined
      const { name, version } = recogniser
      const now = runs.get(copy)
      if (!now) return { name, version, state: 'none' }
      const { state, done, tracks, words, failure } = now
      return {
        ...{ name, version, state },
        ...(state === 'running' && { done, tracks }),
        ...(state === 'made' && { words }),
        ...(failure !== undefined && { failure }),
      }
    },
    async wordsOf(of) {
      const sealed = allowed() ? runs.get(of.copy)?.sealed : undefined
      if (!sealed) return []
      const { words } = (await openTranscript(store, of, sealed)) as { words: Word[] }
      return words
    },
    async tidy() {
      if (runs.size === 0) return 0
      const before = runs.size
      if (!allowed()) return before
      // Entries added while the database is queried are not affected.
      const entries = [...runs]
      const { rows } = await sql<{ id: string }>`
        select c.id from anonymised_copy c join recording r on r.id = c.recording_id
        where c.id = any (${entries.map(([copy]) => copy)}::uuid[]) and c.ended_at is null and c.state <> 'APPROVED'
          and copy_block_reason(r) is null`.execute(db)
      const active = new Set(rows.map(({ id }) => id))
      const ended = entries.filter(
        ([copy, now]) => runs.get(copy) === now && (!active.has(copy) || Date.now() - now.begunAt > cacheMs),
      )
      for (const [copy] of ended) release(copy)
      return ended.length
    },
    async stop() {
      for (const { control } of runs.values()) control.abort()
      await last
    },
  }
}

function failureOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'custodian-ended'
  if (error instanceof RecordingRestricted) return 'recording-restricted'
  if (error instanceof RecordingGone) return 'recording-destroyed'
  return error instanceof Fault ? String(error.code) : 'failed'
}
