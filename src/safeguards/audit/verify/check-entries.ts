import type { LoggedEntry } from './entry-bytes.ts'
import type { Findings } from './report.ts'
import { isDetailSigned, type VerifierKey } from './signed-note.ts'

/** An entry may follow one with a higher number if it was committed later, by at most this. */
const maxTransactionMs = 60 * 60_000
/** Shortest term of the log, which outlives the contact history (R22). */
const minTermMonths = 24

interface EntryPosition {
  leaf: number | undefined
  seq: number
}

/** Checkpoints may be out of order by this much without an explanation: even a disciplined clock goes back a little. */
const minStepMs = 10_000

/** A step of the clock that dates the log: its time before and after. */
interface ClockStep extends EntryPosition {
  fromMs: number
  toMs: number
}

/** An entry or checkpoint dated earlier than its predecessor. */
export interface Disorder {
  code: 'entry-order' | 'checkpoint-order'
  message: string
  at: string
  /** Time of the predecessor. */
  after: string
  leaf?: number | undefined
  seq?: number | undefined
}

/** Facts from the log that are compared with other sources. */
export interface LogFacts {
  /** Ingested recordings: hash of the sealed body, if the entry has it. */
  ingested: Map<string, EntryPosition & { sha256: string | undefined }>
  destroyed: Map<string, EntryPosition & { cause: string | undefined }>
  /** Leaves below it were pruned. */
  minimumIndex: number
  prunings: (EntryPosition & { at: string; minimumIndex: number; isSigned: boolean })[]
  accepted: (EntryPosition & { detail: Record<string, unknown> })[]
  /** Time of the oldest remaining entry. */
  oldestAt: string | undefined
}

/** Checks every entry: order, duplicates, and its statements on recordings, destructions and prunings. */
export class EntryCheck {
  readonly facts: LogFacts = {
    ingested: new Map(),
    destroyed: new Map(),
    minimumIndex: 0,
    prunings: [],
    accepted: [],
    oldestAt: undefined,
  }
  readonly #findings: Findings
  readonly #key: VerifierKey
  readonly #steps: ClockStep[] = []
  readonly #disorders: Disorder[] = []
  /** Explanations without the log’s signature. */
  readonly #unsigned: { seq: number; action: string }[] = []
  readonly #signedFrom: number
  /** Time of the newest entry. */
  newestAt = ''
  /** The first entry of the tree that exists. */
  #firstPresent: { leaf: number; at: string } | undefined

  /** @param signedFrom size below which unsigned entries of earlier versions count as explanations */
  constructor(findings: Findings, key: VerifierKey, signedFrom: number) {
    this.#findings = findings
    this.#key = key
    this.#signedFrom = signedFrom
  }

