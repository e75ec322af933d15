import type { Kysely } from 'kysely'
/** All problems of a log, and what each means for the reader of the report. */
export const problemCodes = {
  'key-unreadable': 'The key of the log cannot be read.',
  'key-differs': 'The export carries another key than the one that is trusted.',
  'checkpoint-missing': 'There is no checkpoint to compare the log with.',
  'checkpoint-unreadable': 'A checkpoint does not have the required format.',
  'checkpoint-unsigned': 'A checkpoint is not signed with the log’s key.',
  'checkpoint-differs': 'A checkpoint’s row differs from its note.',
  'checkpoint-order': 'A checkpoint is out of order.',
  'witness-wrong': 'A line in the name of a witness is not the signature of that witness.',
  'witness-missing': 'A witness whose key was named has not seen this log.',
  'rolled-back': 'The log is shorter than a checkpoint that was seen before.',
  rewritten: 'The log differs from the one that was seen before.',
  'root-differs': 'The hashes do not give the root that was signed.',
  'leaf-missing': 'A hash of the tree is missing.',
  'leaf-twice': 'An index of the tree occurs twice.',
  'leaf-altered': 'A hash of the tree differs from the one stored beside the keys.',
  'subtree-wrong': 'A hash inside the tree is not that of the hashes below it.',
  'entry-altered': 'An entry does not have the hash that the tree has for it: one of them was changed.',
  'entry-missing': 'An entry that the tree has was deleted.',
  'entry-lost': 'An entry is marked as lost, and no operator has accepted the loss.',
  'entry-unread': 'An entry does not have the required format.',
  'entry-twice': 'One entry has two places in the tree.',
  'entry-outside': 'An entry is neither in the tree nor waiting for it.',
  'entry-order': 'An entry is much older than those before it.',
  'pending-missing': 'An entry that waited for the tree is missing.',
  'pending-in-tree': 'An entry is in the tree and still waits for it.',
  'pruned-too-early': 'Entries were removed before the term of the contact history was over.',
  'pruning-differs': 'The table of prunings differs from the log.',
  'break-open': 'The custodian found the log broken, and no operator has accepted the break.',
  'file-missing': 'A file of the export is missing.',
  'file-unexpected': 'A file does not belong to the export.',
  'file-wrong': 'A file of the export does not have the required format.',
  'recording-unlogged': 'A recording is stored, but the log has no entry of it.',
  'recording-altered': 'A recording’s hash differs from the one logged when it was ingested.',
  'recording-vanished': 'A recording was stored and is missing, but was not destroyed.',
  'destruction-unlogged': 'A destruction is in the ledger but not in the log.',
  'destruction-unledgered': 'A destruction is in the log but not in the ledger.',
  'destruction-differs': 'A destruction has different causes in the log and in the ledger.',
  'ledger-altered': 'The destruction ledger differs from what was signed.',
  'ledger-head-wrong': 'A signed head of the destruction ledger is missing or is not the log’s.',
  'ledger-receipt-missing': 'A recording is destroyed, but the ledger does not state that its key is.',
  'protection-missing': 'A protection of the data is missing from the database.',
  'protection-disabled': 'A protection of the data is disabled.',
  'protection-changed': 'A protection of the data differs from this version of the program.',
  'protection-unknown': 'The database has an object that no version of the program created.',
} as const

export type ProblemCode = keyof typeof problemCodes

export interface Problem {
  code: ProblemCode
  /** Index in the tree, from 0, of the first entry concerned. */
  leaf?: number
  /** Number of the entry concerned. */
  seq?: number
  /** The problem and its place, in English. */
  message: string
}

export interface Report {
  /** Leaves of the tree. */
  entries: number
  /** Leaves whose entries were pruned. */
  pruned: number
  /** Entries without a place in the tree yet. */
  pending: number
  /** Checkpoints with a valid signature and root. */
  checkpoints: number
  /** Valid signatures of known witnesses. */
  witnesses: number
  recordings: number
  destructions: number
  /** Verified entries of the destruction ledger; undefined if an export has no ledger. */
  ledger?: number
  /** Size and root, base64, of the newest checkpoint. */
  newest?: { origin: string; size: number; root: string }
  /** Lost or altered entries that an operator has accepted: reported, but no problems. */
  accepted: number
  /** Unusual events that the log itself explains: steps of the clock. */
  notes?: string[]
  /** Interval of unexplained disorder. */
  outOfOrder?: { from: string; to: string }
  /** Number of problems. */
  found: number
  /** The first problems, in the order of the log. */
  problems: Problem[]
}

const maxListed = 200
/** Further problems are only counted. */
const maxStored = 100_000

/** Consequences of more specific problems, which are reported instead where known. */
const unspecificCodes = new Set<ProblemCode>(['root-differs', 'rewritten', 'rolled-back', 'subtree-wrong'])

/** Collects problems; counts all. */
export class Findings {
  found = 0
  #problems: Problem[] = []

  add(code: ProblemCode, detail: string, position: { leaf?: number | undefined; seq?: number | undefined } = {}): void {
    this.found += 1
    if (this.#problems.length >= maxStored) return
    const { leaf, seq } = position
    this.#problems.push({
      code,
      ...(leaf !== undefined && { leaf }),
      ...(seq !== undefined && { seq }),
      message: `${problemCodes[code]} ${detail}`,
    })
  }

  /**
   * Removes problems that need not be reported.
   * @returns how many
   */
  remove(isRemoved: (problem: Problem) => boolean): number {
    const present = this.#problems.filter((problem) => !isRemoved(problem))
    const removed = this.#problems.length - present.length
    this.#problems = present
    this.found -= removed
    return removed
  }

  /** Returns the first problems in the order of the log, then those with an unspecific code, then those without a leaf. */
  inOrder(max = maxListed): Problem[] {
    const place = ({ code, leaf = Infinity }: Problem) => (unspecificCodes.has(code) ? Number.MAX_SAFE_INTEGER : leaf)
    return this.#problems
      .toSorted((one, other) => (place(one) === place(other) ? 0 : place(one) - place(other)))
      .slice(0, max)
  }
}

export interface Progress {
  step: 'tree' | 'signatures' | 'recordings' | 'destructions'
  checked: number
  entries: number
}

/** A database whose tables are named only by docs/formats/audit-log.md. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the verifier shares no types with the writer
export type AnyDatabase = Kysely<any>
