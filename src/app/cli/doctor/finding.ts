/** What one look found. A warning is worth a look; an error keeps Seloste from its work, or from keeping a promise. */
export interface Finding {
  /** Stable: `disk.sync`, `ports.sip`. */
  check: string
  is: 'ok' | 'unknown' | 'warning' | 'error'
  says: string
  /** One line: what to do. With every warning and error. */
  remedy?: string
}

export const ok = (check: string, says: string): Finding => ({ check, is: 'ok', says })
/** It cannot be found out here. */
export const unknown = (check: string, says: string): Finding => ({ check, is: 'unknown', says })
export const warning = (check: string, says: string, remedy: string): Finding => ({
  check,
  is: 'warning',
  says,
  remedy,
})
export const error = (check: string, says: string, remedy: string): Finding => ({ check, is: 'error', says, remedy })

/** What was thrown, in one line; of a fault with its own words. */
export function lineOf(thrown: unknown): string {
  const { message, code } = thrown as { message?: string; code?: string }
  return (message || code || String(thrown)).split('\n')[0]!
}
