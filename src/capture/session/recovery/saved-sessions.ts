/**
 * Saves live sessions for the next process, after a crash or a restart. Never saves keys: a call with SRTP resumes when its
 * client sends the keys again.
 * The files only need to survive a crash of the process, not of the machine, so writes are not synced and no call waits for
 * them. This file is loaded before the rest of the program (hold-ports.ts), so it has very few imports.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dialogIdOf } from '../../sip/dialog-state.ts'
import type { SavedDialog } from '../../sip/handler.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { Track } from '../../siprec/identified-parties.ts'
import type { SessionDescription } from '../../siprec/parse-sdp.ts'
import type { RecordingMetadata } from '../../siprec/recording-metadata.ts'
import type { LegState } from '../machine/session-types.ts'
import type { ClientClock } from '../machine/reported-times.ts'

/** Saved data of a dialog, for recording sessions and duplicates. */
interface SavedSessionDialog {
  readonly dialog: SavedDialog
  readonly sdpSessionId: string
  readonly described?: SessionDescription | undefined
  /** Media lines with their ports. */
  readonly ports: readonly (readonly [number, number])[]
  /** Headers of the dialog's first request. */
  readonly headers: readonly (readonly [string, readonly string[]])[]
  readonly clock: ClientClock
  /** Start of the dialog, in milliseconds since the epoch. */
  readonly beganAtMs: number
}

/** A duplicate of the recorded session (duplicate-sessions.ts). */
export interface SavedDuplicate extends SavedSessionDialog {
  readonly place: LegState
}

/** Second session of a call whose directions are split; the first session has its port and stream (split-direction-session.ts). */
export interface SavedSplitDirection {
  readonly dialog: SavedDialog
  readonly index: number
  readonly sdpSessionId: string
  readonly version: number
}

export interface SavedSession extends SavedSessionDialog {
  readonly format: 2
  readonly segmentId: string
  /** Facts of the segment, serialised as in the spool (facts-file.ts). */
  readonly facts: string
  readonly streams: readonly StreamPlan[]
  /** Streams of other sessions that are written to this recording. `halves`: those sessions. */
  readonly joined: readonly StreamPlan[]
  readonly halves: readonly SavedSplitDirection[]
  /** Duplicate sessions. */
  readonly twins?: readonly SavedDuplicate[]
  readonly tracks: Readonly<Record<number, Track>>
  readonly metadata?: RecordingMetadata | undefined
  readonly answerVersion: number
  /** True if use of the recording was forbidden (R49): the resumed session is not recorded either. */
  readonly isForbidden: boolean
  /** Set while another session, of this or another capture, records the same call with another official: it resumes unrecorded. */
  readonly sharedWith?: 'own' | 'elsewhere'
  /** True if the session has failed over to a duplicate, which may still report another caller. */
  readonly isInherited?: true
}

export interface SavedSessions {
  /** Saves the state of a dialog's session. Writes of one dialog run one after another; only the newest state is written. */
  save(dialogId: string, session: SavedSession): void
  forget(dialogId: string): void
  stop(): Promise<void>
}

const heartbeatMs = 1_000
/** After a longer stop no session is resumed, because the calls' end signals are lost. */
const maxSilenceMs = 3 * 60_000

export async function openSavedSessions(options: {
  directory: string
  /** Sessions of the previous process that may resume. Other files in the folder are deleted. */
  known: readonly SavedSession[]
  nowMs: () => number
  onFault: (error: unknown) => void
}): Promise<SavedSessions> {
  const { directory, nowMs, onFault } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const known = new Set(options.known.map(({ dialog }) => nameOf(dialogIdOf(dialog.state))))
  for (const name of await readdir(directory)) if (!known.has(name)) await rm(join(directory, name), { force: true })
  const writesInProgress = new Map<string, Promise<void>>()
  /** Newest state of each file, to write when the write in progress is done. */
  const latest = new Map<string, SavedSession | 'gone'>()
  const heartbeat = setInterval(() => {
    utimes(directory, nowMs() / 1000, nowMs() / 1000).catch(onFault)
  }, heartbeatMs)
  heartbeat.unref()

  async function write(name: string): Promise<void> {
    const path = join(directory, name)
    for (let next = latest.get(name); next; next = latest.get(name)) {
      latest.delete(name)
      if (next === 'gone') {
        await rm(path, { force: true })
        known.delete(name)
        continue
      }
      // A new file is written directly (an incomplete one is skipped by the next process). An existing file is replaced atomically.
      const to = known.has(name) ? `${path}.new` : path
      await writeFile(to, JSON.stringify(next), { mode: 0o600 })
      if (to !== path) await rename(to, path)
      known.add(name)
    }
  }
  function queueWrite(dialogId: string, state: SavedSession | 'gone'): void {
    const name = nameOf(dialogId)
    latest.set(name, state)
    if (writesInProgress.has(name)) return
    const written = write(name)
      .catch(onFault)
      .finally(() => writesInProgress.delete(name))
    writesInProgress.set(name, written)
  }

  return {
    save: queueWrite,
    forget: (dialogId) => queueWrite(dialogId, 'gone'),
    async stop() {
      clearInterval(heartbeat)
      await Promise.all(writesInProgress.values())
    },
  }
}

/** Returns the file name for a dialog: a hash, because a Call-ID may contain any character. */
function nameOf(dialogId: string): string {
  return `${createHash('sha256').update(dialogId).digest('hex').slice(0, 32)}.json`
}

/**
 * Returns the sessions that the previous process saved; none if it stopped too long ago. Synchronous, because it runs before
 * anything else. Skips unreadable files: their calls resume at their client's next request.
 */
export function readSavedSessions(directory: string, nowMs: number): SavedSession[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const isGone = Math.abs(nowMs - statSync(directory).mtimeMs) > maxSilenceMs
  return isGone ? [] : readdirSync(directory).flatMap((name) => readOne(join(directory, name)) ?? [])
}

function readOne(path: string): SavedSession | undefined {
  if (!path.endsWith('.json')) return undefined
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as Partial<SavedSession>
    return read.format === 2 ? (read as SavedSession) : undefined
  } catch {
    return undefined
  }
}
