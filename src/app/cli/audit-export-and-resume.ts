import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Kysely } from 'kysely'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { RegisterTables } from '#register/tables.ts'
import { exportLog } from '#safeguards/audit/export-log.ts'
import { describeFinding, openBreak } from '#safeguards/audit/findings.ts'
import { requestVerificationAsOwner } from '#safeguards/audit/log-verifications.ts'
import { openLogFolder } from '#safeguards/audit/log-folder.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import { acceptProblems, splitAcceptable } from '#safeguards/audit/accept-problems.ts'
import { resumeLog } from '#safeguards/audit/resume.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { exportLedger } from '#safeguards/ledger/export-ledger.ts'
import { verifyLocally } from '../custodian/local-verification.ts'
import { withRunningDatabase } from './running-database.ts'

/** `audit export --to DIR`: exports the log as files, or extends an earlier export. */
export async function auditExport(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { to: { type: 'string' } } })
  if (!values.to)
    throw new Fault('argument-wrong', 'audit export needs --to DIR, a new folder or one with an earlier export')
  const folder = resolve(values.to)
  const signer = await logKey(settings)
  await withRunningDatabase(settings, 'audit-export', async (db) => {
    const { size, written } = await exportLog(db, signer, folder)
    console.log(`${folder} has the log up to ${size} entries (${written} files written)`)
    console.log(`and the destruction ledger up to ${await exportLedger(db, folder)} entries`)
  })
  console.log(`verifier key, to be stored on another machine: ${writeVerifierKey(signer)}`)
}

/** `audit key`: prints the log's verifier key. */
export async function auditKey(settings: Settings): Promise<void> {
  console.log(writeVerifierKey(await logKey(settings)))
}

/** `audit resume --reason TEXT`: accepts a break of the log; without a reason it prints the findings. */
export async function auditResume(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { reason: { type: 'string' } } })
  const reason = values.reason?.trim() ?? ''
  const maxReasonLength = 1000
  if (reason.length > maxReasonLength) {
    throw new Fault('argument-wrong', `--reason has ${reason.length} characters; ${maxReasonLength} are allowed`)
  }
  await withRunningDatabase(settings, 'audit-resume', async (db) => {
    const found = await openBreak(db)
    if (!found) {
      await acceptProblemsWithoutBreak(settings, db, reason)
      return
    }
    if (reason === '') {
      console.log(`the audit log is broken since ${found.foundAt.toString({ smallestUnit: 'second' })}:`)
      for (const finding of found.findings) console.log(`  ${describeFinding(finding)}`)
      throw new Fault('argument-wrong', 'audit resume needs --reason "what happened, and who investigated it"')
    }
    const folder = await openLogFolder(join(settings.dataDirectory, 'audit-log'))
    const keys = await openKeyStore(settings)
    const { findings, restored, lost } = await resumeLog(db, keys, folder, { reason, by: userInfo().username })
    for (const finding of findings) console.log(`accepted: ${finding}`)
    if (restored > 0) console.log(`${restored} hashes restored from ${join(settings.dataDirectory, 'audit-log')}`)
    if (lost.length > 0) console.log(`lost entries, by index: ${lost.join(', ')}`)
    console.log('the log resumes within seconds; the acceptance is recorded in it (log.break-accepted)')
    await requestVerificationAsOwner(db)
  })
}

/** Accepts findings of the verifier that have an explanation, if the log has no break. */
async function acceptProblemsWithoutBreak(
  settings: Settings,
  db: Kysely<RegisterTables>,
  reason: string,
): Promise<void> {
  const report = await verifyLocally({
    db,
    folder: join(settings.dataDirectory, 'audit-log'),
    witnessKeys: settings.witnesses.map(({ key }) => key),
    max: Infinity,
  })
  if (report.found === 0) {
    console.log('the audit log has no break')
    return
  }
  const { explainable, others } = splitAcceptable(report)
  for (const { code, message } of explainable.slice(0, shown)) console.log(`  ${code}: ${message}`)
  if (explainable.length > shown) console.log(`  and ${explainable.length - shown} more`)
  if (reason === '' && explainable.length > 0) {
    throw new Fault('argument-wrong', 'audit resume needs --reason "what happened, and who investigated it"')
  }
  if (explainable.length > 0) {
    await acceptProblems(db, await logKey(settings), report, { reason, by: userInfo().username })
    console.log(`accepted: ${explainable.length} problems (log.break-accepted)`)
    await requestVerificationAsOwner(db)
  }
  if (others.length === 0) return
  for (const { code, message } of others.slice(0, shown)) console.log(`  ${code}: ${message}`)
  throw new Fault('log-not-whole', `${others.length} problems cannot be accepted: see docs/operate/audit-log.md`)
}

const shown = 20

async function logKey(settings: Settings) {
  const signer = await readLogKey(await openKeyStore(settings))
  if (signer) return signer
  throw new Fault(
    'audit-key-missing',
    `${settings.dataDirectory} has no audit log key; run this where the custodian runs, after Seloste has started once`,
  )
}
