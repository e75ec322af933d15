/** Moment of a contact in the URL: `t` in seconds, `part` is the call segment. */
export interface Moment {
  t?: string
  part?: string
}

/** Reads the moment from a URL; invalid members are left out. */
export function readMoment(search: Record<string, unknown>): Moment {
  const { t, part } = search
  return {
    ...(typeof t === 'string' && /^\d{1,6}$/.test(t) && { t }),
    ...(typeof part === 'string' && { part }),
  }
}
