import { tagOf } from './name-addr.ts'
import type { SipRequest } from './message.ts'
import type { Clock, TimerValues } from './timers.ts'
import { BRANCH_COOKIE } from './via.ts'

/** Dependencies of every transaction: time, a way to send, and a callback for its end. */
export interface TransactionSetting {
  clock: Clock
  timers: TimerValues
  /** True over TCP or TLS, where there are no retransmissions and no waits for them (RFC 3261 17.2). */
  reliable: boolean
  send(bytes: Buffer): void
  /** Called when the transaction has reached Terminated. */
  ended(): void
}

/**
 * Returns the key of a transaction (17.2.3): branch, sent-by and method, with INVITE for ACK; for clients older than RFC 3261 an
 * equivalent key. `method` replaces the request's own (a CANCEL is matched with its INVITE).
 */
export function transactionKey(request: SipRequest, method = request.method): string {
  const counted = method === 'ACK' ? 'INVITE' : method
  const { host, port } = request.via.sentBy
  const sentBy = `${host.toLowerCase()}:${port ?? 5060}`
  const branch = request.via.parameters.get('branch') ?? ''
  // Includes the Call-ID, although branches should be unique: if a client repeats a branch, no call is lost.
  if (branch.startsWith(BRANCH_COOKIE) && branch.length > BRANCH_COOKIE.length)
    return `${counted} ${sentBy} ${branch} ${request.callId}`
  return `${counted} ${sentBy} ${branch} ${mergeKey(request)}`
}

/** Returns the key of a merged request, which arrived by two paths (8.2.2.2): From tag, Call-ID and CSeq number. */
export function mergeKey(request: SipRequest): string {
  return `${request.callId} ${tagOf(request.from) ?? ''} ${request.cseq.number}`
}
