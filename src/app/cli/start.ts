import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Settings } from '#platform/config/settings.ts'
import { queryOnce } from '#platform/database/query-once.ts'
import { makeLog } from '#platform/log/log.ts'
import { superviseRoles } from '../supervisor/supervise.ts'
import { assertNoDemo } from './demo/detect-demo-register.ts'
import { runUntilSignal } from './run-until-signal.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Runs every role on this machine until a signal. */
export async function startAll(settings: Settings): Promise<void> {
  const log = makeLog({ name: 'seloste' })
  const supervised = await superviseRoles(settings, log, assertNoDemo)
  log.info(`web at ${supervised.addresses.desk}, SIP at ${supervised.addresses.capture}`)
  const ending = new AbortController()
  const printing = printFirstLinks(supervised.database.adminUrl, ending.signal).catch((error: unknown) => {
    if (ending.signal.aborted) return
    log.error({ err: error }, 'cannot create the links for the first people; "seloste people first" creates them')
  })
  const stop = () => {
    ending.abort()
    return supervised.stop()
  }
  await runUntilSignal({ failed: supervised.failed, stop }, log)
  await printing
}

/**
 * Prints one-time links for the first roles that nobody holds. A short-lived child process does it, so that this long-running one
 * does not load that code. The links are not logged: a reader of the log could use them and get the role.
 */
async function printFirstLinks(adminUrl: string, signal: AbortSignal): Promise<void> {
  const [roles] = await queryOnce<{ all: boolean }>(
    adminUrl,
    `select role_is_held('ADMINISTRATOR') and role_is_held('ACCESS_APPROVER') as all`,
  )
  if (roles?.all === true) return
  const child = fork(main, ['people', 'first'], { signal, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.on('error', () => undefined) // `once` below rejects with the same error.
  const [code] = (await once(child, 'exit', { signal })) as [number | null]
  if (code !== 0) throw new Error(`the child process exited with code ${String(code)}`)
}
