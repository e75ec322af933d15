/** The demo: everything on this machine, with invented people, a month of history and simulated calls. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { makeLog } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { runSimulator } from '#test/simulator/run-simulator.ts'
import { waitUntilCaptureUses } from '../../capture/capture-control.ts'
import { readDrawKey } from '../../roles/draw-key.ts'
import { openObjects } from '../../roles/open-objects.ts'
import type { RoleName } from '../../roles/role.ts'
import { superviseRoles } from '../../supervisor/supervise.ts'
import { buildWebIfStale } from '../build-web.ts'
import { runUntilSignal } from '../run-until-signal.ts'
import { openDemoCases } from './demo-cases.ts'
import { openDemoDesk } from './demo-desk.ts'
import { openDemoDisclosures } from './demo-disclosures.ts'
import { enterDemoPeople, demoPeople } from './demo-people.ts'
import { openDemoQuality } from './demo-quality.ts'
import { openDemoTraining } from './demo-training.ts'
import { fillMonth } from './fill-month.ts'
import { waitUntilIngested } from './wait-until-ingested.ts'
import { assertDemo } from './detect-demo-register.ts'

export interface DemoOptions {
  calls: boolean
  history: boolean
  /** Number of most recent days of the month to enter. */
  historyDays: number
  secondsBetweenCalls: number
}

export async function runDemo(settings: Settings, options: DemoOptions): Promise<void> {
  const log = makeLog({ name: 'demo', level: 'warn' })
  const print = (line: string) => {
    console.log(line)
  }
  await buildWebIfStale(print)
  print('Starting the database, capture, custodian and desk ...')
  const supervised = await superviseRoles(settings, log, assertDemo)
  // Only as a child of `npm run dev`.
  process.on('message', ({ renew }: { renew: RoleName }) => {
    supervised.renew(renew)
  })
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
  const password = settings.demoPassword ?? inventPassword()
  const admin = connectDatabase<RegisterTables>({
    url: supervised.database.adminUrl,
    applicationName: 'seloste-demo',
    size: 2,
    onIdleError: () => undefined,
  })
  const versions = await readVersions(admin.db)
  const now = Temporal.Now.instant()
  const { description } = versionAt(versions, now)
  const refusedRights = await enterDemoPeople(admin.db, description, password, now)
  const failedRequests = await openDemoDesk(admin.db, password, now)
  const failedDisclosures = await openDemoDisclosures(admin.db, description, password, now)
  const enteredAt = Temporal.Now.instant()
  await admin.close()
  // Users may call as soon as the welcome text is printed.
  const inForce = versionAt(versions, enteredAt).version
  await waitUntilCaptureUses(settings, { description: inForce, directoryAt: enteredAt })
  for (const line of refusedRights) print(`  right not granted, because the procedure refused it: ${line}`)
  for (const line of failedRequests) print(`  request not created: ${line}`)
  for (const line of failedDisclosures) print(`  disclosure not created: ${line}`)
  print(welcome(supervised.addresses.desk, supervised.addresses.capture, password))

  const ending = new AbortController()
  const background: Promise<void>[] = []
  if (options.history) background.push(fill().then(enterCasesOfCalls))
  if (options.calls) background.push(call())

  async function fill(): Promise<void> {
    const capture = connectDatabase<RegisterTables>({
      url: supervised.database.roleUrls.capture,
      applicationName: 'seloste-demo-history',
      size: 5,
      onIdleError: () => undefined,
    })
    try {
      await fillMonth({
        db: capture.db,
        objects: await openObjects(settings),
        versionAt: (at) => versionAt(versions, at),
        drawKey: await readDrawKey(settings),
        spoolFolder: join(settings.dataDirectory, 'demo'),
        now: Temporal.Now.instant(),
        days: options.historyDays,
        signal: ending.signal,
        onProgress: (done, total) => {
          if (done === total || done % 500 === 0) print(`  history: ${done} of ${total} calls of the past month`)
        },
      })
    } catch (error) {
      if (!ending.signal.aborted) log.error({ err: error }, 'the month of history is incomplete')
    } finally {
      await capture.close()
    }
  }

  /** Enters evaluations, training sessions and cases about calls, once recordings are ingested. */
  async function enterCasesOfCalls(): Promise<void> {
    const desk = connectDatabase<RegisterTables>({
      url: supervised.database.adminUrl,
      applicationName: 'seloste-demo-quality',
      size: 2,
      onIdleError: () => undefined,
    })
    try {
      await waitUntilIngested(desk.db, now, ending.signal)
      if (ending.signal.aborted) return
      const failedEvaluations = await openDemoQuality(desk.db, password, Temporal.Now.instant(), ending.signal)
      for (const line of failedEvaluations) print(`  evaluation not created: ${line}`)
      const failedSessions = await openDemoTraining(desk.db, password, () => Temporal.Now.instant(), ending.signal)
      for (const line of failedSessions) print(`  training session not created: ${line}`)
      await openDemoCases(desk.db, password, () => Temporal.Now.instant())
      print('  some calls of the past month are evaluated and used in training')
    } catch (error) {
      if (!ending.signal.aborted)
        log.error({ err: error }, 'the evaluations, the training or the cases of the demo are incomplete')
    } finally {
      await desk.close()
    }
  }

  async function call(): Promise<void> {
    await runSimulator({
      server: settings.sip,
      callsPerMinute: 60 / options.secondsBetweenCalls,
      seed: randomInt(1, 1_000_000),
      signal: ending.signal,
      onEvent: (event) => {
        if (event.kind === 'failed') log.warn(`a simulated call failed: ${event.reason}`)
      },
    })
  }

  await runUntilSignal(
    {
      failed: supervised.failed,
      stop: async () => {
        print('Ending ...')
        ending.abort()
        await Promise.all(background)
        await supervised.stop()
      },
    },
    log,
  )
}

function welcome(web: string, sip: string, password: string): string {
  const widest = Math.max(...demoPeople.map(({ userId }) => userId.length))
  const people = demoPeople.map(
    ({ userId, name, role, duty, unit }) =>
      `    ${userId.padEnd(widest)}  ${name}, ${role.toLowerCase().replaceAll('_', ' ')}${duty ? ` (${duty.toLowerCase()})` : ''}, ${unit}`,
  )
  return `
  Seloste demo

  Web       ${web}
  SIPREC    ${sip} (UDP and TCP)
  Password  ${password}   (the same for everybody)

${people.join('\n')}

  Ctrl-C ends it.
`
}

const syllables = ['ka', 'le', 'mi', 'no', 'pu', 'ra', 'si', 'to', 'vu', 'ja', 'he', 'ly']

/** Returns an easily typed password of 12 random syllables: about 43 bits, enough for a local demo. */
function inventPassword(): string {
  const part = () => Array.from({ length: 3 }, () => syllables[randomInt(syllables.length)] ?? 'ka').join('')
  return Array.from({ length: 4 }, part).join('-')
}
