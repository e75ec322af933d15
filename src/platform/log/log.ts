// What the program says about itself to its operator.
// In: a level, a message, details. Out: JSON lines, or short ones in a terminal. Never: personal data, unless the operator
// asked for it; it may stand only under the key `pii`.
import { pino, type DestinationStream, type Logger } from 'pino'
import { describeError } from './describe-error.ts'
import { prettyLine } from './pretty-line.ts'

export type Log = Logger

export type LogOptions = {
  /** Which process speaks: capture, desk, custodian... */
  name: string
  level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Keeps what stands under `pii`: only ever for an operator hunting a fault. */
  withPersonalData?: boolean
  /** One short line instead of JSON; when left out, a terminal gets short lines. */
  pretty?: boolean
  /** Standard output unless told. */
  write?: (line: string) => void
}

/** A logger. Pass personal data as `log.info({ pii: { number } }, 'message')`: it is dropped by default. */
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
