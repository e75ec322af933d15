import { allHeaders, firstHeader, listHeader, type Header, type SipRequest, type SipResponse } from './message.ts'
import { parseNameAddr, tagOf } from './name-addr.ts'
import { parseSipUri } from './uri.ts'

/** State of a dialog (RFC 3261 12.1.1), as the called party. */
export interface DialogState {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** From of our own requests, with our tag. `remoteAddress`: their To, with the peer's tag. */
  readonly localAddress: string
  readonly remoteAddress: string
  readonly routeSet: readonly string[]
  remoteTarget: string
  remoteSequence: number
  localSequence: number
}

/**
 * Returns a dialog's id, made of Call-ID, local tag and remote tag (RFC 3261 section 12). Without the remote tag, a request
 * with another From tag would replace another client's dialog.
 */
export function dialogIdOf({
  localTag,
  remoteTag,
  callId,
}: Pick<DialogState, 'localTag' | 'remoteTag' | 'callId'>): string {
  return `${localTag} ${remoteTag} ${callId}`
}

/** Creates the dialog of an INVITE. `localTag`: a new tag, or the To tag of a dialog that is resumed. */
export function openDialog(invite: SipRequest, localTag: string, firstSequence: number): DialogState {
  const to = firstHeader(invite, 'to') ?? ''
  return {
    callId: invite.callId,
    localTag,
    remoteTag: tagOf(invite.from) ?? '',
    localAddress: tagOf(invite.to) === undefined ? `${to};tag=${localTag}` : to,
    remoteAddress: firstHeader(invite, 'from') ?? '',
    routeSet: listHeader(invite, 'record-route'),
    remoteTarget: contactOf(invite) ?? '',
    remoteSequence: invite.cseq.number,
    localSequence: firstSequence,
  }
}

/**
 * Accepts a request inside the dialog: stores its CSeq number, and its Contact if it refreshes the target. Returns false if it
 * is out of order (12.2.2); the answer is then 500. The same number again is accepted, because some clients repeat it.
 */
export function acceptRequest(dialog: DialogState, request: SipRequest): boolean {
  if (request.cseq.number < dialog.remoteSequence) return false
  dialog.remoteSequence = request.cseq.number
  if (request.method === 'INVITE' || request.method === 'UPDATE')
    dialog.remoteTarget = contactOf(request) ?? dialog.remoteTarget
  return true
}

/** Returns Request-URI and headers of our next request inside the dialog (12.2.1.1), strict routers included. */
export function nextRequest(dialog: DialogState, method: string, via: string): OwnRequest {
  dialog.localSequence += 1
  return ownRequest(dialog, `${dialog.localSequence} ${method}`, via)
}

/** Like nextRequest, for the ACK of a 2xx to our INVITE (13.2.2.4). */
export function ackOf(dialog: DialogState, sequence: number, via: string): OwnRequest {
  return ownRequest(dialog, `${sequence} ACK`, via)
}

/** Returns the ACK of a refusal: the request's own URI, Via and routes, and the refusal's To (17.1.1.3). */
export function ackOfRefusal(own: OwnRequest, refusal: SipResponse, sequence: number): OwnRequest {
  const to = firstHeader(refusal, 'to')
  const headers = own.headers.map(({ name, value }) => {
    if (name === 'cseq') return { name, value: `${sequence} ACK` }
    return { name, value: name === 'to' ? (to ?? value) : value }
  })
  return { uri: own.uri, headers }
}

interface OwnRequest {
  uri: string
  headers: Header[]
}

function ownRequest(dialog: DialogState, cseq: string, via: string): OwnRequest {
  const target = dialog.remoteTarget === '' ? (parseNameAddr(dialog.remoteAddress)?.uri ?? '') : dialog.remoteTarget
  let uri = target
  let routes = [...dialog.routeSet]
  const first = parseNameAddr(routes[0] ?? '')
  if (first !== undefined && parseSipUri(first.uri)?.parameters.has('lr') !== true) {
    uri = first.uri
    routes = [...routes.slice(1), `<${target}>`]
  }
  return {
    uri,
    headers: [
      { name: 'via', value: via },
      ...routes.map((value) => ({ name: 'route', value })),
      { name: 'max-forwards', value: '70' },
      { name: 'from', value: dialog.localAddress },
      { name: 'to', value: dialog.remoteAddress },
      { name: 'call-id', value: dialog.callId },
      { name: 'cseq', value: cseq },
    ],
  }
}

/** Returns the URI to which the next request is sent: the first route, or else the remote target. */
export function nextHop(dialog: DialogState): string {
  return parseNameAddr(dialog.routeSet[0] ?? '')?.uri ?? dialog.remoteTarget
}

/** Returns the Contact URI if a request could be sent to it. Invalid ones from vendors are ignored, never refused. */
export function contactOf(request: Pick<SipRequest, 'headers'>): string | undefined {
  for (const line of allHeaders(request, 'contact')) {
    const contact = parseNameAddr(line)
    if (contact !== undefined && parseSipUri(contact.uri) !== undefined) return contact.uri
  }
  return undefined
}
