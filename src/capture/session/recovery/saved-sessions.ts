/**
 * Sessions that go on, written down for the process that comes after this one. In: a session whenever it changes. Out: the
 * same after a crash or a restart, as long as its call can still go on. Never here: a key; a call that is recorded under keys
 * (SRTP) is taken up when its client tells them again.
 *
 * What is written need not survive the machine, only this process: no write waits for the disk, and no call for a write. This
 * file is read before the rest of the program (hold-ports.ts); it imports next to nothing.
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
  /** What its first request told. */
  readonly headers: readonly (readonly [string, readonly string[]])[]
  readonly clock: ClientClock
  /** Milliseconds since the epoch. */
  readonly beganAtMs: number
}

/** A session that stands beside the one that is recorded (duplicate-sessions.ts). */
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
  /** Sessions that tell of it as well. */
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
/** A recording that hears nothing for so long has lost its end: after that nobody comes back by themselves. */
const maxSilenceMs = 3 * 60_000

export async function openSavedSessions(options: {
  directory: string
  /** Of the process before, which may be taken up; what else lies there is of calls that are over. */
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
 * What the process before this one has written down, unless it has been gone for too long; sync, as nothing else is to be done
 * before. What cannot be read is left out: its call goes on once its client asks for something.
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
