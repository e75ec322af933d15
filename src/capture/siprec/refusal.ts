/** A refusal: the session sends it as the final SIP response. `reason` is fixed text and never contains a value. */
export interface Refusal {
  readonly kind: 'refusal'
  /** 413 too large, 415 no supported type, 488 an offer that cannot be accepted (RFC 3261 sections 21.4.11, .13, .26). */
  readonly status: 413 | 415 | 488
  readonly reason: string
}

export function refuse(status: Refusal['status'], reason: string): Refusal {
  return { kind: 'refusal', status, reason }
}
