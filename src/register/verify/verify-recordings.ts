/**
 * Proves that every held recording can be decrypted and every destroyed one cannot (R52): for all recordings, a sample, or a part
 * that resumes where the last one stopped. Repairs nothing. A recording destroyed meanwhile is not a finding.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'
import type { Finding } from './findings.ts'
import { startOpeningThreads } from './open-in-threads.ts'
import { proveDestroyed, findObjectsWithoutRow, type DestructionProofContext } from './prove-destroyed.ts'
import { proveHeld } from './prove-held.ts'

export interface Verification {
  /** Held recordings that were checked, and the bytes of their bodies. */
  held: number
  /** Checked recordings with a finding. */
  withFindings: number
  bytes: number
  destroyed: number
  /** Not ingested yet, or being destroyed: not checked. */
  underWay: number
  found: number
  /** The first findings. */
  findings: Finding[]
  seconds: number
  /** The last recording checked, if there are more. */
  resumeAfter?: string
}

export interface VerifyOptions {
  /** Number of recordings to draw at random, instead of all. */
  sample?: number
  /** Resumes after this recording. */
  after?: string | undefined
  /** Stops after this many seconds, to be resumed later. */
  maxSeconds?: number
  threads?: number
  onProgress?: (progress: { checked: number; bytes: number }) => void
  signal?: AbortSignal
}

const batch = 500
const maxFindings = 1_000
/** Sorts before every id. */
const lowestId = '00000000-0000-0000-0000-000000000000'

interface Row {
  id: string
  state: string
  is_kept: boolean
  size_bytes: number | null
  sha256: Buffer | null
}

export async function verifyRecordings(
  proving: DestructionProofContext,
  options: VerifyOptions = {},
): Promise<Verification> {
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const report: Verification = {
    held: 0,
    withFindings: 0,
    bytes: 0,
    destroyed: 0,
    underWay: 0,
    found: 0,
    findings: [],
    seconds: 0,
  }
  const addFindings = (findings: readonly Finding[]) => {
    report.found += findings.length
    report.findings.push(...findings.slice(0, maxFindings - report.findings.length))
  }
  const threads = startOpeningThreads(options.threads)
  try {
    for await (const rows of batches(proving.db, options)) {
      const held = rows.filter(({ state, is_kept }) => is_kept && state !== 'DESTROYING' && state !== 'DESTROYED')
      const destroyed = rows.filter(({ state }) => state === 'DESTROYED')
      const proved = await proveHeld({ ...proving, threads }, held)
      addFindings(proved.findings)
      addFindings(
        await proveDestroyed(
          proving,
          destroyed.map(({ id }) => id),
        ),
      )
      report.held += proved.recordings
      report.withFindings += new Set(proved.findings.map(({ recording }) => recording)).size
      report.bytes += proved.bytes
      report.destroyed += destroyed.length
      report.underWay += rows.length - held.length - destroyed.length
      options.onProgress?.({ checked: report.held + report.destroyed + report.underWay, bytes: report.bytes })
      if (options.signal?.aborted || seconds() >= (options.maxSeconds ?? Infinity)) {
        if (rows.length === batch) report.resumeAfter = rows.at(-1)!.id
        break
      }
    }
    if (options.sample === undefined && report.resumeAfter === undefined && !options.signal?.aborted) {
      addFindings(await findObjectsWithoutRow(proving))
    }
  } finally {
    await threads.stop()
  }
  return { ...report, seconds: seconds() }
}

async function* batches(db: Kysely<RegisterTables>, { sample, after }: VerifyOptions): AsyncGenerator<Row[]> {
  const columns = sql`id, state, kept_at is not null as is_kept, size_bytes::float8 as size_bytes, sha256`
  if (sample !== undefined) {
    const { rows } = await sql<Row>`select ${columns} from recording order by random() limit ${sample}`.execute(db)
    for (let at = 0; at < rows.length; at += batch) yield rows.slice(at, at + batch)
    return
  }
  let last = after ?? lowestId
  for (;;) {
    const { rows } = await sql<Row>`
      select ${columns} from recording where id > ${last}::uuid order by id limit ${batch}`.execute(db)
    if (rows.length === 0) return
    yield rows
    if (rows.length < batch) return
    last = rows.at(-1)!.id
  }
}
