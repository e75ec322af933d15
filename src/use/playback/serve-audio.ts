import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { findHolds } from '#register/recordings/find-holds.ts'
import { rangesWithoutMixed } from '#register/recordings/mixed-streams.ts'
import { playbackPace, pacePlayback, type Pace } from '#register/recordings/pace.ts'
import { openRecordingBody, openRecordingIndex } from '#register/recordings/open-recording.ts'
import type { OpenedRecording } from '#register/recordings/index-recording.ts'
import {
  samplesPerPeak,
  samplesPerSecond,
  toMs,
  type GapKind,
  type RecordingIndex,
} from '#register/recordings/recording-index.ts'
import { bytesPerSample, renderAudio, samplesOf, wavHeader, wavHeaderBytes } from '#register/recordings/render-audio.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { listeningNow, serveRange, type ListeningEnd } from './listening-now.ts'

/** Most bytes per response; a 206 may be shorter than requested. */
const maxRangeBytes = 1 << 20
/** Most listenings whose recording stays open between ranges. */
const maxOpen = 32
/** How long a recording stays open after the last range: destroyed content must be gone from memory within a minute (R50). */
const openMs = 30_000

export interface AudioRequest {
  session: string
  /** Token of the browser's workstation: a session in listening mode is served only there (R47). */
  workstation?: string | undefined
  listening: string
  from: number
  to?: number
}

export interface AudioServer {
  /**
   * Returns bytes `from` to `to` (inclusive) of the listening's WAV, at most 1 MiB, at the pace of listening
   * (register/recordings/pace.ts). Waits for audio that is too far ahead, and returns `too-fast` if that takes too long.
   */
  audio(
    request: AudioRequest,
    gone?: AbortSignal,
  ): Promise<{ bytes: Buffer; from: number; totalBytes: number } | ListeningEnd | 'out-of-range' | 'too-fast'>
  peaks(request: { session: string; listening: string }): Promise<ServedPeaks | ListeningEnd>
  /** Opens a recording in advance, so that the first range does not wait for a key. Does nothing if the listening has ended. */
  prepare(request: { session: string; listening: string }): Promise<void>
}

export interface ServedPeaks {
  durationMs: number
  peaksPerSecond: number
  caller: string
  official: string
  gaps: { track: 'caller' | 'official'; fromMs: number; toMs: number; kind: GapKind }[]
  holds: { kind: 'hold' | 'consultation' | 'conference'; fromMs: number; toMs: number }[]
}

interface Opened {
  body: OpenedRecording
  index: RecordingIndex
}

interface CachedListening {
  session: string
  /** Last known rate; a change applies from the next range. */
  speed: number
  recording: string
  /** The listener. */
  person: Promise<string>
  opening: Promise<Opened>
  closing: NodeJS.Timeout
}

/**
 * Serves the audio of listenings from the custodian. Each range is authorised by the database anew: session, right, recording
 * and term must be valid at that instant (R27), and the interval is recorded before bytes are returned. Rendering runs in
 * parallel and is discarded on refusal.
 */
