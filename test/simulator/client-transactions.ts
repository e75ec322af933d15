/**
 * Client transactions (RFC 3261 section 17.1): a request is sent, repeated over UDP until there is a response, and ends
 * with one final response or none. A repeated final response is acknowledged again (sections 13.2.2.4 and 17.1.1.2).
 */
import { openConnection, type Address, type Connection, type TlsFiles, type Transport } from './connection.ts'
import {
  branchOf,
  headerValue,
  headerValues,
  isRequest,
  writeSip,
  type Header,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from './sip-message.ts'

export type Transactions = {
  readonly connection: Connection
  /** Resolves with the final response; rejects on time-out (timer B or F) or a lost connection. */
  readonly send: (request: SipRequest, onProvisional?: (response: SipResponse) => void) => Promise<SipResponse>
  /** Sends the ACK of a 2xx, and repeats the ACK whenever the 2xx is received again. */
  readonly acknowledge: (invite: SipRequest, ack: SipRequest) => void
  readonly close: () => Promise<void>
}

type Pending = {
  readonly onResponse: (response: SipResponse) => void
  readonly fail: (cause: Error) => void
}

/** RFC 3261 section 17.1.1.1: estimate of the round-trip time, and longest interval between repeats. */
const t1Ms = 500
const t2Ms = 4000

export async function openTransactions(options: {
  transport: Transport
  tls?: TlsFiles | undefined
  server: Address
  /** Answers a request of the server; returns undefined for ACK, which has no answer. */
  onRequest: (request: SipRequest) => SipResponse | undefined
  /** Length of timers B and F; 64 T1 by default. */
  timeoutMs?: number
}): Promise<Transactions> {
  const { timeoutMs = 64 * t1Ms } = options
  const pending = new Map<string, Pending>()
  const acks = new Map<string, Buffer>()
  let lost: Error | undefined

  const onMessage = (message: SipMessage) => {
    if (isRequest(message)) {
      const response = options.onRequest(message)
      if (response) connection.send(writeSip(response))
      return
    }
    const branch = branchOf(headerValue(message, 'via'))
    const waiting = pending.get(`${branch} ${headerValue(message, 'cseq').split(' ')[1]}`)
    if (waiting) return waiting.onResponse(message)
    const ack = acks.get(branch)
    if (ack && message.status >= 200) connection.send(ack)
  }

  const connect = () =>
    openConnection(
      options.transport,
      options.server,
      {
        onMessage,
        onLost: (cause) => {
          lost = cause
          for (const each of [...pending.values()]) each.fail(cause)
        },
      },
      options.tls,
    )
  let connection = await connect()

  /** Opens a new connection for a request in a dialog whose connection is lost (RFC 3261 section 18.1.1). */
  const connectAgain = async () => {
    const again = await connect()
    lost = undefined
    connection = again
  }

  const storeAck = (branch: string, ack: SipRequest) => {
    const bytes = writeSip(ack)
    acks.set(branch, bytes)
    setTimeout(() => acks.delete(branch), timeoutMs).unref()
    connection.send(bytes)
  }

  const send: Transactions['send'] = async (request, onProvisional) => {
    if (lost) await connectAgain()
    const branch = branchOf(headerValue(request, 'via'))
    const key = `${branch} ${request.method}`
    const bytes = writeSip(request)
    const isInvite = request.method === 'INVITE'
    return new Promise((resolve, reject) => {
      let repeatTimer: NodeJS.Timeout | undefined
      let intervalMs = t1Ms
      const end = () => {
        clearTimeout(repeatTimer)
        clearTimeout(deadline)
        pending.delete(key)
      }
      const fail = (cause: Error) => {
        end()
        reject(cause)
      }
      const deadline = setTimeout(() => fail(new Error(`no final response to ${request.method}`)), timeoutMs)
      const repeat = () => {
        connection.send(bytes)
        intervalMs = isInvite ? intervalMs * 2 : Math.min(intervalMs * 2, t2Ms)
        repeatTimer = setTimeout(repeat, intervalMs)
      }
      if (connection.transport === 'udp') repeatTimer = setTimeout(repeat, intervalMs)
      const onResponse = (response: SipResponse) => {
        if (response.status < 200) {
          // An INVITE is not repeated after a provisional response; other requests are repeated at intervals of T2.
          if (isInvite) clearTimeout(repeatTimer)
          else intervalMs = t2Ms
          if (isInvite) deadline.refresh()
          onProvisional?.(response)
          return
        }
        end()
        if (isInvite && response.status >= 300) storeAck(branch, ackOfRefusal(request, response))
        resolve(response)
      }
      pending.set(key, { onResponse, fail })
      connection.send(bytes)
    })
  }

  return {
    connection,
    send,
    acknowledge: (invite, ack) => storeAck(branchOf(headerValue(invite, 'via')), ack),
    close: () => {
      for (const each of [...pending.values()]) each.fail(new Error('the recording client was closed'))
      return connection.close()
    },
  }
}

/** Answers a request with the headers that a response must copy (RFC 3261 section 8.2.6.2). */
export function answerRequest(
  request: SipRequest,
  status: number,
  reason: string,
  extra: readonly Header[] = [],
  body: Buffer = Buffer.alloc(0),
): SipResponse {
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
    headerValues(request, name).map((value): Header => [name, value]),
  )
  return { status, reason, headers: [...copied, ...extra], body }
}

/**
 * Builds the ACK of a refusal, which belongs to the INVITE's own transaction: same branch (RFC 3261 section 17.1.1.3).
 */
function ackOfRefusal(invite: SipRequest, response: SipResponse): SipRequest {
  const cseq = headerValue(invite, 'cseq').split(' ')[0]!
  const copied = ['Via', 'Max-Forwards', 'From', 'Call-ID', 'Route'].flatMap((name) =>
    headerValues(invite, name).map((value): Header => [name, value]),
  )
  return {
    method: 'ACK',
    uri: invite.uri,
    headers: [...copied, ['To', headerValue(response, 'to')], ['CSeq', `${cseq} ACK`]],
    body: Buffer.alloc(0),
  }
}
