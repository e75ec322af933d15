import type { LogFacts } from './check-entries.ts'
import { KeyCheck, ledgerKeyOf, reportAsLedger } from './check-ledger.ts'
import { RootCheck, type TrustedKeys } from './check-roots.ts'
import { TreeCheck } from './check-tree.ts'
import { leafHashOf } from './entry-bytes.ts'
import { Findings } from './report.ts'

type Read = (path: string) => Promise<Buffer | undefined>

const fileEntries = 256
/** The ledger is exported after the log: allowance for entries younger than the log's newest, and for those in transit. */
const slackMs = 60 * 60_000

interface CopiedEntry {
  kind: string
  at: string
  id: string | null
  name: string | null
  cause: string
  detail: Record<string, unknown> | null
}

/**
 * Verifies the destruction ledger in an export (docs/formats/ledger.md, "A copy", below `ledger/`): lines against hashes,
 * hashes against the head, the head against the log's key; and that the destructions in the exported log and in the ledger
 * agree, as far as the exported log goes.
 * @param newestAt time of the newest entry of the exported log
 * @returns the number of entries and of compared destructions; undefined if the export has no ledger
 */
export async function checkLedgerCopy(
  read: Read,
  keys: TrustedKeys,
  facts: LogFacts,
  newestAt: string,
  findings: Findings,
): Promise<{ entries: number; compared: number } | undefined> {
  const note = (await read('ledger/head'))?.toString('utf8')
  if (note === undefined) return undefined
  const own = new Findings()
  const roots = new RootCheck(own, { log: ledgerKeyOf(keys.log), witnesses: keys.witnesses })
  const size = roots.add(note, 'the head in the export', 'own')?.size ?? 0
  const tree = new TreeCheck(own, roots.expected, () => undefined)
  const keyCheck = new KeyCheck()
  const ended = new Map<string, { number: number; at: string; cause: string }>()
  for (let at = 0; at < size; at += fileEntries) {
    const path = `ledger/entries/${String(at + 1).padStart(10, '0')}`
    const lines = linesOf(await read(path))
    for (let index = at; index < Math.min(at + fileEntries, size); index++) {
      const line = readLine(lines[index - at], index + 1)
      if (typeof line === 'string') findings.add('ledger-altered', `Entry ${index + 1}, in "${path}": ${line}.`)
      tree.add(typeof line === 'string' ? undefined : line.hash)
      if (typeof line === 'string') continue
      const { kind, id, at: recorded, cause } = line.entry
      keyCheck.checkKeys(line.entry)
      if (kind === 'recording' && id !== null) ended.set(id, { number: index + 1, at: recorded, cause })
    }
  }
  tree.judge()
  keyCheck.judge(findings)
  reportAsLedger(own, findings)
  return { entries: size, compared: compare(ended, facts, newestAt, findings) }
}

function compare(
  ended: ReadonlyMap<string, { number: number; at: string; cause: string }>,
  facts: LogFacts,
  newestAt: string,
  findings: Findings,
): number {
  let compared = 0
  for (const [id, recorded] of facts.destroyed) {
    const entry = ended.get(id)
    if (!entry) findings.add('destruction-unledgered', `Recording ${id}, entry ${recorded.seq}.`, recorded)
    else if (entry.cause !== recorded.cause) {
      findings.add(
        'destruction-differs',
        `Recording ${id}: ${entry.cause}, and in entry ${recorded.seq} ${recorded.cause ?? 'none'}.`,
        recorded,
      )
    }
    if (entry) compared += 1
  }
  const until = Date.parse(newestAt) - slackMs
  for (const [id, { number, at }] of ended) {
    const isPruned = facts.minimumIndex > 0 && (facts.oldestAt === undefined || at < facts.oldestAt)
    if (facts.destroyed.has(id) || isPruned || !(Date.parse(at) < until)) continue
    findings.add('destruction-unlogged', `Recording ${id}, number ${number} of the ledger, of ${at}.`)
  }
  return compared
}

/** A last line without its end is incomplete. */
function linesOf(bytes: Buffer | undefined): Buffer[] {
  const lines: Buffer[] = []
  let at = 0
  for (let end; bytes && (end = bytes.indexOf(0x0a, at)) >= 0; at = end + 1) lines.push(bytes.subarray(at, end))
  return lines
}

/** Returns number, hash and entry, or what is wrong with the line. */
function readLine(line: Buffer | undefined, number: number): { hash: Buffer; entry: CopiedEntry } | string {
  if (!line) return 'it is missing'
  const start = `${number} `
  const hex = line.subarray(start.length, start.length + 64).toString('latin1')
  if (line.subarray(0, start.length).toString('latin1') !== start || !/^[0-9a-f]{64}$/.test(hex))
    return 'the line is malformed'
  if (line[start.length + 64] !== 0x20) return 'the line is malformed'
  const bytes = line.subarray(start.length + 65)
  const hash = leafHashOf(bytes)
  if (hash.toString('hex') !== hex) return 'its content does not have the hash in the line'
  try {
    return { hash, entry: JSON.parse(bytes.toString('utf8')) as CopiedEntry }
  } catch {
    return 'it is not JSON'
  }
}
