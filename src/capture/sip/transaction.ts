import { tagOf } from './name-addr.ts'
import type { SipRequest } from './message.ts'
import type { Clock, TimerValues } from './timers.ts'
import { BRANCH_COOKIE } from './via.ts'

/** What every transaction needs from outside: time, a way out, and whom to tell that it is over. */
export interface TransactionSetting {
  clock: Clock
  timers: TimerValues
  /** Over TCP or TLS nothing is retransmitted and nothing waited for (RFC 3261 17.2). */
  reliable: boolean
  send(bytes: Buffer): void
  /** The transaction reached Terminated; it receives nothing more. */
  ended(): void
}

/**
 * What makes two requests the same transaction (17.2.3): branch, sent-by and method, where ACK counts as INVITE; from
 * a client older than RFC 3261, what it has instead. `method` overrides the request's own (CANCEL looks for INVITE).
 */
export function transactionKey(request: SipRequest, method = request.method): string {
  const counted = method === 'ACK' ? 'INVITE' : method
  const { host, port } = request.via.sentBy
  const sentBy = `${host.toLowerCase()}:${port ?? 5060}`
  const branch = request.via.parameters.get('branch') ?? ''
  // The Call-ID adds nothing where branches are unique, and keeps a client that repeats them from losing a call.
  if (branch.startsWith(BRANCH_COOKIE) && branch.length > BRANCH_COOKIE.length)
    return `${counted} ${sentBy} ${branch} ${request.callId}`
  return `${counted} ${sentBy} ${branch} ${mergeKey(request)}`
}

/** What a request that reached us by two ways has the same in both (8.2.2.2): From tag, Call-ID and CSeq number. */
export function mergeKey(request: SipRequest): string {
  return `${request.callId} ${tagOf(request.from) ?? ''} ${request.cseq.number}`
}
