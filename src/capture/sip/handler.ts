import type { DialogState } from './dialog-state.ts'
import type { SipRequest } from './message.ts'

/** The transports a message may come by. TLS is a stream like TCP with its own listener. */
export type TransportKind = 'udp' | 'tcp' | 'tls'

/** Where a message came from, as the socket saw it. */
export interface Source {
  transport: TransportKind
  address: string
  port: number
  /** Name in the client's certificate (RFC 5922), over TLS. */
  client?: string
}

/** What goes with a status. A header given here replaces the one that would be sent by default. */
export interface Answer {
  reason?: string
  headers?: Record<string, string | string[]>
  body?: Buffer | string
  contentType?: string
}

/** A dialog as its called party sees it (RFC 3261 section 12). */
export interface Dialog {
  /** Unique while the process lives; the same object is given with every request of the dialog. */
  readonly id: string
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** The URI of the peer's latest sound Contact; '' when it never sent one. */
  readonly remoteTarget: string
  /** Where the dialog's latest request came from. */
  readonly source: Source
  readonly state: 'early' | 'confirmed' | 'ending' | 'ended'
  /**
   * Ends the dialog with a BYE, after the ACK when that is still to come (section 15). Resolves to the final status,
   * 408 when no answer came, 481 when there was no dialog to end; never rejects. Some clients answer 405 and go on.
   */
  bye(headers?: Record<string, string | string[]>): Promise<number>
  /**
   * Asks the peer with an OPTIONS inside the dialog (section 11) whether it still knows of it. Resolves to the final status: 481 when it
   * does not (RFC 5057 section 5.1), 408 without an answer; never rejects.
   */
  ask(): Promise<number>
  /**
   * Offers the session anew with an INVITE inside the dialog (section 14.1), once the ACK of the peer's own has come. Acknowledges
   * a 2xx. Resolves to the final status and, with a 2xx, the SDP that came: 491 while a request of the peer with an offer is open,
   * 408 without an answer, 481 when there is no dialog; never rejects.
   */
  offer(sdp: string): Promise<{ status: number; sdp?: string }>
  /** Ends the dialog here without a word to the peer; its further requests get 481. */
  forget(): void
  /** As it is now, to be written down. */
  saved(): SavedDialog
}

/** A dialog as it is written down, for a process that takes it up after this one. Without its requests that are open. */
export interface SavedDialog {
  readonly state: DialogState
  /** Where its latest request came from, and our address as that one named it. */
  readonly source: Source
  readonly localAddress: string
  readonly encoding: SipRequest['encoding']
  /** The session expires so long after its last refresh (RFC 4028). */
  readonly expiresSeconds?: number
}

/** A request that awaits its final answer. */
export interface IncomingRequest {
  readonly request: SipRequest
  readonly dialog: Dialog
  readonly source: Source
  /** Whether a final answer has gone out: by the handler, by CANCEL (487), or because it took too long (500). */
  readonly answered: boolean
  /** Sends a response. False when the final answer had gone out already, and then nothing is sent. */
  respond(status: number, answer?: Answer): boolean
}

/** An INVITE that opens or changes a session. */
export interface Invite extends IncomingRequest {
  /** The dialog that a Replaces header names (RFC 3891), if it is one of ours. */
  readonly replaces: Dialog | undefined
  /** Runs when the caller gave up before the answer (at once if it has already); 487 is sent without more ado. */
  onCancel(run: () => void): void
}

/** Why a dialog was lost: no ACK within 64*T1 of our 2xx, or no refresh within Session-Expires (RFC 4028). */
export type DialogLoss = 'not-acknowledged' | 'session-expired'

/**
 * Whoever uses the server. A method that throws or rejects gives the request 500 and goes to `onFault`; one that does
 * not answer within `limits.answerMs` gives it 500.
 */
export interface SipHandler {
  /** A new session is offered. */
  onInvite(invite: Invite): void | Promise<void>
  /** The ACK of a 2xx came; it may carry the SDP answer of a delayed offer. */
  onAck(dialog: Dialog, ack: SipRequest): void | Promise<void>
  /** The session is to change. A refusal leaves it as it was (14.2). */
  onReinvite(invite: Invite): void | Promise<void>
  /** UPDATE within the dialog (RFC 3311), with SDP, metadata or neither. */
  onUpdate(request: IncomingRequest): void | Promise<void>
  /** The peer ends the dialog. Answered 200 when the method returns without an answer of its own. */
  onBye(request: IncomingRequest): void | Promise<void>
  /** The dialog is dead by the rules. A BYE is sent and the dialog forgotten, unless the handler says 'keep'. */
  onDialogLost(dialog: Dialog, why: DialogLoss): void | 'keep'
  /**
   * An INVITE inside a dialog that this process does not know, as after a restart. True: the handler takes the
   * dialog up and answers as in `onReinvite`. False, or no such method: 481.
   */
  onUnknownDialogInvite?(invite: Invite): boolean | Promise<boolean>
  /** A dialog that an earlier process wrote down is open again: before anything is heard, and once for each. */
  onDialogResumed?(dialog: Dialog): void
}

/** Numbers since the start (and, for the ones ending in Open, now). */
export interface SipCounters {
  messages: number
  requests: number
  responses: number
  retransmissions: number
  malformed: number
  droppedBySource: number
  droppedByRate: number
  refusedByRate: number
  refusedByCap: number
  refusedByPressure: number
  /** Requests inside a dialog that came from another trunk than the dialog's. */
  foreignRequests: number
  notAcknowledged: number
  timedOut: number
  sendFailures: number
  faults: number
  dialogsOpen: number
  transactionsOpen: number
  connectionsOpen: number
  connectionsRefused: number
  receiveBufferBytes: number
}