  /**
   * Checks an entry.
   * @param leaf its index in the tree, if it has one
   * @param isIntact true if it has the hash of its leaf
   */
  checkEntry(entry: LoggedEntry, leaf: number | undefined, isIntact: boolean): void {
    const position = { leaf, seq: entry.seq }
    if (entry.at > this.newestAt) this.newestAt = entry.at
    else if (leaf !== undefined && Date.parse(this.newestAt) - Date.parse(entry.at) > maxTransactionMs) {
      const message = `Entry ${entry.seq} is dated ${entry.at}, after one dated ${this.newestAt}.`
      this.#disorders.push({ code: 'entry-order', message, at: entry.at, after: this.newestAt, ...position })
    }
    if (leaf !== undefined) this.#firstPresent ??= { leaf, at: entry.at }
    if (this.facts.oldestAt === undefined || entry.at < this.facts.oldestAt) this.facts.oldestAt = entry.at
    if (entry.result !== 'ok') return
    const { detail, object_id: id } = entry
    switch (entry.action) {
      case 'recording.kept':
        // The first entry counts: a later one could hide a replaced recording.
        if (id !== null && !this.facts.ingested.has(id)) {
          this.facts.ingested.set(id, { ...position, sha256: textOf(detail['sha256']) })
        }
        break
      case 'recording.destroyed':
        if (id !== null && !this.facts.destroyed.has(id)) {
          this.facts.destroyed.set(id, { ...position, cause: textOf(detail['cause']) })
        }
        break
      case 'log.pruned': {
        if (!this.#isTrusted(entry, leaf, isIntact)) break
        const minimumIndex = Number(detail['minimumIndex'])
        if (!Number.isSafeInteger(minimumIndex)) break
        this.facts.minimumIndex = Math.max(this.facts.minimumIndex, minimumIndex)
        this.facts.prunings.push({ ...position, at: entry.at, minimumIndex, isSigned: 'signature' in detail })
        break
      }
      case 'log.break-accepted':
        if (!this.#isTrusted(entry, leaf, isIntact)) break
        this.facts.accepted.push({ ...position, detail })
        this.#step(entry, position)
        break
      case 'clock.stepped':
        if (this.#isTrusted(entry, leaf, isIntact)) this.#step(entry, position)
        break
      case 'backup.restored':
        this.#isTrusted(entry, leaf, isIntact)
    }
  }

  /**
   * Writing to the database alone explains nothing. Entries of versions that signed acceptances only are trusted as written.
   */
  #isTrusted({ seq, action, detail }: LoggedEntry, leaf: number | undefined, isIntact: boolean): boolean {
    const isEarlier =
      action !== 'log.break-accepted' &&
      !('signature' in detail) &&
      leaf !== undefined &&
      leaf < this.#signedFrom &&
      isIntact
    const isTrusted = isEarlier || isDetailSigned(action, detail, this.#key)
    if (!isTrusted) this.#unsigned.push({ seq, action })
    return isTrusted
  }

  /**
   * From here on, entries are ordered by the stepped clock, which is in the signed part; `at` is not. A step that is repeated
   * in a later year changes nothing.
   */
  #step({ detail }: LoggedEntry, position: EntryPosition): void {
    const [fromMs, toMs] = [Date.parse(textOf(detail['from']) ?? ''), Date.parse(textOf(detail['to']) ?? '')]
    if (!(toMs < fromMs)) return
    this.#steps.push({ ...position, fromMs, toMs })
    if (Date.parse(this.newestAt) > fromMs + maxTransactionMs) return
    this.newestAt = new Date(toMs).toISOString()
  }

  /** Checks a checkpoint against its predecessor. */
  checkOrder(disorder: Disorder): void {
    if (Date.parse(disorder.after) - Date.parse(disorder.at) > minStepMs) this.#disorders.push(disorder)
  }

  /**
   * Reports entries out of order, once all are read; a step of the clock turns them into notes.
   * @returns the notes, and the interval that nothing explains
   */
  judgeOrder(): { notes: string[]; outOfOrder: { from: string; to: string } | undefined } {
    const explained = new Map<ClockStep, number>()
    let [from, to] = ['', '']
    for (const { code, message, at, after, leaf, seq } of this.#disorders) {
      const step = this.#steps.find(
        ({ fromMs, toMs }) =>
          Date.parse(at) >= toMs - maxTransactionMs && Date.parse(after) <= fromMs + maxTransactionMs,
      )
      if (step) {
        explained.set(step, (explained.get(step) ?? 0) + 1)
        continue
      }
      this.#findings.add(code, message, { leaf, seq })
      if (after > from) from = after
      if (to === '' || at < to) to = at
    }
    const notes = this.#steps.map((step) => {
      const [before, after] = [step.fromMs, step.toMs].map((ms) => new Date(ms).toISOString())
      return `Entry ${step.seq}: the clock was set back from ${before} to ${after}; this explains ${explained.get(step) ?? 0} entries or checkpoints that are out of order.`
    })
    for (const { seq, action } of this.#unsigned) {
      notes.push(`Entry ${seq}, ${action}, is not signed with the log’s key: it is ignored.`)
    }
    return { notes, outOfOrder: from === '' ? undefined : { from, to } }
  }

  /**
   * Pruned entries must be older than the contact history. For an unsigned pruning, the oldest remaining entry proves it. For a
   * signed one the custodian has checked each entry; the rest may be much younger if nothing was logged for some time.
   */
  judgePrunings(): void {
    const newest = this.facts.prunings.toSorted((one, other) => one.minimumIndex - other.minimumIndex).at(-1)
    const left = this.#firstPresent
    if (!newest || newest.isSigned || !left) return
    const oldest = Temporal.Instant.from(newest.at)
      .toZonedDateTimeISO('UTC')
      .subtract({ months: minTermMonths })
      .add({ days: 1 })
      .toInstant()
    if (Temporal.Instant.compare(left.at, oldest) > 0 && left.leaf >= newest.minimumIndex) {
      this.#findings.add(
        'pruned-too-early',
        `Entry ${newest.seq} of ${newest.at} removed everything before index ${newest.minimumIndex}, whose entry is dated ${left.at}.`,
        { leaf: newest.leaf, seq: newest.seq },
      )
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
