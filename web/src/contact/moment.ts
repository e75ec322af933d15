/** A moment in a contact as it stands in the address: `t` in seconds, `part` the call segment it is in. */
export interface Moment {
  t?: string
  part?: string
}

/** The moment of an address; whatever is not well written is left out. */
export function readMoment(search: Record<string, unknown>): Moment {
  const { t, part } = search
  return {
    ...(typeof t === 'string' && /^\d{1,6}$/.test(t) && { t }),
    ...(typeof part === 'string' && { part }),
  }
}
