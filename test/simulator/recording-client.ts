/**
 * SIPREC recording client (RFC 7866 section 6: the SRC): calls a recording server as a session border controller does.
 * In: what to record (metadata, media ports). Out: real SIP to the server, and its answers. Media are in send-media.ts,
 * the content of a call in place-call.ts. Uses no knowledge of the recorder's internals.
 */
import { cancelOnAbort } from './cancel-invite.ts'
import { answerRequest, openTransactions, type Transactions } from './client-transactions.ts'
import type { Address, TlsFiles, Transport } from './connection.ts'
import { metadataType, writeInvitationBody } from './invitation-body.ts'
import { freshIdentifiers, type Identifiers } from './random.ts'
import {
  readDescription,
  writeOffer,
  type AnsweredStream,
  type Codec,
  type OfferedStream,
} from './session-description.ts'
import {
  headerValue,
  headerValues,
  tagOf,
  uriOf,
  type Header,
  type SipRequest,
  type SipResponse,
} from './sip-message.ts'

export type Invitation = {
  /** User part of the recording server's URI. */
  readonly target?: string
  readonly streams: readonly OfferedStream[]
  readonly codecs: readonly (Codec | 'g722')[]
  /** RFC 7865 XML; without metadata the INVITE has only SDP. */
  readonly metadata: string | undefined
  /** Further headers, such as Privacy and P-Asserted-Identity. */
  readonly headers?: readonly Header[]
  /** Aborting before the answer cancels the INVITE (RFC 3261 section 9.1). */
  readonly signal?: AbortSignal
}

export type InviteOutcome =
  | { readonly kind: 'answered'; readonly session: RecordingSession }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly retryAfterSeconds?: number }
  | { readonly kind: 'cancelled' }

export type RecordingSession = {
  readonly callId: string
  /** Returns the latest answer, with one entry for each offered stream. */
  readonly answer: () => readonly AnsweredStream[]
  /** Offers the streams as inactive, or again as sendonly. Resolves with the status of the final response. */
  readonly hold: (metadata?: string) => Promise<number>
  readonly resume: (metadata?: string) => Promise<number>
  /** Sends an UPDATE with metadata and no SDP (RFC 7866 section 9.1). */
  readonly update: (metadata: string) => Promise<number>
  readonly bye: (metadata?: string) => Promise<number>
  /** Calls the listener when the recorder changes the session: a new direction for its side, or BYE. */
  readonly onRecorder: (listener: (event: 'bye' | 'reoffer') => void) => void
}

export type RecordingClient = {
  readonly invite: (invitation: Invitation) => Promise<InviteOutcome>
  readonly local: Address
  readonly close: () => Promise<void>
}

type Dialog = {
  readonly onRequest: (request: SipRequest) => SipResponse | undefined
}

const allow: Header = ['Allow', 'INVITE, ACK, CANCEL, BYE, UPDATE, OPTIONS']
const noBody = Buffer.alloc(0)

/** Starts a client. Rejects if the server cannot be reached over TCP. */
export async function startRecordingClient(options: {
  server: Address
  transport: Transport
  tls?: TlsFiles | undefined
  /** Source of Call-IDs, tags and branches; new ones by default. */
  ids?: Identifiers
  /** Time after which the repetition of an unanswered request ends; 64 T1 = 32 s by default. */
  timeoutMs?: number
}): Promise<RecordingClient> {
  const dialogs = new Map<string, Dialog>()
  const transactions = await openTransactions({
    transport: options.transport,
    tls: options.tls,
    server: options.server,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    onRequest: (request) => {
      const dialog = dialogs.get(headerValue(request, 'call-id'))
      if (dialog) return dialog.onRequest(request)
      if (request.method === 'ACK') return undefined
      // An OPTIONS with a tag of this client asks about a call, which has ended (RFC 5057 section 5.1).
      const isOutside = tagOf(headerValue(request, 'to')) === ''
      if (request.method === 'OPTIONS' && isOutside) return answerRequest(request, 200, 'OK', [allow])
      return answerRequest(request, 481, 'Call/Transaction Does Not Exist')
    },
  })
  return {
    local: transactions.connection.local,
    invite: (invitation) => invite(transactions, dialogs, options.server, options.ids ?? freshIdentifiers, invitation),
    close: () => transactions.close(),
  }
}

