import type { DialogState } from './dialog-state.ts'
import type { SipRequest } from './message.ts'

/** Transports of a message. TLS is a stream like TCP with its own listener. */
export type TransportKind = 'udp' | 'tcp' | 'tls'

/** Source of a message, as reported by the socket. */
export interface Source {
  transport: TransportKind
  address: string
  port: number
  /** Name in the client's certificate (RFC 5922), over TLS. */
  client?: string
}

/** Headers and body of a response. A header given here replaces the default one. */
export interface Answer {
  reason?: string
  headers?: Record<string, string | string[]>
  body?: Buffer | string
  contentType?: string
}

/** A dialog, from the view of its called party (RFC 3261 section 12). */
export interface Dialog {
  /** Unique in the process. Every request of the dialog has the same Dialog object. */
  readonly id: string
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** The URI of the peer's latest valid Contact; '' if there was none. */
  readonly remoteTarget: string
  /** Source of the dialog's latest request. */
  readonly source: Source
  readonly state: 'early' | 'confirmed' | 'ending' | 'ended'
  /**
   * Ends the dialog with a BYE, after the ACK if that is still expected (section 15). Resolves to the final status: 408 without
   * an answer, 481 if there was no dialog to end. Never rejects. Some clients answer 405 and continue.
   */
  bye(headers?: Record<string, string | string[]>): Promise<number>
  /**
   * Sends an OPTIONS inside the dialog (section 11) to check that the peer still has the dialog. Resolves to the final status:
   * 481 if the peer does not have it (RFC 5057 section 5.1), 408 without an answer. Never rejects.
   */
  sendOptions(): Promise<number>
  /**
   * Sends a new offer with an INVITE inside the dialog (section 14.1), after the ACK of the peer's own INVITE. Acknowledges a
   * 2xx. Resolves to the final status and, with a 2xx, the SDP answer: 491 while a request of the peer with an offer is open,
   * 408 without an answer, 481 if there is no dialog. Never rejects.
   */
  offer(sdp: string): Promise<{ status: number; sdp?: string }>
  /** Ends the dialog here without notifying the peer; its further requests get 481. */
  forget(): void
  /** Returns the present state, to be stored. */
  saved(): SavedDialog
}

/** Saved state of a dialog, for a process that resumes it, without open requests. */
export interface SavedDialog {
  readonly state: DialogState
  /** Source of its latest request, and our address as used by that request. */
  readonly source: Source
  readonly localAddress: string
  readonly encoding: SipRequest['encoding']
  /** Seconds after the last refresh at which the session expires (RFC 4028). */
  readonly expiresSeconds?: number
}

export interface IncomingRequest {
  readonly request: SipRequest
  readonly dialog: Dialog
  readonly source: Source
  /** True once a final answer was sent: by the handler, by CANCEL (487), or by timeout (500). */
  readonly answered: boolean
  /** Sends a response. Returns false, and sends nothing, if the final answer was already sent. */
  respond(status: number, answer?: Answer): boolean
}

export interface Invite extends IncomingRequest {
  /** The dialog named by a Replaces header (RFC 3891), if it is one of ours. */
  readonly replaces: Dialog | undefined
  /** Runs if the client cancels before the answer (at once if the client already has). The 487 is sent automatically. */
  onCancel(run: () => void): void
}

/** Reason why a dialog was lost: no ACK within 64*T1 after our 2xx, or no refresh within Session-Expires (RFC 4028). */
export type DialogLoss = 'not-acknowledged' | 'session-expired'

/**
 * Handler of requests, implemented by the recorder. If a method throws or rejects, the request gets 500 and the error is passed
 * to `onFault`. If it does not answer within `limits.answerMs`, the request gets 500.
 */
export interface SipHandler {
  onInvite(invite: Invite): void | Promise<void>
  /** The ACK of a 2xx arrived. It may carry the SDP answer of a delayed offer. */
  onAck(dialog: Dialog, ack: SipRequest): void | Promise<void>
  /** Request to change the session (re-INVITE). A refusal leaves the session unchanged (14.2). */
  onReinvite(invite: Invite): void | Promise<void>
  /** UPDATE within the dialog (RFC 3311), with SDP, metadata or neither. */
  onUpdate(request: IncomingRequest): void | Promise<void>
  /** The peer ends the dialog. Answered 200 if the method does not answer itself. */
  onBye(request: IncomingRequest): void | Promise<void>
  /** The dialog is lost according to the RFCs. A BYE is sent and the dialog forgotten, unless the handler returns 'keep'. */
  onDialogLost(dialog: Dialog, reason: DialogLoss): void | 'keep'
  /**
   * An INVITE inside a dialog that this process does not know, for example after a restart. Returns true if the handler resumes
   * the dialog and answers as in `onReinvite`. If it returns false, or is absent, the answer is 481.
   */
  onUnknownDialogInvite?(invite: Invite): boolean | Promise<boolean>
  /** A dialog of an earlier process was reopened. Called once for each such dialog, before any message is received. */
  onDialogResumed?(dialog: Dialog): void
}

/** Counters since the start. Those with a name ending in `Open`, and `receiveBufferBytes`, are current values. */
export interface SipCounters {
  messages: number
  requests: number
  responses: number
  retransmissions: number
  malformed: number
  droppedBySource: number
  droppedByRate: number
  refusedByRate: number
  /** New requests above the limit of dialogs or of transactions. */
  refusedByCap: number
  refusedByPressure: number
  /** Requests inside a dialog from another trunk than the dialog's. */
  foreignRequests: number
  notAcknowledged: number
  timedOut: number
  sendFailures: number
  faults: number
  dialogsOpen: number
  transactionsOpen: number
  connectionsOpen: number
  connectionsRefused: number
  /** Size of the UDP socket's receive buffer. */
  receiveBufferBytes: number
}
