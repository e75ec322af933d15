/** Result of a check. A warning needs attention; an error prevents Seloste from working or from keeping a promise. */
export interface Finding {
  /** Stable name: `sync.data`, `port.SELOSTE_SIP.udp`. */
  check: string
  /** Result of the check. */
  is: 'ok' | 'unknown' | 'warning' | 'error'
  /** What was found, on one line. */
  says: string
  /** Remedy, on one line. Present with every warning and error. */
  remedy?: string
}

export const ok = (check: string, says: string): Finding => ({ check, is: 'ok', says })
/** Creates the finding of a check whose result cannot be determined here. */
export const unknown = (check: string, says: string): Finding => ({ check, is: 'unknown', says })
export const warning = (check: string, says: string, remedy: string): Finding => ({
  check,
  is: 'warning',
  says,
  remedy,
})
export const error = (check: string, says: string, remedy: string): Finding => ({ check, is: 'error', says, remedy })

/** Formats a thrown value on one line; for a fault its message alone. */
export function lineOf(thrown: unknown): string {
  const { message, code } = thrown as { message?: string; code?: string }
  return (message || code || String(thrown)).split('\n')[0]!
}

const marks = { ok: 'ok     ', unknown: '?      ', warning: 'WARNING', error: 'ERROR  ' }

/** Prints each finding on a line, and its remedy on another. */
export function printFindings(found: readonly Finding[]): void {
  for (const { is, check, says, remedy } of found) {
    console.log(`${marks[is]}  ${check}: ${says}`)
    if (remedy !== undefined) console.log(`         what to do: ${remedy}`)
  }
}