async function invite(
  transactions: Transactions,
  dialogs: Map<string, Dialog>,
  server: Address,
  ids: Identifiers,
  invitation: Invitation,
): Promise<InviteOutcome> {
  const { connection } = transactions
  const host = bracket(connection.local.host)
  const callId = `${ids.hex(12)}@${host}`
  const fromTag = ids.hex(6)
  const contact = `<sip:src@${host}:${connection.local.port}${connection.transport === 'udp' ? '' : `;transport=${connection.transport}`}>;+sip.src`
  const target = `sip:${invitation.target ?? 'srs'}@${bracket(server.host)}:${server.port}`
  const sdpId = ids.integer(1, 2 ** 31)
  let sequence = 0
  let version = 1
  let toTag = ''
  let remoteTarget = target
  let routes: string[] = []
  let answer: AnsweredStream[] = []
  let notifyRecorder: (event: 'bye' | 'reoffer') => void = () => undefined

  const request = (
    method: string,
    extra: readonly Header[],
    body: Buffer,
    at?: { cseq: number; via: string },
  ): SipRequest => ({
    method,
    uri: remoteTarget,
    headers: [
      [
        'Via',
        at?.via ??
          `SIP/2.0/${connection.transport.toUpperCase()} ${host}:${connection.local.port};branch=z9hG4bK${ids.hex(8)};rport`,
      ],
      ['Max-Forwards', '70'],
      ...routes.map((route): Header => ['Route', route]),
      ['From', `<sip:src@${host}>;tag=${fromTag}`],
      ['To', `<${target}>${toTag ? `;tag=${toTag}` : ''}`],
      ['Call-ID', callId],
      ['CSeq', `${at?.cseq ?? ++sequence} ${method}`],
      ...extra,
    ],
    body,
  })

  const describe = (direction: 'sendonly' | 'inactive') =>
    writeOffer({
      host: connection.local.host,
      sessionId: sdpId,
      version: version++,
      streams: invitation.streams,
      direction,
      codecs: invitation.codecs,
    })

  const offer = (direction: 'sendonly' | 'inactive', metadata: string | undefined) => {
    const { type, bytes } = writeInvitationBody(describe(direction), metadata, ids)
    const headers: Header[] = [
      ['Contact', contact],
      allow,
      ['Supported', 'timer'],
      ['Require', 'siprec'],
      ['Accept', 'application/sdp'],
      ['User-Agent', 'Seloste simulator'],
      ...(invitation.headers ?? []),
      ['Content-Type', type],
    ]
    return request('INVITE', headers, bytes)
  }

  /**
   * Handles a 2xx, which makes or renews the dialog and is acknowledged outside the transaction (RFC 3261 section
   * 13.2.2.4).
   */
  const accept = (sent: SipRequest, response: SipResponse) => {
    // The route set is taken from the first answer; later answers refresh only the target (RFC 3261 section 12.2.1.2).
    if (toTag === '') routes = headerValues(response, 'record-route').reverse()
    toTag = tagOf(headerValue(response, 'to'))
    const contactOfServer = headerValue(response, 'contact')
    if (contactOfServer) remoteTarget = uriOf(contactOfServer)
    answer = readDescription(response.body.toString())
    transactions.acknowledge(sent, request('ACK', [], noBody, { cseq: sequenceOf(sent), via: newVia(sent, ids) }))
  }

  const reinvite = async (direction: 'sendonly' | 'inactive', metadata?: string) => {
    const sent = offer(direction, metadata)
    const response = await transactions.send(sent)
    if (response.status < 300) accept(sent, response)
    return response.status
  }

  const bye = async (metadata?: string) => {
    // Keeps the session until the answer, because the recorder's own BYE may cross this one.
    const response = await transactions
      .send(request('BYE', metadata ? [['Content-Type', metadataType]] : [], Buffer.from(metadata ?? '')))
      .finally(() => dialogs.delete(callId))
    return response.status
  }

  const onRequest = (received: SipRequest): SipResponse | undefined => {
    if (received.method === 'ACK') return undefined
    if (received.method === 'BYE') {
      dialogs.delete(callId)
      notifyRecorder('bye')
      return answerRequest(received, 200, 'OK')
    }
    if (received.method === 'INVITE' || received.method === 'UPDATE') {
      if (received.body.length === 0) return answerRequest(received, 200, 'OK', [['Contact', contact]])
      // The recorder may stop the media with `inactive` and request them again later (RFC 7866 section 7.2).
      answer = readDescription(received.body.toString())
      const stopped = answer.every(({ direction }) => direction === 'inactive')
      notifyRecorder('reoffer')
      const sdp = Buffer.from(describe(stopped ? 'inactive' : 'sendonly'))
      return answerRequest(
        received,
        200,
        'OK',
        [
          ['Contact', contact],
          ['Content-Type', 'application/sdp'],
        ],
        sdp,
      )
    }
    return answerRequest(
      received,
      received.method === 'OPTIONS' ? 200 : 405,
      received.method === 'OPTIONS' ? 'OK' : 'Method Not Allowed',
      [allow],
    )
  }

  dialogs.set(callId, { onRequest })
  const sent = offer('sendonly', invitation.metadata)
  const cancelled = cancelOnAbort(transactions, sent, invitation.signal)
  const response = await transactions.send(sent, cancelled.onProvisional).catch((cause: unknown) => {
    dialogs.delete(callId)
    throw cause
  })
  cancelled.stop()
  if (response.status >= 300) {
    dialogs.delete(callId)
    if (response.status === 487) return { kind: 'cancelled' }
    const retryAfter = Number.parseInt(headerValue(response, 'retry-after'), 10)
    return {
      kind: 'refused',
      status: response.status,
      reason: response.reason,
      ...(Number.isNaN(retryAfter) ? {} : { retryAfterSeconds: retryAfter }),
    }
  }
  accept(sent, response)
  if (invitation.signal?.aborted) {
    // The answer and the CANCEL have crossed, so the session exists: ends it by BYE.
    await bye()
    return { kind: 'cancelled' }
  }
  return {
    kind: 'answered',
    session: {
      callId,
      answer: () => answer,
      hold: (metadata) => reinvite('inactive', metadata),
      resume: (metadata) => reinvite('sendonly', metadata),
      update: async (metadata) =>
        (
          await transactions.send(
            request(
              'UPDATE',
              [
                ['Contact', contact],
                ['Require', 'siprec'],
                ['Content-Type', metadataType],
                ['Content-Disposition', 'recording-session'],
              ],
              Buffer.from(metadata),
            ),
          )
        ).status,
      bye,
      onRecorder: (listener) => (notifyRecorder = listener),
    },
  }
}

const sequenceOf = (sent: SipRequest) => Number.parseInt(headerValue(sent, 'cseq'), 10)
const newVia = (sent: SipRequest, ids: Identifiers) =>
  headerValue(sent, 'via').replace(/branch=[^;]+/, `branch=z9hG4bK${ids.hex(8)}`)
const bracket = (host: string) => (host.includes(':') ? `[${host}]` : host)
