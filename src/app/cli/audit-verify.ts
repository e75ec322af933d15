import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { SeenCheckpoint } from '#safeguards/audit/verify/check-roots.ts'
import type { Progress, Report } from '#safeguards/audit/verify/report.ts'
import { verifyExport, type ExportFiles } from '#safeguards/audit/verify/verify-export.ts'
import { trustedKeys, verifyLocally } from '../custodian/local-verification.ts'
import { withRunningDatabase } from './running-database.ts'

/** Exit code if the log differs from what was signed. */
const brokenExitCode = 3
const reportEveryMs = 1_000

/**
 * `audit verify`: verifies an export without its database, or the log of a running Seloste. Exits with 0 if the log is whole, 3
 * if not, 1 if it could not be verified.
 */
export async function auditVerify(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      export: { type: 'string' },
      key: { type: 'string' },
      checkpoint: { type: 'string', multiple: true },
      'witness-key': { type: 'string', multiple: true },
      json: { type: 'boolean' },
    },
  })
  const keyLine = values.key === undefined ? undefined : (await textOf('--key', values.key)).trim()
  const seen: SeenCheckpoint[] = []
  for (const path of values.checkpoint ?? []) {
    seen.push({ source: `the checkpoint in ${path}`, note: await textOf('--checkpoint', path) })
  }
  const witnessKeys = settings.witnesses.map(({ key }) => key)
  for (const path of values['witness-key'] ?? []) witnessKeys.push((await textOf('--witness-key', path)).trim())
  const onProgress = values.json ? () => undefined : printProgress()

  const report =
    values.export === undefined
      ? await withRunningDatabase(settings, 'audit-verify', (db) =>
          verifyLocally({
            db,
            folder: join(settings.dataDirectory, 'audit-log'),
            keyLine,
            witnessKeys,
            seen,
            onProgress,
          }),
        )
      : await verifyFolder(values.export, { keyLine, witnessKeys, seen, onProgress })
  if (values.json) console.log(JSON.stringify(report, null, 2))
  else print(report, values.export)
  if (report.found > 0) process.exitCode = brokenExitCode
}

async function verifyFolder(
  folder: string,
  given: {
    keyLine: string | undefined
    witnessKeys: readonly string[]
    seen: readonly SeenCheckpoint[]
    onProgress: (progress: Progress) => void
  },
): Promise<Report> {
  if (given.keyLine === undefined) {
    throw new Fault(
      'argument-wrong',
      '--export needs --key FILE: the log’s key as stored on another machine (docs/operate/audit-log.md); the key inside an export proves nothing',
    )
  }
  const { keyLine, witnessKeys, seen, onProgress } = given
  return verifyExport(filesOf(folder), { keys: trustedKeys(keyLine, witnessKeys), keyLine, seen, onProgress })
}

function filesOf(folder: string): ExportFiles {
  return {
    async read(path) {
      return readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return undefined
        throw error
      })
    },
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
        (error: NodeJS.ErrnoException) => {
          throw new Fault(
            'argument-wrong',
            `--export: the folder ${folder} cannot be read (${error.code ?? 'unknown'})`,
          )
        },
      )
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    },
  }
}

async function textOf(option: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Fault('argument-wrong', `${option}: the file ${path} cannot be read (${error.code ?? 'unknown'})`)
  })
}

/** Returns a function that prints progress, at most once a second and only on a terminal. */
function printProgress(): (progress: Progress) => void {
  let reportedAt = performance.now()
  return ({ step, checked, entries }) => {
    if (!process.stderr.isTTY || performance.now() - reportedAt < reportEveryMs) return
    reportedAt = performance.now()
    console.error(`${step}: ${checked} of ${entries}`)
  }
}

function print(report: Report, folder: string | undefined): void {
  const { entries, pruned, pending, checkpoints, witnesses, recordings, destructions, newest, accepted } = report
  if (newest) console.log(`${newest.origin}: ${entries} entries, root ${newest.root}`)
  console.log(`signatures verified: ${checkpoints} checkpoints, ${witnesses} of witnesses`)
  if (folder === undefined) {
    console.log(`compared with the log: ${recordings} ingested recordings, ${destructions} destructions`)
    console.log(`the destruction ledger: ${report.ledger ?? 0} entries, their hashes and its heads`)
  } else if (report.ledger === undefined) {
    console.log('the export has no destruction ledger: destructions are known from the log only')
  } else {
    console.log(`the destruction ledger: ${report.ledger} entries, ${destructions} destructions compared with the log`)
  }
  if (pruned > 0) console.log(`deleted at the end of the log’s term, hashes kept: ${pruned}`)
  if (pending > 0) console.log(`not in the tree yet: ${pending}`)
  if (accepted > 0) console.log(`lost or altered, and accepted by an operator: ${accepted}`)
  for (const note of report.notes ?? []) console.log(`note: ${note}`)
  if (report.found === 0) {
    console.log('the log is whole')
    return
  }
  console.log(`the log is NOT whole: ${report.found} problems`)
  for (const { code, leaf, message } of report.problems) {
    console.log(`  ${leaf === undefined ? '' : `index ${leaf}: `}${code}: ${message}`)
  }
  if (report.problems.length < report.found) console.log(`  and ${report.found - report.problems.length} more`)
}
