import type { Transactions } from './client-transactions.ts'
import { headerValue, type SipRequest } from './sip-message.ts'

/** Sends a CANCEL when the signal aborts, but only after a provisional response (RFC 3261 section 9.1). */
export function cancelOnAbort(transactions: Transactions, sent: SipRequest, signal: AbortSignal | undefined) {
  let provisional = false
  let cancelSent = false
  const tryCancel = () => {
    if (!signal?.aborted || !provisional || cancelSent) return
    cancelSent = true
    const headers = sent.headers
      .filter(([name]) => ['Via', 'Max-Forwards', 'From', 'To', 'Call-ID', 'Route'].includes(name))
      .concat([['CSeq', `${Number.parseInt(headerValue(sent, 'cseq'), 10)} CANCEL`]])
    // The INVITE's own final response reports the result.
    transactions.send({ method: 'CANCEL', uri: sent.uri, headers, body: Buffer.alloc(0) }).catch(() => undefined)
  }
  signal?.addEventListener('abort', tryCancel)
  return {
    onProvisional: () => {
      provisional = true
      tryCancel()
    },
    stop: () => signal?.removeEventListener('abort', tryCancel),
  }
}
