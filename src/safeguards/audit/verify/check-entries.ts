import type { LoggedEntry } from './entry-bytes.ts'
import type { Findings } from './report.ts'

/** Entries that commit later than one with a higher number come after it; by no more than this. */
const longestTransactionMs = 60 * 60_000
/** The log outlives the contact history (R22): the least that is kept of it. */
const shortestTermMonths = 24

interface Told {
  leaf: number | undefined
  seq: number
}

/** What the log says of things that are also elsewhere, gathered on the way through it. */
export interface LogFacts {
  /** Recordings taken into keeping: the hash of the sealed body, where the entry has it. */
  kept: Map<string, Told & { sha256: string | undefined }>
  destroyed: Map<string, Told & { cause: string | undefined }>
  /** Leaves below it are gone by the log’s own term. */
  minimumIndex: number
  prunings: (Told & { at: string; minimumIndex: number })[]
  accepted: (Told & { detail: Record<string, unknown> })[]
  /** When the oldest entry that is still there was written. */
  oldestAt: string | undefined
}

/** Looks at every entry that is there: in order, no entry twice, what it says of recordings, destructions and removals. */
export class EntryCheck {
  readonly facts: LogFacts = {
    kept: new Map(),
    destroyed: new Map(),
    minimumIndex: 0,
    prunings: [],
    accepted: [],
    oldestAt: undefined,
  }
  readonly #findings: Findings
  /** When the newest entry was written. */
  newestAt = ''
  #firstThere: { leaf: number; at: string } | undefined

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** @param leaf its place in the tree; none while it has none yet */
  look(entry: LoggedEntry, leaf: number | undefined): void {
    const told = { leaf, seq: entry.seq }
    if (entry.at > this.newestAt) this.newestAt = entry.at
    else if (leaf !== undefined && Date.parse(this.newestAt) - Date.parse(entry.at) > longestTransactionMs) {
      this.#findings.add('entry-order', `Entry ${entry.seq} is of ${entry.at}, after one of ${this.newestAt}.`, told)
    }
    if (leaf !== undefined) this.#firstThere ??= { leaf, at: entry.at }
    if (this.facts.oldestAt === undefined || entry.at < this.facts.oldestAt) this.facts.oldestAt = entry.at
    if (entry.result !== 'ok') return
    const { detail, object_id: id } = entry
    switch (entry.action) {
      case 'recording.kept':
        // The first counts: a later one would be the way to cover up a recording that was replaced.
        if (id !== null && !this.facts.kept.has(id)) {
          this.facts.kept.set(id, { ...told, sha256: textOf(detail['sha256']) })
        }
        break
      case 'recording.destroyed':
        if (id !== null && !this.facts.destroyed.has(id)) {
          this.facts.destroyed.set(id, { ...told, cause: textOf(detail['cause']) })
        }
        break
      case 'log.pruned': {
        const minimumIndex = Number(detail['minimumIndex'])
        if (!Number.isSafeInteger(minimumIndex)) break
        this.facts.minimumIndex = Math.max(this.facts.minimumIndex, minimumIndex)
        this.facts.prunings.push({ ...told, at: entry.at, minimumIndex })
        break
      }
      case 'log.break-accepted':
        this.facts.accepted.push({ ...told, detail })
    }
  }

  /** What was removed was older than the contact history: the oldest entry that was left shows it. */
  judgePrunings(): void {
    const newest = this.facts.prunings.toSorted((one, other) => one.minimumIndex - other.minimumIndex).at(-1)
    const left = this.#firstThere
    if (!newest || !left) return
    const oldest = Temporal.Instant.from(newest.at)
      .toZonedDateTimeISO('UTC')
      .subtract({ months: shortestTermMonths, days: -1 })
      .toInstant()
    if (Temporal.Instant.compare(left.at, oldest) > 0 && left.leaf >= newest.minimumIndex) {
      this.#findings.add(
        'pruned-too-early',
        `Entry ${newest.seq} of ${newest.at} removed what came before index ${newest.minimumIndex}, where the log is of ${left.at}.`,
        { leaf: newest.leaf, seq: newest.seq },
      )
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
