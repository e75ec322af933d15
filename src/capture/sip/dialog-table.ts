import { allowHeader, serverHeader, supportedHeader } from './capabilities.ts'
import {
  ackOf,
  ackOfRefusal,
  contactOf,
  dialogIdOf,
  nextHop,
  nextRequest,
  openDialog,
  acceptRequest,
  type DialogState,
} from './dialog-state.ts'
import type { Dialog, DialogLoss, SavedDialog, SipCounters, SipHandler, Source } from './handler.ts'
import { toHeaders } from './make-response.ts'
import type { Header, SipRequest } from './message.ts'
import { contactAt } from './own-contact.ts'
import { resolveTarget, type Target } from './resolve-target.ts'
import { sessionExpiresOf } from './session-timer.ts'
import type { Clock, TimerValues } from './timers.ts'
import type { TransactionTable } from './transaction-table.ts'
import type { Arrival, Transport } from './transport.ts'
import { BRANCH_COOKIE, writeVia } from './via.ts'
import { writeRequest } from './write-message.ts'

/** Maximum delay of a Node timer, 24.8 days; a longer one fires at once. */
const maxTimerMs = 2 ** 31 - 1

/** A dialog as used inside this folder; `view` is the handler's view of it. */
export interface DialogEntry {
  readonly view: Dialog
  readonly localTag: string
  /** The INVITE without a final answer, if any; `cancel` answers it 487. */
  openInvite: { cancel(): void } | undefined
  openUpdates: number
  readonly awaitsSdpAnswer: boolean
  /** True while our INVITE has no final answer: another offer would cross it (14.2, RFC 3311 section 5.2). */
  readonly offersItself: boolean
  /** Returns true if the source belongs to the trunk that opened the dialog. Requests from elsewhere are not part of it. */
  isFrom(source: Source): boolean
  /** Accepts a request inside the dialog; false if it is out of order. */
  accept(request: SipRequest, arrival: Arrival): boolean
  /** Registers a 2xx sent to the INVITE with that CSeq number; `stop` ends its retransmission. */
  confirm(sequence: number, stop: () => void, sdpOffered: boolean): void
  /** Registers the ACK of that INVITE. Returns true the first time. */
  acknowledged(sequence: number): boolean
  /** Stops waiting for the ACK of that INVITE. */
  stopWaitingForAck(sequence: number): void
  /** Sets when the session expires without a refresh; undefined: never (RFC 4028). */
  expireAfter(seconds: number | undefined): void
  end(): void
}

export interface DialogTable {
  readonly size: number
  sizeOf(address: string): number
  find(callId: string, localTag: string, remoteTag: string): DialogEntry | undefined
  open(invite: SipRequest, arrival: Arrival, localTag: string): DialogEntry
  /** Reopens a dialog that was saved by an earlier process. */
  resume(saved: SavedDialog): DialogEntry
  lose(dialog: DialogEntry, reason: DialogLoss): void
}

export interface DialogTableSetting {
  handler: SipHandler
  clock: Clock
  timers: TimerValues
  counters: SipCounters
  random: (bytes: number) => Buffer
  onFault: (error: unknown) => void
  advertisedHost: string | undefined
  transports: () => readonly Transport[]
  /** Returns true if both sources belong to one trunk. */
  sharesTrunk: (one: Pick<Source, 'address' | 'client'>, other: Pick<Source, 'address' | 'client'>) => boolean
  transactions: TransactionTable
  sendTo(
    transport: Transport,
    target: { address: string; port: number },
    bytes: Buffer,
    channel: Arrival['channel'],
    failed?: () => void,
  ): void
}

/**
 * The dialogs in which we are the called party (RFC 3261 12), and our requests in them, such as BYE (15.1.1). When a dialog
 * ends, only the retransmission of its 2xx and its session timer are stopped. The end of a connection, dialog or transaction
 * does not end the others.
 */
