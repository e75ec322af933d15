import type { Log } from '#platform/log/log.ts'

/**
 * Logs an uncaught error and exits, because the state of the process is unknown; its supervisor restarts it. Without this, Node
 * would print the error outside the log.
 */
export function logUncaughtErrors(log: Pick<Log, 'fatal'>): void {
  process.on('uncaughtException', (err: unknown) => {
    log.fatal({ err }, 'uncaught error: the process exits and is restarted')
    process.exit(1)
  })
}
