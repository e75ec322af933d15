/**
 * Verifies the log and the destruction ledger on the custodian's machine, from the database, the keys, and the folders
 * `audit-log` and `ledger`. The rules are in safeguards/audit/verify.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expectedProtections, type ExpectedProtections } from '#platform/database/protections.ts'
import { Fault } from '#platform/fault.ts'
import { processRoles } from '#safeguards/audit/appenders.ts'
import type { SeenCheckpoint, TrustedKeys } from '#safeguards/audit/verify/check-roots.ts'
import type { Progress, Report, AnyDatabase } from '#safeguards/audit/verify/report.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/verify/signed-note.ts'
import { verifyRunningLog } from '#safeguards/audit/verify/verify-database.ts'

const hashBytes = 32

export interface LocalVerification {
  db: AnyDatabase
  /** The folder `audit-log` of the data folder (docs/formats/audit-log.md, "Beside the keys"). */
  folder: string
  /** The log's public key from an independent copy; default: the key in the folder. */
  keyLine?: string | undefined
  witnessKeys: readonly string[]
  /** Database protections that the process read at its start; default: read now. */
  protections?: ExpectedProtections
  /** Checkpoints from other sources, which the log must contain. */
  seen?: readonly SeenCheckpoint[]
  /** Maximum number of problems reported. */
  max?: number
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal | undefined
}

/** @throws Fault `audit-key-unknown`; the signal's reason once it is aborted */
export async function verifyLocally({
  db,
  folder,
  keyLine,
  witnessKeys,
  protections,
  ...options
}: LocalVerification): Promise<Report> {
  const line = keyLine ?? (await textOf(join(folder, 'key')))?.trim()
  if (line === undefined) {
    throw new Fault(
      'audit-key-unknown',
      `there is no key of the audit log in ${folder}: name one with --key, or start the custodian once`,
    )
  }
  const leaves = await undefinedIfMissing(open(join(folder, 'leaves'), 'r'))
  try {
    const folders = { log: folder, ledger: join(dirname(folder), 'ledger') }
    return await verifyRunningLog(db, (tree) => textOf(join(folders[tree], 'checkpoint')), {
      ...options,
      protections: { expected: protections ?? (await expectedProtections()), roles: processRoles },
      keys: trustedKeys(line, witnessKeys),
      storedLeaves: leaves && ((from, to) => readHashes(leaves, from, to)),
    })
  } finally {
    await leaves?.close()
  }
}

/** @throws Fault `audit-key-unreadable` that names the key and the problem */
export function trustedKeys(log: string, witnesses: readonly string[]): TrustedKeys {
  return { log: keyOf(log, 'log'), witnesses: witnesses.map((line) => keyOf(line, 'witness')) }
}

function keyOf(line: string, kind: VerifierKey['kind']): VerifierKey {
  const key = readVerifierKey(line)
  if (typeof key === 'string') throw new Fault('audit-key-unreadable', `the key of the ${kind} cannot be used: ${key}`)
  if (key.kind !== kind)
    throw new Fault('audit-key-unreadable', `${key.name} is the key of a ${key.kind}, not of a ${kind}`)
  return key
}

async function readHashes(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc((to - from) * hashBytes)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from * hashBytes)
  return bytes.subarray(0, bytesRead - (bytesRead % hashBytes))
}

async function textOf(path: string): Promise<string | undefined> {
  return undefinedIfMissing(readFile(path, 'utf8'))
}

async function undefinedIfMissing<Found>(reading: Promise<Found>): Promise<Found | undefined> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
