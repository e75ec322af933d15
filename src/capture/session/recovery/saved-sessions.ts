/**
 * Saves live sessions for the next process, after a crash or a restart. Never saves a key: a call under SRTP resumes when its
 * client sends its keys again.
 * The files have to outlive the process, not the machine: no write is synced, and no call waits for one. This file is loaded
 * before the rest of the program (hold-ports.ts), so it imports next to nothing.
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
import type { SessionPlace } from '../machine/session-types.ts'
import type { ClientClock } from '../machine/reported-times.ts'

/** A dialog as it was left, whatever its session is to a call. */
interface SavedSessionDialog {
  readonly dialog: SavedDialog
  readonly sdpSessionId: string
  readonly described?: SessionDescription | undefined
  /** Media line and port. */
  readonly ports: readonly (readonly [number, number])[]
  /** Headers of its first request. */
  readonly headers: readonly (readonly [string, readonly string[]])[]
  readonly clock: ClientClock
  /** Milliseconds since the epoch. */
  readonly beganAtMs: number
}

/** A duplicate of the recorded session (duplicate-sessions.ts). */
export interface SavedDuplicate extends SavedSessionDialog {
  readonly place: SessionPlace
}

/** A session whose stream is one of another session's, which has its port (split-direction-session.ts). */
export interface SavedSplitDirection {
  readonly dialog: SavedDialog
  readonly index: number
  readonly sdpSessionId: string
  readonly version: number
}

export interface SavedSession extends SavedSessionDialog {
  readonly format: 2
  readonly segmentId: string
  /** As in the spool (facts-file.ts). */
  readonly facts: string
  readonly streams: readonly StreamPlan[]
  /** Streams of other sessions of the call in its recording, and those sessions. */
  readonly joined: readonly StreamPlan[]
  readonly halves: readonly SavedSplitDirection[]
  /** Duplicate sessions. */
  readonly twins?: readonly SavedDuplicate[]
  readonly tracks: Readonly<Record<number, Track>>
  readonly metadata?: RecordingMetadata | undefined
  readonly answerVersion: number
  /** Its recording is forbidden (R49): what follows is not recorded either. */
  readonly isForbidden: boolean
  /** It continues in a duplicate, which may yet report another caller. */
  readonly isInherited?: true
}

export interface SavedSessions {
  /** Writes down how the session of a dialog is now, after what is being written of it. */
  save(dialogId: string, session: SavedSession): void
  forget(dialogId: string): void
  stop(): Promise<void>
}

const aliveEveryMs = 1_000
/** After so much silence a recording has lost its end: no client resumes by itself. */
const maxSilenceMs = 3 * 60_000

export async function openSavedSessions(options: {
  directory: string
  /** Sessions of the previous process that may resume; other files are of ended calls, and deleted. */
  known: readonly SavedSession[]
  nowMs: () => number
  onFault: (error: unknown) => void
}): Promise<SavedSessions> {
  const { directory, nowMs, onFault } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const known = new Set(options.known.map(({ dialog }) => nameOf(dialogIdOf(dialog.state))))
  for (const name of await readdir(directory)) if (!known.has(name)) await rm(join(directory, name), { force: true })
  const inTurn = new Map<string, Promise<void>>()
  /** The newest of each, while an older one is being written. */
  const latest = new Map<string, SavedSession | 'gone'>()
  const alive = setInterval(() => {
    utimes(directory, nowMs() / 1000, nowMs() / 1000).catch(onFault)
  }, aliveEveryMs)
  alive.unref()

  async function write(name: string): Promise<void> {
    const path = join(directory, name)
    for (let next = latest.get(name); next; next = latest.get(name)) {
      latest.delete(name)
      if (next === 'gone') {
        await rm(path, { force: true })
        known.delete(name)
        continue
      }
      // Nothing is lost where there was nothing before: what is cut short then is left out, as if it had not begun.
      const to = known.has(name) ? `${path}.new` : path
      await writeFile(to, JSON.stringify(next), { mode: 0o600 })
      if (to !== path) await rename(to, path)
      known.add(name)
    }
  }
  function take(dialogId: string, subject: SavedSession | 'gone'): void {
    const name = nameOf(dialogId)
    latest.set(name, subject)
    if (inTurn.has(name)) return
    const written = write(name)
      .catch(onFault)
      .finally(() => inTurn.delete(name))
    inTurn.set(name, written)
  }

  return {
    save: take,
    forget: (dialogId) => take(dialogId, 'gone'),
    async stop() {
      clearInterval(alive)
      await Promise.all(inTurn.values())
    },
  }
}

/** A Call-ID may hold anything. */
function nameOf(dialogId: string): string {
  return `${createHash('sha256').update(dialogId).digest('hex').slice(0, 32)}.json`
}

/**
 * Returns the sessions that the previous process saved, or none if it stopped too long ago. Synchronous, as it must come first.
 * Unreadable files are left out: their calls resume at their client's next request.
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
