/**
 * Blockers: what keeps a process from its work. In: operations that fail, where they fail, and those that succeed again. Out: one
 * list, for health, metrics, status and the screen of operation. Never here: a measurement made only to fill the list.
 */
import { remedyFor } from '../fault-remedies.ts'

/** What stands still while a blocker of a kind stands, and what to do where its code says nothing better. */
export const blockerKinds = {
  'object-store': {
    standsStill: 'Recordings of ended calls are not stored, not ingested or not destroyed.',
    remedy: 'See to the disk or the server of the object store; writing goes on by itself.',
  },
  disk: {
    standsStill: 'New calls are refused; nobody may be able to sign in.',
    remedy: 'Make room on the volume (docs/operate/overload.md).',
  },
  database: {
    standsStill: 'Nobody can sign in, search or listen. Calls are recorded and wait on the disk of capture.',
    remedy: 'See to the database or the way there; everything connects again by itself.',
  },
  'key-store': {
    standsStill: 'Recordings are not ingested, not opened and not destroyed.',
    remedy: 'Bring the key store back, or see to its token, PIN or policy (docs/operate/keys.md).',
  },
  backlog: {
    standsStill: 'Recordings or call facts wait longer than two minutes to come into the register.',
    remedy:
      'The log of the process says what keeps them; "seloste recordings verify" names recordings that do not open.',
  },
  clock: {
    standsStill: 'Nothing is destroyed by its term, or what has expired is not served.',
    remedy: 'Set the clock right, or let two people confirm it on the screen Säilytys.',
  },
} as const satisfies Record<string, { standsStill: string; remedy: string }>

export type BlockerKind = keyof typeof blockerKinds

export interface Blocker {
  kind: BlockerKind
  /** Stable: of a fault, or of PostgreSQL or the operating system. */
  code: string
  /** Which operation or volume; nothing where the kind says it. */
  about?: string
  /** RFC 3339. */
  since: string
}

export interface BlockerCause {
  code: string
  /** Two causes of one kind stand beside each other under different names. */
  about?: string
  /** It began so long before: what is entered late is as old as it is. */
  agoMs?: number
  /** Ends by itself unless raised again within this time: for failures whose end no operation reports. */
  forMs?: number
}

export interface Blockers {
  /** An operation has failed. Its `since` is that of the first failure. */
  raise(kind: BlockerKind, cause: BlockerCause): void
  /** The operation has succeeded. */
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
    log.warn({ blocker: { kind, about, since } }, 'a blocker is gone; the work goes on')
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
      const since = now().subtract({ milliseconds: Math.round(agoMs) })
      const blocker: Blocker = { kind, code, ...(about !== undefined && { about }), since: since.toString() }
      raised.set(key, { ...blocker, endsMs })
      const { standsStill, remedy } = describeBlocker(blocker)
      log.error({ blocker, standsStill, remedy }, 'something stands still')
    },
    clear(kind, about) {
      // Called after each operation that succeeds: nothing is made of it while nothing stands.
      if (raised.size > 0) end(keyOf(kind, about))
    },
    list() {
      const nowMs = performance.now()
      for (const [key, { endsMs }] of raised) if (endsMs < nowMs) end(key)
      return [...raised.values()].map(({ endsMs: _, ...blocker }) => blocker)
    },
  }
}

/** What a blocker means, for an operator. */
export function describeBlocker({ kind, code }: Pick<Blocker, 'kind' | 'code'>): {
  standsStill: string
  remedy: string
} {
  const { standsStill, remedy } = blockerKinds[kind]
  return { standsStill, remedy: remedyFor(code) ?? remedy }
}
