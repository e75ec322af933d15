import type { Log } from '#platform/log/log.ts'

/**
 * Logs an error that nothing caught and ends the process, as its state is unknown then: its supervisor starts it again. Without it Node
 * prints the error beside the log.
 */
export function logLastResort(log: Pick<Log, 'fatal'>): void {
  process.on('uncaughtException', (err: unknown) => {
    log.fatal({ err }, 'an error that nothing caught: the process ends and is started again')
    process.exit(1)
  })
}
