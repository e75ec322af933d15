import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { hearInTime, toMs } from '#register/recordings/heard-in-time.ts'
import { heardPace, type Pace } from '#register/recordings/pace.ts'
import { openRecordingBody, openRecordingIndex } from '#register/recordings/open-recording.ts'
import type { OpenedRecording } from '#register/recordings/index-recording.ts'
import { samplesPerPeak, samplesPerSecond, type RecordingIndex } from '#register/recordings/recording-index.ts'
import { bytesPerSample, renderAudio, samplesOf, wavHeader, wavHeaderBytes } from '#register/recordings/render-audio.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { listeningNow, type Over } from './listening-now.ts'

/** A 206 may be shorter than asked; this is as much as leaves at once. */
const longestRangeBytes = 1 << 20
/** Recordings kept open between the ranges of one listening. */
const keptOpen = 32
/** For this long after the last range: what is destroyed is gone from memory, too, within a minute (R50). */
const keptOpenMs = 30_000

export interface AudioAsked {
  session: string
  listening: string
  from: number
  to?: number
}

export interface AudioServer {
  /**
   * Bytes `from` to `to` (both included) of the listening's WAV, at most 1 MiB, and at the pace at which they can be heard
   * (register/recordings/pace.ts): it waits for what would be too far ahead, and answers `too-fast` where that takes too long.
   */
  audio(
    asked: AudioAsked,
    gone?: AbortSignal,
  ): Promise<{ bytes: Buffer; from: number; totalBytes: number } | Over | 'out-of-range' | 'too-fast'>
  peaks(asked: { session: string; listening: string }): Promise<ServedPeaks | Over>
}

export interface ServedPeaks {
  durationMs: number
  peaksPerSecond: number
  caller: string
  official: string
  gaps: { track: 'caller' | 'official'; fromMs: number; toMs: number; kind: 'loss' | 'pause' }[]
}

interface Opened {
  body: OpenedRecording
  index: RecordingIndex
}

/**
 * Serves the audio of listenings from the custodian's process. Every range is asked of the database anew: session,
 * right, recording and term must hold at that instant (R27), and the interval is logged before its bytes are returned.
 */
export function createAudioServer(
  db: Kysely<RegisterTables>,
  objects: ObjectStore,
  keys: KeyStore,
  pace: Pace = heardPace,
): AudioServer {
  const open = new Map<string, { opening: Promise<Opened>; closing: NodeJS.Timeout }>()
  const { whenHeard } = hearInTime(pace)

  function openRecording(id: string): Promise<Opened> {
    const known = open.get(id)
    if (known) {
      known.closing.refresh()
      return known.opening
    }
    const opening = openWithKey(id)
    open.set(id, { opening, closing: setTimeout(() => closeRecording(id), keptOpenMs).unref() })
    opening.catch(() => closeRecording(id))
    const oldest = open.keys().next()
    if (open.size > keptOpen && !oldest.done) closeRecording(oldest.value)
    return opening
  }

  function closeRecording(id: string): void {
    clearTimeout(open.get(id)?.closing)
    open.delete(id)
  }

  async function openWithKey(id: string): Promise<Opened> {
    const fileKey = await fileKeyOf(db, keys, id)
    if (!fileKey) throw new Error(`recording ${id} has no key any more`)
    const [body, index] = await Promise.all([
      openRecordingBody(objects, id, fileKey),
      openRecordingIndex(objects, id, fileKey),
    ])
    fileKey.fill(0)
    return { body, index }
  }

  return {
    async audio({ session, listening, from, to }, gone) {
      const heard = await listeningNow(db, session, listening)
      if ('over' in heard) return heard
      const { body, index } = await openRecording(heard.recordingId)
      const totalBytes = wavHeaderBytes + index.durationSamples * bytesPerSample
      if (from >= totalBytes) return 'out-of-range'
      const end = Math.min(totalBytes, (to ?? totalBytes - 1) + 1, from + longestRangeBytes)
      const asked = samplesOf(from, end)
      const samples = asked.to - asked.from
      const given =
        samples === 0 ? 0 : await whenHeard(listening, { fromSample: asked.from, samples, speed: heard.speed }, gone)
      if (samples > 0 && given === 0) return 'too-fast'
      const givenEnd = given === samples ? end : wavHeaderBytes + (asked.from + given) * bytesPerSample
      const bytes = await renderRange(body, index, from, givenEnd)
      const isNoted = await noteServed(db, session, listening, asked.from, asked.from + given)
      if (isNoted) return { bytes, from, totalBytes }
      const now = await listeningNow(db, session, listening)
      return 'over' in now ? now : { over: 'unknown' }
    },

    async peaks({ session, listening }) {
      const heard = await listeningNow(db, session, listening)
      if ('over' in heard) return heard
      const { index } = await openRecording(heard.recordingId)
      const [caller, official] = index.peaks
      return {
        durationMs: toMs(index.durationSamples),
        peaksPerSecond: samplesPerSecond / samplesPerPeak,
        caller: Buffer.from(caller).toString('base64'),
        official: Buffer.from(official).toString('base64'),
        gaps: index.gaps.flatMap((gap) =>
          (gap.track === 'mixed' ? (['caller', 'official'] as const) : [gap.track]).map((track) => ({
            track,
            fromMs: toMs(gap.fromSample),
            toMs: toMs(gap.toSample),
            kind: gap.kind,
          })),
        ),
      }
    },
  }
}

/** Bytes [from, end) of the WAV: header, then stereo samples; a range may begin inside either. */
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

/** Notes a served interval; false where the listening has ended while it was rendered. */
function noteServed(
  db: Kysely<RegisterTables>,
  session: string,
  listening: string,
  fromSample: number,
  toSample: number,
): Promise<boolean> {
  return inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<{ noted: boolean }>`
      select note_served(${listening}::uuid, ${toMs(fromSample)}, ${toMs(toSample)}) as noted`.execute(tx)
    return rows[0]?.noted === true
  })
}
