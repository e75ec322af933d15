/** Everything that can be wrong with a log, and what it means for whoever reads the report. */
export const problemCodes = {
  'key-unreadable': 'The key of the log cannot be read.',
  'key-differs': 'The export carries another key than the one that is trusted.',
  'checkpoint-missing': 'There is no checkpoint: nothing says what the log should be.',
  'checkpoint-unreadable': 'A checkpoint is not as its format says.',
  'checkpoint-unsigned': 'A checkpoint is not signed with the log’s key.',
  'checkpoint-differs': 'A checkpoint’s row does not say what its note says.',
  'checkpoint-order': 'A checkpoint is out of the order in which the log grew.',
  'witness-wrong': 'A line in the name of a witness is not the signature of that witness.',
  'witness-missing': 'A witness whose key was named has not seen this log.',
  'rolled-back': 'The log is shorter than a checkpoint that was seen before.',
  rewritten: 'The log is another than the one that was seen before.',
  'root-differs': 'The hashes do not lead to the root that was signed.',
  'leaf-missing': 'A hash of the tree is missing.',
  'leaf-twice': 'One place in the tree is there twice.',
  'leaf-altered': 'A hash of the tree is another than the one kept beside the keys.',
  'subtree-wrong': 'A hash inside the tree is not that of the hashes below it.',
  'entry-altered': 'An entry does not have the hash that the tree has for it: one of them was changed.',
  'entry-missing': 'An entry that the tree has was deleted.',
  'entry-lost': 'An entry is marked as lost, and nobody answered for it.',
  'entry-unread': 'An entry is not as the format says.',
  'entry-twice': 'One entry has two places in the tree.',
  'entry-outside': 'An entry is neither in the tree nor on its way there.',
  'entry-order': 'An entry is much older than those before it.',
  'pending-missing': 'An entry that was on its way into the tree is gone.',
  'pending-in-tree': 'An entry that has its place in the tree is still on its way there.',
  'pruned-too-early': 'Entries were removed before the term of the contact history was over.',
  'pruning-differs': 'The table of removals does not say what the log says.',
  'break-open': 'The custodian found the log broken, and nobody has answered for it.',
  'file-missing': 'A file of the export is missing.',
  'file-unexpected': 'A file does not belong to the export.',
  'file-wrong': 'A file of the export is not as the format says.',
  'recording-unlogged': 'A recording is in keeping and the log does not know of it.',
  'recording-altered': 'A recording’s hash is another than the one that was logged when it was taken into keeping.',
  'recording-vanished': 'A recording was taken into keeping and is gone without having been destroyed.',
  'destruction-unlogged': 'A destruction is in its ledger and not in the log.',
  'destruction-unledgered': 'A destruction is in the log and not in its ledger.',
  'destruction-differs': 'A destruction has another cause in the log than in its ledger.',
  'ledger-altered': 'The destruction ledger is not what was signed.',
  'ledger-head-wrong': 'A signed head of the destruction ledger is missing or is not the log’s.',
  'ledger-receipt-missing': 'A recording is destroyed, and the ledger does not say that its key is.',
  'protection-missing': 'The database lacks something that protects the data.',
  'protection-disabled': 'Something that protects the data is disabled.',
  'protection-changed': 'Something that protects the data is not as this version of the program says.',
  'protection-unknown': 'The database has something that no version of the program put there.',
} as const

export type ProblemCode = keyof typeof problemCodes

export interface Problem {
  code: ProblemCode
  /** Place in the tree, from 0, of the first entry concerned. */
  leaf?: number
  /** Number of the entry concerned. */
  seq?: number
  /** What is wrong and where, in English. */
  message: string
}

export interface Report {
  /** Leaves of the tree. */
  entries: number
  /** Of those, entries that are gone by the log's own term. */
  pruned: number
  /** Entries that have no place in the tree yet. */
  pending: number
  /** Checkpoints whose signature and root were found right. */
  checkpoints: number
  /** Signatures of known witnesses that were found right. */
  witnesses: number
  recordings: number
  destructions: number
  /** Entries of the destruction ledger that were verified; none where an export has no ledger. */
  ledger?: number
  /** Size and root, base64, of the newest checkpoint. */
  newest?: { origin: string; size: number; root: string }
  /** Entries that are lost or altered and that an operator has answered for: told, and no problem any more. */
  accepted: number
  /** What is unusual and explained by the log itself: steps of the clock. */
  notes?: string[]
  /** Between which times lies what is out of order and explained by nothing. */
  outOfOrder?: { from: string; to: string }
  /** Problems in all. */
  found: number
  /** The first of them, in the order of the log. */
  problems: Problem[]
}

const mostTold = 200
/** Beyond this they are counted only. */
const mostKept = 100_000

/** They follow from what is wrong below them, which is told more closely where it is known. */
const vague = new Set<ProblemCode>(['root-differs', 'rewritten', 'rolled-back', 'subtree-wrong'])

/** Collects what is found; counts all. */
export class Findings {
  found = 0
  #problems: Problem[] = []

  add(code: ProblemCode, about: string, where: { leaf?: number | undefined; seq?: number | undefined } = {}): void {
    this.found += 1
    if (this.#problems.length >= mostKept) return
    const { leaf, seq } = where
    this.#problems.push({
      code,
      ...(leaf !== undefined && { leaf }),
      ...(seq !== undefined && { seq }),
      message: `${problemCodes[code]} ${about}`,
    })
  }

  /** Takes out those that are not to be told any more. @returns how many they were */
  takeOut(isTakenOut: (problem: Problem) => boolean): number {
    const left = this.#problems.filter((problem) => !isTakenOut(problem))
    const out = this.#problems.length - left.length
    this.#problems = left
    this.found -= out
    return out
  }

  /** The first of them by their place in the log; then those that say no more than between which places, then the others. */
  inOrder(most = mostTold): Problem[] {
    const place = ({ code, leaf = Infinity }: Problem) => (vague.has(code) ? Number.MAX_SAFE_INTEGER : leaf)
    return this.#problems
      .toSorted((one, other) => (place(one) === place(other) ? 0 : place(one) - place(other)))
      .slice(0, most)
  }
}

export interface Progress {
  step: 'tree' | 'signatures' | 'recordings' | 'destructions'
  checked: number
  entries: number
}
