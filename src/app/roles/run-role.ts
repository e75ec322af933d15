import { findSystemd } from '#platform/processes/notify-systemd.ts'
import type { Role, RoleContext, RoleName, RunningRole } from './role.ts'
import { releaseMemory } from '../capture/release-memory.ts'
import { logUncaughtErrors } from './log-uncaught-errors.ts'
import { sendHeartbeats } from '../supervisor/watch-heartbeats.ts'

/** Delay after the start until unused memory is released; all code needed at the start has run by then. */
const startedMs = 5_000
/** Delay of the exit after a failed start, long enough to write the reason. */
const failedMs = 500

/** Runs one role until a signal, or until its supervisor exits. */
export async function runRole(
  name: RoleName,
  databaseUrl: string,
  { settings, log, version, savedCalls }: Omit<RoleContext, 'databaseUrl'>,
): Promise<void> {
  logUncaughtErrors(log)
  const systemd = findSystemd(process.env)
  const role = await load(name)
  let running: RunningRole | undefined
  let ending: Promise<void> | undefined
  const stop = async () => {
    systemd.notify('STOPPING=1')
    await running?.stop()
  }
  const end = () =>
    (ending ??= stop()
      .catch((error: unknown) => {
        log.error({ err: error }, 'shutdown failed')
      })
      .then(() => process.exit(0)))
  process.on('SIGTERM', () => void end())
  process.on('SIGINT', () => {
    // Ctrl-C in a terminal is sent to all processes. Ignored under a supervisor, which stops its roles in order.
    if (process.connected !== true) void end()
  })
  process.on('disconnect', () => void end())
  try {
    running = await role({ settings, log, databaseUrl, version, savedCalls })
    process.send?.({ ready: running.address })
    systemd.notify('READY=1', `STATUS=at ${running.address}`)
    sendHeartbeats()
    systemd.sendWatchdog()
    // Capture does this itself, when there is no live call.
    if (name !== 'capture') setTimeout(releaseMemory, startedMs).unref()
    void running.done?.then(() => {
      log.info(`${name} has drained`)
      process.send?.({ drained: true })
      return end()
    })
    if (process.connected !== true) log.info(`${name} at ${running.address}`)
  } catch (error) {
    process.send?.({ failed: (error as Error).message })
    if (process.connected !== true) {
      // Exits even with open handles: otherwise the process would keep a lock for which another process waits.
      setTimeout(() => process.exit(), failedMs).unref()
      throw error
    }
    log.error({ err: error }, `${name} failed to start`)
    process.exitCode = 1
    process.disconnect?.()
  }
}

/** Loads the program of a role. */
export async function load(name: RoleName): Promise<Role> {
  switch (name) {
    case 'capture':
      return (await import('../capture/capture.ts')).runCapture
    case 'desk':
      return (await import('../desk/desk.ts')).runDesk
    case 'feeds':
      return (await import('./feeds.ts')).runFeeds
    case 'custodian':
      return (await import('../custodian/custodian.ts')).runCustodian
  }
}
