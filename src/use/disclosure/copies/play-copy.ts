/**
 * Serves the audio of a rendered copy to a listener, as the custodian: ranges at the pace of listening, each authorised by
 * the database and recorded before it is sent (R27). Never serves the original.
 */
import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import {
  openAnonymisedAudio,
  RecordingGone,
  type AnonymisedCopyStore,
  type OpenedAudio,
} from '#register/recordings/anonymised-copies.ts'
import { playbackPace, pacePlayback, type Pace } from '#register/recordings/pace.ts'
import { toMs } from '#register/recordings/recording-index.ts'
import { bytesPerSample, samplesOf, wavHeaderBytes } from '#register/recordings/render-audio.ts'

/** Why a playback has ended; `changed`: there is another rendering, or none. */
export type PlaybackEnd = 'time' | 'right' | 'session' | 'destroyed' | 'restricted' | 'changed' | 'unknown'

export interface PlaybackRequest {
  session: string
  hearing: string
  from: number
  to?: number
}

export interface CopyPlaybacks {
  /** Returns bytes `from` to `to` (inclusive) of the rendered copy's WAV, at most 1 MiB, at the pace of listening. */
  audio: (
    request: PlaybackRequest,
    gone?: AbortSignal,
  ) => Promise<
    { bytes: Buffer; from: number; totalBytes: number } | { over: PlaybackEnd } | 'out-of-range' | 'too-fast'
  >
}

const maxRangeBytes = 1 << 20
/** How long a copy stays open after the last range: destroyed content must be gone from memory within a minute (R50). */
const openMs = 30_000

export function createCopyPlaybacks(store: AnonymisedCopyStore, pace: Pace = playbackPace): CopyPlaybacks {
  const open = new Map<string, { opening: Promise<OpenedAudio>; closing: NodeJS.Timeout }>()
  const { waitForPace } = pacePlayback(pace)

  function close(playback: string): void {
    clearTimeout(open.get(playback)?.closing)
    open.delete(playback)
  }

  function opened(playback: string, { copy, recording, soundBytes }: CopyPlayback): Promise<OpenedAudio> {
    const known = open.get(playback)
    if (known) {
      known.closing.refresh()
      return known.opening
    }
    const opening = openAnonymisedAudio(store, { copy, recording }, soundBytes)
    open.set(playback, { opening, closing: setTimeout(() => close(playback), openMs).unref() })
    opening.catch(() => close(playback))
    return opening
  }

  return {
    async audio({ session, hearing: playback, from, to }, gone) {
      const now = await readPlayback(store, session, playback)
      if ('over' in now) return now
      try {
        const sound = await opened(playback, now)
        const { totalBytes } = sound
        if (from >= totalBytes) return 'out-of-range'
        const end = Math.min(totalBytes, (to ?? totalBytes - 1) + 1, from + maxRangeBytes)
        const request = samplesOf(from, end)
        const samples = request.to - request.from
        // One pace per person and copy, however many playbacks they begin.
        const paceKey = `${now.person} ${now.copy}`
        const allowed =
          samples === 0 ? 0 : await waitForPace(paceKey, { fromSample: request.from, samples, speed: 1 }, gone)
        if (samples > 0 && allowed === 0) return 'too-fast'
        const allowedEnd = allowed === samples ? end : wavHeaderBytes + (request.from + allowed) * bytesPerSample
        const bytes = await sound.read(from, allowedEnd)
        if (await recordPlayed(store, { session, hearing: playback }, request.from, request.from + allowed))
          return { bytes, from, totalBytes }
        const after = await readPlayback(store, session, playback)
        return 'over' in after ? after : { over: 'unknown' }
      } catch (error) {
        // The copy's object or key may have been removed between the query and the read.
        const after = await readPlayback(store, session, playback)
        if ('over' in after) return after
        if (error instanceof RecordingGone) return { over: 'destroyed' }
        throw error
      }
    },
  }
}

interface CopyPlayback {
  copy: string
  recording: string
  person: string
  soundBytes: number
}

function readPlayback(
  { db }: AnonymisedCopyStore,
  session: string,
  playback: string,
): Promise<CopyPlayback | { over: PlaybackEnd }> {
  return inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<{
      copy: string
      recording: string
      person: string
      bytes: string | null
      why: PlaybackEnd | null
    }>`
      select copy_id as copy, recording_id as recording, person_id as person, sound_bytes as bytes, why
      from hearing_now(${playback}::uuid)`.execute(tx)
    const [row] = rows
    if (!row) return { over: 'unknown' }
    if (row.why) return { over: row.why }
    const { copy, recording, person, bytes } = row
    return { copy, recording, person, soundBytes: Number(bytes) }
  })
}

/** Records a served interval; false if the playback has ended. */
function recordPlayed(
  { db }: AnonymisedCopyStore,
  { session, hearing: playback }: { session: string; hearing: string },
  fromSample: number,
  toSample: number,
): Promise<boolean> {
  return inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<{ recorded: boolean }>`
      select record_copy_playback(${playback}::uuid, ${toMs(fromSample)}, ${toMs(toSample)}) as recorded`.execute(tx)
    return rows[0]?.recorded === true
  })
}

/** Ends playbacks without a valid right or session; called periodically by the custodian. */
export async function endExpiredPlaybacks({ db }: Pick<AnonymisedCopyStore, 'db'>): Promise<number> {
  const { rows } = await sql<{ ended: number }>`select end_expired_hearings() as ended`.execute(db)
  return rows[0]!.ended
}
