import { remedyOf } from '../fault-remedies.ts'

type DescribedError = {
  type: string
  code?: string
  message: string
  /** The operator's remedy. */
  remedy?: string
  stack?: string
  cause?: DescribedError
}

/** Leaves out `detail` and `where` of PostgreSQL's errors, which repeat values of a row. */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { code } = error as { code?: unknown }
  const remedy = remedyOf(error)
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: error.message,
    ...(remedy === undefined ? {} : { remedy }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

/** Formats an error for a console: its stack and those of its causes. */
export function errorText(error: unknown): string {
  const { code, message, stack, cause } = describeError(error)
  const own = `${code === undefined ? '' : `${code} `}${stack ?? message}`
  return cause === undefined ? own : `${own}\ncaused by ${errorText((error as Error).cause)}`
}