export function createAudioServer(
  db: Kysely<RegisterTables>,
  objects: ObjectStore,
  keys: KeyStore,
  pace: Pace = playbackPace,
): AudioServer {
  /** Open recordings by id of their listening. */
  const cache = new Map<string, CachedListening>()
  const { waitForPace } = pacePlayback(pace)

  /** Returns a session's listening with its open recording, opening it if allowed. */
  async function cachedListening(session: string, listening: string): Promise<CachedListening | ListeningEnd> {
    const found = cache.get(listening)
    if (found?.session === session) {
      found.closing.refresh()
      return found
    }
    const current = await listeningNow(db, session, listening)
    if ('over' in current) return current
    evict(listening)
    const opened: CachedListening = {
      ...{ session, speed: current.speed, recording: current.recordingId },
      ...{ person: personOf(listening), opening: openWithKey(current.recordingId) },
      closing: setTimeout(() => evict(listening), openMs).unref(),
    }
    cache.set(listening, opened)
    for (const one of [opened.opening, opened.person]) one.catch(() => evict(listening))
    const oldest = cache.keys().next()
    if (cache.size > maxOpen && !oldest.done) evict(oldest.value)
    return opened
  }

  async function personOf(listening: string): Promise<string> {
    const row = db.selectFrom('listening').select('person_id').where('id', '=', listening)
    return (await row.executeTakeFirstOrThrow()).person_id
  }

  function evict(listening: string): void {
    clearTimeout(cache.get(listening)?.closing)
    cache.delete(listening)
  }

  async function openWithKey(id: string): Promise<Opened> {
    const fileKey = await fileKeyOf(db, keys, id)
    if (!fileKey) throw new Error(`the key of recording ${id} no longer exists`)
    const [body, index] = await Promise.all([
      openRecordingBody(objects, id, fileKey),
      openRecordingIndex(objects, id, fileKey),
    ])
    fileKey.fill(0)
    return { body, index }
  }

  /** Returns why a listening has ended, or the given value if it has not. */
  async function unlessEnded<Otherwise>(
    session: string,
    listening: string,
    otherwise: Otherwise,
  ): Promise<ListeningEnd | Otherwise> {
    const now = await listeningNow(db, session, listening)
    return 'over' in now ? evictEnded(now, listening) : otherwise
  }

  function evictEnded(ended: ListeningEnd, listening: string): ListeningEnd {
    evict(listening)
    return ended
  }

  return {
    async audio({ session, workstation, listening, from, to }, gone) {
      const cached = await cachedListening(session, listening)
      if ('over' in cached) return cached
      const [{ body, index }, person] = await Promise.all([cached.opening, cached.person])
      const totalBytes = wavHeaderBytes + index.durationSamples * bytesPerSample
      if (from >= totalBytes) return unlessEnded(session, listening, 'out-of-range')
      const end = Math.min(totalBytes, (to ?? totalBytes - 1) + 1, from + maxRangeBytes)
      const request = samplesOf(from, end)
      const samples = request.to - request.from
      const by = { person, recording: cached.recording }
      const allowed =
        samples === 0
          ? 0
          : await waitForPace(listening, { fromSample: request.from, samples, speed: cached.speed, by }, gone)
      if (samples > 0 && allowed === 0) return unlessEnded(session, listening, 'too-fast')
      const allowedEnd = allowed === samples ? end : wavHeaderBytes + (request.from + allowed) * bytesPerSample
      const rendering = renderRange(body, index, from, allowedEnd)
      // An error does not matter if the range is refused, such as when the recording was destroyed.
      rendering.catch(() => undefined)
      const now = await serveRange(db, {
        ...{ session, workstation, listening },
        ...{ fromMs: toMs(request.from), toMs: toMs(request.from + allowed) },
      })
      if ('over' in now) return evictEnded(now, listening)
      cached.speed = now.speed
      return { bytes: await rendering, from, totalBytes }
    },

    async prepare({ session, listening }) {
      const cached = await cachedListening(session, listening)
      if (!('over' in cached)) await cached.opening
    },

    async peaks({ session, listening }) {
      const cached = await cachedListening(session, listening)
      if ('over' in cached) return cached
      const { index } = await cached.opening
      const ended = await unlessEnded(session, listening, undefined)
      if (ended) return ended
      const [caller, official] = index.peaks
      return {
        durationMs: toMs(index.durationSamples),
        peaksPerSecond: samplesPerSecond / samplesPerPeak,
        caller: Buffer.from(caller).toString('base64'),
        official: Buffer.from(official).toString('base64'),
        gaps: audibleGaps(index).flatMap((gap) =>
          (gap.track === 'mixed' ? (['caller', 'official'] as const) : [gap.track]).map((track) => ({
            track,
            fromMs: toMs(gap.fromSample),
            toMs: toMs(gap.toSample),
            kind: gap.kind,
          })),
        ),
        holds: findHolds(index).map(({ from, to, why }) => ({
          kind: why ?? 'hold',
          fromMs: toMs(from),
          toMs: toMs(to),
        })),
      }
    },
  }
}

/** Returns the gaps, except those of a mixed stream where that stream is left out. */
function audibleGaps(index: RecordingIndex): RecordingIndex['gaps'] {
  const leftOut = rangesWithoutMixed(index)
  return index.gaps.filter(
    ({ track, fromSample, toSample }) =>
      track !== 'mixed' || !leftOut.some(({ from, to }) => from <= fromSample && toSample <= to),
  )
}

/** Renders bytes [from, end) of the WAV: header, then stereo samples; a range may begin inside either. */
async function renderRange(body: OpenedRecording, index: RecordingIndex, from: number, end: number): Promise<Buffer> {
  const header = wavHeader(index.durationSamples).subarray(
    Math.min(from, wavHeaderBytes),
    Math.min(end, wavHeaderBytes),
  )
  const samples = samplesOf(from, end)
  const pcm =
    samples.to > samples.from
      ? await renderAudio(index, (n) => body.openChunk(n), samples.from, samples.to)
      : Buffer.alloc(0)
  const skip = Math.max(0, from - wavHeaderBytes) - samples.from * bytesPerSample
  const wanted = Math.max(0, end - wavHeaderBytes) - Math.max(0, from - wavHeaderBytes)
  return Buffer.concat([header, pcm.subarray(skip, skip + wanted)])
}
