import { formatEndpoint } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { requestCapture } from '../capture/capture-control.ts'
import { checkBlockers } from './doctor/check-blockers.ts'
import { checkDatabase } from './doctor/check-database.ts'
import { checkDisk } from './doctor/check-disk.ts'
import { checkEdge } from './doctor/check-edge.ts'
import { checkFiles } from './doctor/check-files.ts'
import { checkMoveLeftovers } from './doctor/check-move-leftovers.ts'
import { checkMachine } from './doctor/check-machine.ts'
import { checkRtp } from './doctor/check-rtp.ts'
import { checkPorts } from './doctor/check-ports.ts'
import { checkSettings } from './doctor/check-settings.ts'
import { checkStores } from './doctor/check-stores.ts'
import { error, lineOf, printFindings, type Finding } from './doctor/finding.ts'

/**
 * Checks for problems, before a start and after it. One line per check, with the remedy; exit code 1 for errors, 0 for
 * warnings.
 */
export async function doctor(readSettings: () => Settings, asJson: boolean): Promise<void> {
  const found = await inspect(readSettings)
  const count = (is: Finding['is']) => found.filter((one) => one.is === is).length
  if (asJson) console.log(JSON.stringify({ errors: count('error'), warnings: count('warning'), findings: found }))
  else {
    printFindings(found)
    console.log(
      `${count('error')} errors, ${count('warning')} warnings, ${count('ok')} ok, ${count('unknown')} unknown`,
    )
  }
  if (count('error') > 0) process.exitCode = 1
}

async function inspect(readSettings: () => Settings): Promise<Finding[]> {
  let settings: Settings
  try {
    settings = readSettings()
  } catch (thrown) {
    return [error('settings', lineOf(thrown), 'correct this setting, then run "seloste doctor" again')]
  }
  const runs = (await requestCapture(settings)) !== undefined || (await isDeskRunning(settings))
  const checks: [string, () => Promise<Finding[]>][] = [
    ['settings', () => Promise.resolve(checkSettings(settings, process.env))],
    ['machine', () => checkMachine()],
    ['disk', () => checkDisk(settings)],
    ['ports', () => checkPorts(settings, runs)],
    ['edge', () => Promise.resolve(checkEdge(settings))],
    ['sip.rtp', () => checkRtp(settings)],
    ['files', () => checkFiles(settings, Temporal.Now.instant())],
    ['database', () => checkDatabase(settings.databaseUrl)],
    ['stores', () => checkStores(settings)],
    ['blockers', () => (runs ? checkBlockers(settings.http) : Promise.resolve([]))],
    ['moved', () => checkMoveLeftovers(settings, Temporal.Now.instant())],
  ]
  const found: Finding[] = []
  // Sequential: disk measurements must not run during other checks.
  for (const [name, runCheck] of checks) {
    found.push(
      ...(await runCheck().catch((thrown: unknown) => [
        error(name, `the check failed: ${lineOf(thrown)}`, 'run it as the user that runs Seloste'),
      ])),
    )
  }
  return found
}

async function isDeskRunning({ http }: Settings): Promise<boolean> {
  return fetch(`http://${formatEndpoint(http)}/health/live`, { signal: AbortSignal.timeout(2_000) })
    .then(
      async (answer) => ((await answer.json()) as { live?: boolean }).live === true,
      () => false,
    )
    .catch(() => false)
}
