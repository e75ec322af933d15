/**
 * Verifies the destruction ledger for a restore against what is known of it: the backup, witnesses, stored files; then replays
 * it. The register stays closed if the copy is missing, altered, or shorter than known.
 */
import { Fault } from '#platform/fault.ts'
import { readCheckpoint, signedBy, type VerifierKey } from '../audit/note.ts'
import type { LogFolder } from '../audit/log-folder.ts'
import { headFile } from '../ledger/ledger-copy.ts'
import { openContents, type LedgerContent } from '../ledger/ledger-content.ts'
import { ledgerKeyOf } from '../ledger/ledger-tree.ts'
import { readLedgerCopy, type KnownHead, type LedgerCopy } from '../ledger/read-ledger-copy.ts'
import { replayLedger, type Replayed, type Replaying } from '../ledger/replay-ledger.ts'
import { importLedgerCopy } from '../ledger/import-ledger-copy.ts'
import type { Manifest } from './manifest.ts'

/** Ledger positions recorded outside the backup, by an operator or a witness. */
export interface LedgerAnchors {
  /** Returns heads known elsewhere, verified with the key. */
  known: (key: VerifierKey) => Promise<readonly KnownHead[]>
  /** Least number of entries. */
  entries: number
}

type ReadCopy = (name: string) => Promise<Buffer | undefined>

export interface JudgedLedger {
  copy: LedgerCopy
  /** Entries of the given copy, if the place's continues it. */
  completed: number | undefined
  /** Number of the last entry in the backup. */
  since: number
  /** Contents of the entries after the backup, by name. */
  contents: ReadonlyMap<string, LedgerContent>
  /** Time of the newest entry. */
  newest: Temporal.Instant | undefined
  /** Recordings it reports as destroyed. */
  destroyed: ReadonlySet<string>
}

/**
 * Reads a copy from its first entry to its head, and the contents of entries after the backup.
 * @param readers `read` returns a file of the copy by name, `readPlaces` one of the place's own copy; undefined if there is none
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
  const copy = await chooseLedgerCopy(given, readPlaces, { key, known })
  const [wrong] = copy.problems
  if (wrong) {
    throw new Fault(
      'restore-ledger',
      `the destruction ledger cannot be trusted: ${wrong.message}. The register stays closed: give a complete copy of it with --ledger DIR`,
    )
  }
  if (copy.size < anchors.entries) {
    throw new Fault(
      'restore-ledger',
      `the destruction ledger has ${copy.size} entries, and --anchor says ${anchors.entries}. The register stays closed: give a newer copy of it with --ledger DIR`,
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
      `no copy has the content of ${missing.length} entries of the destruction ledger after the backup ${manifest.id}, the first of them number ${missing[0]}: contents are kept for 35 days. The register stays closed: restore a newer backup, or give a copy of the ledger that has them with --ledger DIR`,
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

/**
 * A given copy replaces the place's own copy if that is lost, damaged or of another register; a valid own copy that continues the
 * given one is used instead.
 */
async function chooseLedgerCopy(
  given: LedgerCopy,
  readPlaces: ReadCopy,
  { key, known }: { key: VerifierKey; known: readonly KnownHead[] },
): Promise<LedgerCopy> {
  const head = readCheckpoint((await readPlaces(headFile))?.toString('utf8') ?? '')
  if (!given.head || given.problems.length > 0 || !head || head.size <= given.size) return given
  const givenHead = { source: 'the copy that was given', size: given.size, root: given.head.root }
  const placesCopy = await readLedgerCopy(readPlaces, { key, known: [...known, givenHead] })
  return placesCopy.problems.length > 0 ? given : placesCopy
}

/** Imports the ledger into the restored database and applies it. */
export async function importAndReplay(
  replaying: Replaying,
  { copy, since, contents }: JudgedLedger,
  folder: LogFolder,
): Promise<Replayed> {
  await importLedgerCopy(replaying.db, copy, contents, folder)
  return replayLedger(replaying, copy.entries, since)
}

/** @throws Fault `restore-anchor` if the note is no head signed by the key */
export function readKnownHead(source: string, note: string, key: VerifierKey): KnownHead {
  const head = readCheckpoint(note)
  if (!head || head.origin !== key.name || typeof signedBy(key, head) !== 'object') {
    throw new Fault(
      'restore-anchor',
      `${source} has no head of this destruction ledger (${key.name}): give the file of its own ledger`,
    )
  }
  return { source, size: head.size, root: head.root }
}
