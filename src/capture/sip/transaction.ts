import { tagOf } from './name-addr.ts'
import type { SipRequest } from './message.ts'
import type { Clock, TimerValues } from './timers.ts'
import { BRANCH_COOKIE } from './via.ts'

/** Dependencies of every transaction: time, a way to send, and a callback for its end. */
export interface TransactionSetting {
  clock: Clock
  timers: TimerValues
  /** Over TCP or TLS there are no retransmissions and no waits for them (RFC 3261 17.2). */
  reliable: boolean
  send(bytes: Buffer): void
  /** The transaction reached Terminated; it receives nothing more. */
  ended(): void
}

/**
 * Returns what identifies a transaction (17.2.3): branch, sent-by and method, where ACK counts as INVITE; for a client older
 * than RFC 3261 its equivalent. `method` overrides the request's own (CANCEL matches INVITE).
 */
export function transactionKey(request: SipRequest, method = request.method): string {
  const counted = method === 'ACK' ? 'INVITE' : method
  const { host, port } = request.via.sentBy
  const sentBy = `${host.toLowerCase()}:${port ?? 5060}`
  const branch = request.via.parameters.get('branch') ?? ''
  // The Call-ID is redundant if branches are unique, and prevents the loss of a call if a client repeats them.
  if (branch.startsWith(BRANCH_COOKIE) && branch.length > BRANCH_COOKIE.length)
    return `${counted} ${sentBy} ${branch} ${request.callId}`
  return `${counted} ${sentBy} ${branch} ${mergeKey(request)}`
}

/** Returns what is equal in a request that arrived by two paths (8.2.2.2): From tag, Call-ID and CSeq number. */
export function mergeKey(request: SipRequest): string {
  return `${request.callId} ${tagOf(request.from) ?? ''} ${request.cseq.number}`
}