export function createDialogTable(setting: DialogTableSetting): DialogTable {
  const { clock, timers, transactions } = setting
  const entries = new Map<string, DialogEntry>()
  const byAddress = new Map<string, number>()

  return {
    sizeOf: (address) => byAddress.get(address) ?? 0,
    get size() {
      return entries.size
    },
    find(callId, localTag, remoteTag) {
      return entries.get(dialogIdOf({ callId, localTag, remoteTag }))
    },
    open(invite, arrival, localTag) {
      return enter(openDialog(invite, localTag, firstSequence()), invite.encoding, arrivalPathOf(arrival))
    },
    resume({ state, encoding, source, localAddress, expiresSeconds }) {
      const entry = enter({ ...state, localSequence: firstSequence() }, encoding, { source, localAddress }, true)
      entry.expireAfter(expiresSeconds)
      return entry
    },
    lose,
  }

  /** Returns our first CSeq number: the seconds since 1970, so that a dialog resumed after a restart uses higher numbers than before. */
  function firstSequence(): number {
    return Math.floor(clock.nowMs() / 1000) % 0x7fffffff
  }

  function lose(dialog: DialogEntry, reason: DialogLoss) {
    let decision: void | 'keep' = undefined
    try {
      decision = setting.handler.onDialogLost(dialog.view, reason)
    } catch (error) {
      setting.counters.faults++
      setting.onFault(error)
    }
    if (decision !== 'keep') void dialog.view.bye()
  }

  function enter(
    state: DialogState,
    encoding: SipRequest['encoding'],
    openedBy: ArrivalPath,
    isAnswered = false,
  ): DialogEntry {
    const { localTag } = state
    const key = dialogIdOf(state)
    const unacknowledged = new Map<number, { stop(): void; sdpOffered: boolean }>()
    const afterAck: (() => void)[] = []
    const onEnd: (() => void)[] = []
    let phase: Dialog['state'] = isAnswered ? 'confirmed' : 'early'
    let last = openedBy
    let isAcknowledged = isAnswered
    let expiresSeconds: number | undefined
    let cancelExpiry: (() => void) | undefined
    let byeResult: Promise<number> | undefined
    let offersItself = false

    const view: Dialog = {
      id: key,
      callId: state.callId,
      localTag,
      remoteTag: state.remoteTag,
      get remoteTarget() {
        return state.remoteTarget
      },
      get source() {
        return last.source
      },
      get state() {
        return phase
      },
      bye(headers) {
        if (byeResult === undefined && phase !== 'confirmed') return Promise.resolve(481)
        return (byeResult ??= sendBye(headers))
      },
      sendOptions: () =>
        phase === 'confirmed' ? send('OPTIONS', { accept: 'application/sdp' }) : Promise.resolve(481),
      offer,
      forget: () => entry.end(),
      saved: () => ({
        state: { ...state },
        ...{ source: last.source, localAddress: last.localAddress, encoding },
        ...(expiresSeconds !== undefined && { expiresSeconds }),
      }),
    }

    const entry: DialogEntry = {
      view,
      localTag,
      openInvite: undefined,
      openUpdates: 0,
      get awaitsSdpAnswer() {
        for (const { sdpOffered } of unacknowledged.values()) if (sdpOffered) return true
        return false
      },
      get offersItself() {
        return offersItself
      },
      // A dialog that began under TLS is not continued over a transport that others can read and forge.
      isFrom: (source) =>
        (openedBy.source.transport !== 'tls' || source.transport === 'tls') &&
        setting.sharesTrunk(openedBy.source, source),
      accept(request, from) {
        if (!acceptRequest(state, request)) return false
        last = arrivalPathOf(from)
        return true
      },
      confirm(sequence, stop, sdpOffered) {
        if (phase === 'early') phase = 'confirmed'
        // The handler's forget() or a BYE may have ended the dialog meanwhile.
        if (phase === 'ended') stop()
        else unacknowledged.set(sequence, { stop, sdpOffered })
      },
      acknowledged(sequence) {
        const isFirst = endWait(sequence)
        isAcknowledged ||= isFirst
        return isFirst
      },
      stopWaitingForAck(sequence) {
        endWait(sequence)
      },
      expireAfter(seconds) {
        cancelExpiry?.()
        expiresSeconds = seconds
        cancelExpiry =
          seconds === undefined
            ? undefined
            : clock.after(Math.min(seconds * 1000, maxTimerMs), () => lose(entry, 'session-expired'))
      },
      end() {
        if (phase === 'ended') return
        phase = 'ended'
        cancelExpiry?.()
        for (const { stop } of unacknowledged.values()) stop()
        unacknowledged.clear()
        for (const run of [...afterAck.splice(0), ...onEnd.splice(0)]) run()
        if (entries.get(key) !== entry) return
        entries.delete(key)
        count(-1)
      },
    }

    function endWait(sequence: number): boolean {
      const waiting = unacknowledged.get(sequence)
      if (waiting === undefined) return false
      waiting.stop()
      unacknowledged.delete(sequence)
      if (unacknowledged.size === 0) for (const run of afterAck.splice(0)) run()
      return true
    }

    /**
     * Returns the target of our next request. A Contact or Record-Route could name any host and port that this machine can
     * reach, so it is used only if the peer has acknowledged our answer and the address belongs to the dialog's trunk.
     * Otherwise the request is sent to the source of the dialog's last request.
     */
    async function nextTarget(): Promise<Target> {
      if (!isAcknowledged) return last.source
      const target = await resolveTarget(nextHop(state), last.source)
      return setting.sharesTrunk(openedBy.source, target) ? target : last.source
    }

    async function sendBye(headers: Record<string, string | string[]> | undefined): Promise<number> {
      // Section 15: the called party sends no BYE before the ACK has arrived or can no longer arrive.
      if (unacknowledged.size > 0) await new Promise<void>((resolve) => afterAck.push(resolve))
      if (phase === 'ended') return 481
      phase = 'ending'
      const status = await send('BYE', headers)
      entry.end()
      return status
    }

    /**
     * Sends a request inside the dialog.
     * @returns its final status
     */
    async function send(
      method: 'BYE' | 'OPTIONS',
      headers: Record<string, string | string[]> | undefined,
    ): Promise<number> {
      const out = await outgoingPath()
      if (!out) return 408
      const { branch, via } = newVia(out)
      const bytes = writeOwn(method, nextRequest(state, method, via), toHeaders(headers))
      return new Promise<number>((resolve) => {
        const client = transactions.startClient(
          branch,
          senderBy(out, () => client.transportFailed()),
          bytes,
          resolve,
        )
      })
    }

    /** Returns target, transport and channel of our next request; undefined if there is no transport. */
    async function outgoingPath() {
      const target = await nextTarget()
      const all = setting.transports()
      const transport = all.find((one) => one.kind === target.transport) ?? last.transport ?? all[0]
      return transport && { target, transport, channel: transport === last.transport ? last.channel : undefined }
    }

    type OutgoingPath = NonNullable<Awaited<ReturnType<typeof outgoingPath>>>

    function newVia({ transport }: OutgoingPath): { branch: string; via: string } {
      const branch = `${BRANCH_COOKIE}${setting.random(12).toString('hex')}`
      const host = hostOf(transport)
      const via = writeVia({
        transport: transport.kind.toUpperCase(),
        sentBy: { host, port: transport.port },
        parameters: new Map([
          ['branch', branch],
          ['rport', undefined],
        ]),
      })
      return { branch, via }
    }

    function hostOf(transport: Transport): string {
      return setting.advertisedHost ?? (last.localAddress || transport.address)
    }

    function writeOwn(
      method: string,
      { uri, headers }: ReturnType<typeof nextRequest>,
      more: Header[],
      body?: Buffer,
    ): Buffer {
      const all = [...headers, { ...serverHeader, name: 'user-agent' }, ...more]
      return writeRequest(method, uri, { headers: all, encoding, ...(body && { body }) })
    }

    function senderBy({ transport, target, channel }: OutgoingPath, failed: () => void) {
      const sendOut = (out: Buffer) =>
        setting.sendTo(transport, target, out, channel, () => queueMicrotask(() => failed()))
      return { clock, timers, reliable: transport.reliable, send: sendOut }
    }

    async function offer(sdp: string): Promise<{ status: number; sdp?: string }> {
      // Section 14.1: only after the INVITE in progress has completed.
      if (unacknowledged.size > 0) await new Promise<void>((resolve) => afterAck.push(resolve))
      if (phase !== 'confirmed') return { status: 481 }
      if (entry.openInvite !== undefined || entry.openUpdates > 0 || offersItself) return { status: 491 }
      offersItself = true
      const ended = new Promise<{ status: number }>((resolve) => onEnd.push(() => resolve({ status: 481 })))
      return Promise.race([sendOffer(sdp), ended]).finally(() => (offersItself = false))
    }

    async function sendOffer(sdp: string): Promise<{ status: number; sdp?: string }> {
      const out = await outgoingPath()
      if (!out) return { status: 408 }
      const { branch, via } = newVia(out)
      const { kind, port } = out.transport
      const contact = contactAt({ host: hostOf(out.transport), port, kind, isSips: /^sips:/i.test(state.remoteTarget) })
      const own = nextRequest(state, 'INVITE', via)
      const sequence = state.localSequence
      const more = [
        { name: 'contact', value: contact },
        // Repeats Session-Expires (RFC 4028 section 7.4): without it the client would stop refreshing the session.
        ...(expiresSeconds === undefined
          ? []
          : [{ name: 'session-expires', value: `${expiresSeconds};refresher=uas` }]),
        { name: 'content-type', value: 'application/sdp' },
      ]
      const bytes = writeOwn('INVITE', own, [allowHeader, supportedHeader, ...more], Buffer.from(sdp))
      let ack: Buffer | undefined
      const acknowledge = () => {
        ack ??= writeOwn('ACK', ackOf(state, sequence, newVia(out).via), [])
        senderBy(out, () => undefined).send(ack)
      }
      return new Promise((resolve) => {
        const client = transactions.startInviteClient(
          branch,
          senderBy(out, () => client.transportFailed()),
          bytes,
          {
            answered(final) {
              if (typeof final === 'number') return resolve({ status: final })
              const { status, body } = final
              if (status >= 300) return resolve({ status })
              state.remoteTarget = contactOf(final) ?? state.remoteTarget
              if (phase === 'confirmed') entry.expireAfter(sessionExpiresOf(final))
              acknowledge()
              resolve({ status, sdp: body.toString('utf8') })
            },
            writeAck: (refusal) => writeOwn('ACK', ackOfRefusal(own, refusal, sequence), []),
            repeated: acknowledge,
          },
        )
      })
    }

    if (!entries.has(key)) count(1)
    entries.set(key, entry)
    return entry

    function count(change: 1 | -1): void {
      const { address } = openedBy.source
      const dialogs = (byAddress.get(address) ?? 0) + change
      if (dialogs > 0) byAddress.set(address, dialogs)
      else byAddress.delete(address)
    }
  }
}

/** Source and transport of a message, without its bytes, which a long dialog must not keep. No transport after a restart. */
type ArrivalPath = Pick<Arrival, 'source' | 'localAddress' | 'channel'> & Partial<Pick<Arrival, 'transport'>>

function arrivalPathOf({ source, transport, localAddress, channel }: Arrival): ArrivalPath {
  return { source, transport, localAddress, ...(channel === undefined ? {} : { channel }) }
}
