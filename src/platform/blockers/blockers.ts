/**
 * List of blockers: failures that keep this process from its work. Operations raise and clear them; health, metrics, status and
 * the operation screen show them. Nothing is measured only for this list.
 */
import { remedyFor } from '../fault-remedies.ts'

/** By kind: the blocked work, and the remedy if the fault's code has no better one. */
export const blockerKinds = {
  'object-store': {
    standsStill: 'Recordings of ended calls are not stored, not ingested or not destroyed.',
    remedy: 'Check the disk or the server of the object store; writing resumes automatically.',
  },
  disk: {
    standsStill: 'New calls are refused; nobody may be able to sign in.',
    remedy: 'Free space on the volume (docs/operate/overload.md).',
  },
  database: {
    standsStill: 'Nobody can sign in, search or listen. Calls are recorded and wait on the disk of capture.',
    remedy: 'Check the database and the network; everything reconnects automatically.',
  },
  'key-store': {
    standsStill: 'Recordings are not ingested, not opened and not destroyed.',
    remedy: 'Make the key store available, or correct its token, PIN or policy (docs/operate/keys.md).',
  },
  backlog: {
    standsStill: 'Recordings or call data have waited more than two minutes to enter the register.',
    remedy:
      'The log of the process has the cause; "seloste recordings verify" lists recordings that cannot be decrypted.',
  },
  clock: {
    standsStill: 'Nothing is destroyed by its term, or expired recordings are not served.',
    remedy: 'Correct the clock, or have two people confirm the time on the screen Säilytys.',
  },
  job: {
    standsStill:
      'A periodic job of the custodian stands still: its lock is held by another session, its runs fail, or one does not end.',
    remedy:
      'The log has the error of a run that fails. If another session holds the lock, find it in pg_locks (locktype advisory) and end it; if a run hangs, restart the custodian.',
  },
  other: {
    standsStill: 'A failure in a capture node that runs a newer version than this process.',
    remedy: 'See the log of that capture node, or run the same version everywhere.',
  },
} as const satisfies Record<string, { standsStill: string; remedy: string }>

export type BlockerKind = keyof typeof blockerKinds

export interface Blocker {
  kind: BlockerKind
  /** Stable: the code of a fault, of PostgreSQL or of the operating system. */
  code: string
  /** The operation or volume, where the kind does not imply it. */
  about?: string
  /** RFC 3339. */
  since: string
}

export interface BlockerCause {
  code: string
  /** Distinguishes causes of one kind. */
  about?: string
  /** How long ago it began, for a cause that is reported late. */
  agoMs?: number
  /** Clears itself unless raised again within this time: for failures whose end no operation reports. */
  forMs?: number
}

export interface Blockers {
  /** Reports a failed operation. `since` is the first failure's. */
  raise(kind: BlockerKind, cause: BlockerCause): void
  /** Reports that the operation has succeeded. */
  clear(kind: BlockerKind, about?: string): void
  list(): Blocker[]
}

export interface BlockersOptions {
  now: () => Temporal.Instant
  log: {
    error: (details: object, message: string) => void
    warn: (details: object, message: string) => void
  }
}

export function createBlockers({ now, log }: BlockersOptions): Blockers {
  const raised = new Map<string, Blocker & { endsMs: number }>()
  const keyOf = (kind: BlockerKind, about?: string) => `${kind} ${about ?? ''}`

  function end(key: string): void {
    const blocker = raised.get(key)
    if (!raised.delete(key) || !blocker) return
    const { kind, about, since } = blocker
    log.warn({ blocker: { kind, about, since } }, 'a blocker was cleared; work resumes')
  }

  return {
    raise(kind, { code, about, agoMs = 0, forMs = Infinity }) {
      const key = keyOf(kind, about)
      const endsMs = performance.now() + forMs
      const known = raised.get(key)
      if (known) {
        Object.assign(known, { code, endsMs })
        return
      }
      const start = now().subtract({ milliseconds: Math.round(agoMs) })
      const blocker: Blocker = { kind, code, ...(about !== undefined && { about }), since: start.toString() }
      raised.set(key, { ...blocker, endsMs })
      const { standsStill, remedy } = describeBlocker(blocker)
      log.error({ blocker, standsStill, remedy }, 'work is blocked')
    },
    clear(kind, about) {
      // Called after every successful operation, so the key is built only if there are blockers.
      if (raised.size > 0) end(keyOf(kind, about))
    },
    list() {
      const nowMs = performance.now()
      for (const [key, { endsMs }] of raised) if (endsMs < nowMs) end(key)
      return [...raised.values()].map(({ endsMs: _, ...blocker }) => blocker)
    },
  }
}

const maxReported = 50
const maxLength = 200

/**
 * Reads blockers that another process reports: one of another version, or a capture that was taken over. An unknown kind
 * becomes `other`; entries without a readable instant are left out.
 */
export function readBlockers(reported: unknown): Blocker[] {
  if (!Array.isArray(reported)) return []
  return reported.slice(0, maxReported).flatMap((one: unknown): Blocker[] => {
    const { kind, code, about, since } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>
    if (typeof kind !== 'string' || typeof since !== 'string' || !isInstant(since)) return []
    return [
      {
        kind: Object.hasOwn(blockerKinds, kind) ? (kind as BlockerKind) : 'other',
        code: typeof code === 'string' ? code.slice(0, maxLength) : kind.slice(0, maxLength),
        ...(typeof about === 'string' && { about: about.slice(0, maxLength) }),
        since,
      },
    ]
  })
}

function isInstant(text: string): boolean {
  try {
    return Temporal.Instant.from(text).toString().length <= 'YYYY-MM-DDTHH:MM:SS.123456789Z'.length
  } catch {
    return false
  }
}

/** Returns a blocker's meaning for operators. */
export function describeBlocker({ kind, code }: Pick<Blocker, 'kind' | 'code'>): {
  standsStill: string
  remedy: string
} {
  const { standsStill, remedy } = blockerKinds[kind]
  return { standsStill, remedy: remedyFor(code) ?? remedy }
}
