/**
 * The destruction ledger as a restore needs it. In: a copy of it, and what is known of it elsewhere: in the backup, at
 * witnesses, in files that were kept. Out: the copy, judged, and then replayed. Never here: a copy that ends before what is
 * known, that was altered, or that is missing: the register stays closed.
 */
import { Fault } from '#platform/fault.ts'
import { readCheckpoint, signedBy, type VerifierKey } from '../audit/note.ts'
import type { LogFolder } from '../audit/log-folder.ts'
import { headFile } from '../ledger/ledger-copy.ts'
import { openContents, type LedgerContent } from '../ledger/ledger-content.ts'
import { ledgerKeyOf } from '../ledger/ledger-tree.ts'
import { readLedgerCopy, type KnownHead, type LedgerCopy } from '../ledger/read-ledger-copy.ts'
import { replayLedger, type Replayed, type Replaying } from '../ledger/replay-ledger.ts'
import { takeInCopy } from '../ledger/take-in-copy.ts'
import type { Manifest } from './manifest.ts'

/** What an operator or a witness knows of the ledger. */
export interface LedgerAnchors {
  /** Heads of it that are known elsewhere; asked for with the key that verifies them. */
  known: (key: VerifierKey) => Promise<readonly KnownHead[]>
  /** At least so many entries. */
  entries: number
}

type ReadCopy = (name: string) => Promise<Buffer | undefined>

export interface JudgedLedger {
  copy: LedgerCopy
  /** How many entries the copy had that was given, where the place's goes on from it. */
  completed: number | undefined
  /** Entries up to this number are in the backup. */
  since: number
  /** What its entries after the backup say, by their names. */
  contents: ReadonlyMap<string, LedgerContent>
  /** When its newest entry was made. */
  newest: Temporal.Instant | undefined
  /** Recordings that it says are destroyed. */
  destroyed: ReadonlySet<string>
}

/**
 * Reads a copy from its first entry to its head, and what its entries after the backup say.
 * @param copies a file by its name, nothing where there is none: of the copy, and of the one in the place where that is another
 * @throws Fault `restore-ledger`, `restore-anchor`
 */
export async function judgeLedger(
  { read, readPlaces }: { read: ReadCopy; readPlaces: ReadCopy },
  identity: string,
  manifest: Pick<Manifest, 'id' | 'ledger'>,
  logKey: VerifierKey,
  anchors: LedgerAnchors,
): Promise<JudgedLedger> {
  const key = ledgerKeyOf(logKey)
  const own = manifest.ledger ? [readKnownHead(`the backup ${manifest.id}`, manifest.ledger.note, key)] : []
  const known = [...own, ...(await anchors.known(key))]
  const given = await readLedgerCopy(read, { key, known })
  const copy = await goingOnFrom(given, readPlaces, { key, known })
  const [wrong] = copy.problems
  if (wrong) {
    throw new Fault(
      'restore-ledger',
      `the destruction ledger cannot be believed: ${wrong.message}; the register stays closed: give a whole copy of it with --ledger DIR`,
    )
  }
  if (copy.size < anchors.entries) {
    throw new Fault(
      'restore-ledger',
      `the destruction ledger has ${copy.size} entries, and --anchor says ${anchors.entries}; the register stays closed: give a newer copy of it with --ledger DIR`,
    )
  }
  const since = own[0]?.size ?? 0
  const { contents, missing } = await openContents(
    [read, readPlaces],
    identity,
    copy.entries.filter(({ number }) => number > since),
  )
  if (missing.length > 0) {
    throw new Fault(
      'restore-ledger',
      `of ${missing.length} entries of the destruction ledger after the backup ${manifest.id}, from ${missing[0]} on, no copy has what they say: it is kept for 35 days; the register stays closed: restore a newer backup, or give a copy of the ledger that has it with --ledger DIR`,
    )
  }
  const entries = copy.entries.map(({ entry }) => entry)
  const times = entries.map(({ at }) => Temporal.Instant.from(at))
  return {
    copy,
    completed: copy === given ? undefined : given.size,
    since,
    contents,
    newest: times.sort((one, other) => Temporal.Instant.compare(one, other)).at(-1),
    destroyed: new Set(entries.flatMap(({ kind, id }) => (kind === 'recording' && id !== null ? [id] : []))),
  }
}

/** A copy from elsewhere is for a place whose own is lost, broken or another; where that is whole and goes on from it, that is taken. */
async function goingOnFrom(
  given: LedgerCopy,
  readPlaces: ReadCopy,
  { key, known }: { key: VerifierKey; known: readonly KnownHead[] },
): Promise<LedgerCopy> {
  const head = readCheckpoint((await readPlaces(headFile))?.toString('utf8') ?? '')
  if (!given.head || given.problems.length > 0 || !head || head.size <= given.size) return given
  const its = { of: 'the copy that was given', size: given.size, root: given.head.root }
  const there = await readLedgerCopy(readPlaces, { key, known: [...known, its] })
  return there.problems.length > 0 ? given : there
}

/** Takes the ledger into the restored database and ends there what it says. */
export async function replayInto(
  replaying: Replaying,
  { copy, since, contents }: JudgedLedger,
  folder: LogFolder,
): Promise<Replayed> {
  await takeInCopy(replaying.db, copy, contents, folder)
  return replayLedger(replaying, copy.entries, since)
}

/** @throws Fault `restore-anchor` where the note is no head that the key signed */
export function readKnownHead(of: string, note: string, key: VerifierKey): KnownHead {
  const head = readCheckpoint(note)
  if (!head || head.origin !== key.name || typeof signedBy(key, head) !== 'object') {
    throw new Fault(
      'restore-anchor',
      `${of} has no head of this destruction ledger (${key.name}): give the file of its own ledger`,
    )
  }
  return { of, size: head.size, root: head.root }
}
