import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { describeFinding } from '#register/verify/findings.ts'
import { verifyRecordings, type Verification } from '#register/verify/verify-recordings.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { recordRun } from '#safeguards/runs/record-run.ts'
import { openObjects } from '../roles/open-objects.ts'
import { backupPlacesToVerify } from '../custodian/backup-places-to-verify.ts'
import { withRunningDatabase } from './running-database.ts'

/** Exit code if a recording differs from what was stored, or a destroyed one still exists. */
const findingsExitCode = 3
const reportEveryMs = 1_000
const mebibyte = 1024 * 1024

/**
 * `recordings verify`: checks that every held recording can be decrypted completely and no destroyed one can. Runs beside a
 * running Seloste. Exits with 0 if so, 3 if not, 1 if it could not be determined.
 */
export async function recordings(settings: Settings, args: string[]): Promise<void> {
  const [action, ...rest] = args
  if (action === 'bring-back') {
    const { restoreObjects } = await import('./restore-objects.ts')
    return restoreObjects(settings, rest)
  }
  if (action !== 'verify')
    throw new Fault('argument-wrong', `unknown command "recordings ${action ?? ''}"; see "seloste help"`)
  const { values } = parseArgs({ args: rest, options: { sample: { type: 'string' }, json: { type: 'boolean' } } })
  const sample = values.sample === undefined ? undefined : Number(values.sample)
  if (sample !== undefined && !(Number.isSafeInteger(sample) && sample > 0)) {
    throw new Fault('argument-wrong', `--sample is "${values.sample ?? ''}"; it must be a whole number above 0`)
  }
  const report = await withRunningDatabase(settings, 'recordings-verify', async (db) => {
    const [objects, keys] = await Promise.all([openObjects(settings), openKeyStore(settings)])
    const found = await verifyRecordings(
      { db, objects, keys, places: await backupPlacesToVerify(settings.backups) },
      { ...(sample !== undefined && { sample }), ...(!values.json && { onProgress: printProgress() }) },
    )
    await recordRun(db, {
      work: 'verification',
      recordings: found.held + found.destroyed,
      ...(found.found > 0 && { fault: found.findings[0]!.code }),
    })
    return found
  })
  if (values.json) console.log(JSON.stringify({ ...report, findings: report.findings.map(asJson) }, null, 2))
  else print(report)
  if (report.found > 0) process.exitCode = findingsExitCode
}

function asJson(finding: Verification['findings'][number]) {
  const { target, ...rest } = finding
  return { ...rest, ...(target !== undefined && { about: target }), message: describeFinding(finding) }
}

/** Returns a function that prints progress, at most once a second and only on a terminal. */
function printProgress(): (progress: { checked: number; bytes: number }) => void {
  let reportedAt = performance.now()
  return ({ checked, bytes }) => {
    if (!process.stderr.isTTY || performance.now() - reportedAt < reportEveryMs) return
    reportedAt = performance.now()
    console.error(`${checked} recordings, ${Math.round(bytes / mebibyte)} MiB decrypted`)
  }
}

function print({ held, withFindings, destroyed, underWay, bytes, seconds, found, findings }: Verification): void {
  const mebibytes = bytes / mebibyte
  const checked = `${Math.round(mebibytes)} MiB in ${seconds.toFixed(1)} s`
  console.log(
    withFindings === 0
      ? `held: ${held} recordings decrypted completely, ${checked}`
      : `held: ${held} recordings checked, ${held - withFindings} decrypted completely, ${withFindings} did NOT, ${checked}`,
  )
  console.log(`destroyed: ${destroyed} searched for in keys, objects, copies, ledger and log`)
  if (underWay > 0) console.log(`not ingested yet, or being destroyed: ${underWay}`)
  if (found === 0) {
    console.log('every held recording can be decrypted, and no destroyed one can')
    return
  }
  console.log(`NOT so: ${found} findings`)
  for (const finding of findings) console.log(`  ${describeFinding(finding)}`)
  if (findings.length < found) console.log(`  and ${found - findings.length} more`)
}
