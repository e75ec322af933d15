// The process log for operators: JSON lines, or short lines in a terminal. Personal data are allowed only under the key `pii`,
// which is dropped unless the operator enables it.
import { pino, type DestinationStream, type Logger } from 'pino'
import { describeError } from './describe-error.ts'
import { prettyLine } from './pretty-line.ts'

export type Log = Logger

export type LogOptions = {
  /** Name of the process: capture, desk, custodian... */
  name: string
  level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Keeps `pii`: only for an operator who investigates a fault. */
  withPersonalData?: boolean
  /** Short lines instead of JSON; default: in a terminal. */
  pretty?: boolean
  /** Default: standard output. */
  write?: (line: string) => void
}

/** Returns a logger. Pass personal data as `log.info({ pii: { number } }, 'message')`: they are dropped by default. */
export function makeLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => void process.stdout.write(line))
  const pretty = options.pretty ?? (options.write === undefined && process.stdout.isTTY)
  const destination: DestinationStream = { write: (line) => write(pretty ? prettyLine(line) : line) }
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      ...(options.withPersonalData ? {} : { redact: { paths: ['pii', '*.pii'], remove: true } }),
    },
    destination,
  )
}
