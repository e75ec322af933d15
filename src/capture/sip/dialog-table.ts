import { allowHeader, serverHeader, supportedHeader } from './capabilities.ts'
import {
  ackOf,
  ackOfRefusal,
  contactOf,
  dialogIdOf,
  nextHop,
  nextRequest,
  openDialog,
  takeRequest,
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

/** Node's timers run at once when they are set to longer than this, 24.8 days. */
const longestTimerMs = 2 ** 31 - 1

/** A dialog as the core works with it; `shown` is what the handler sees. */
export interface DialogEntry {
  readonly shown: Dialog
  readonly localTag: string
  /** The INVITE that has no final answer yet, if any; `cancel` gives it 487. */
  openInvite: { cancel(): void } | undefined
  openUpdates: number
  readonly awaitsSdpAnswer: boolean
  /** An INVITE of ours has no final answer yet: another offer crosses it (14.2, RFC 3311 section 5.2). */
  readonly offersItself: boolean
  /** Returns true if the source belongs to the trunk that opened the dialog; requests from elsewhere are not part of it. */
  isFrom(source: Source): boolean
  /** A request came inside the dialog: false when it is out of order. */
  take(request: SipRequest, arrival: Arrival): boolean
  /** A 2xx to the INVITE of that number is out; `stop` ends its repetition. */
  confirm(sequence: number, stop: () => void, sdpOffered: boolean): void
  /** The ACK of that INVITE came: true the first time. */
  acknowledged(sequence: number): boolean
  /** The ACK of that INVITE can no longer come. */
  giveUpAck(sequence: number): void
  /** The session expires unless refreshed; undefined: never (RFC 4028). */
  expireAfter(seconds: number | undefined): void
  end(): void
}

export interface DialogTable {
  readonly size: number
  /** Dialogs of one address. */
  sizeOf(address: string): number
  find(callId: string, localTag: string, remoteTag: string): DialogEntry | undefined
  open(invite: SipRequest, arrival: Arrival, localTag: string): DialogEntry
  /** Opens one again that an earlier process wrote down. */
  resume(saved: SavedDialog): DialogEntry
  lose(dialog: DialogEntry, why: DialogLoss): void
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
 * The dialogs in which we are the called party (RFC 3261 12), and the BYE we may send in them (15.1.1).
 * Who ends whom: a dialog's end stops the repetition of its 2xx and its session timer, and nothing else; a
 * connection's end ends no dialog, a dialog's end no connection, a transaction's end neither.
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
      return enter(openDialog(invite, localTag, firstSequence()), invite.encoding, wayOf(arrival))
    },
    resume({ state, encoding, source, localAddress, expiresSeconds }) {
      const entry = enter({ ...state, localSequence: firstSequence() }, encoding, { source, localAddress }, true)
      entry.expireAfter(expiresSeconds)
      return entry
    },
    lose,
  }

  /** Seconds since 1970 fit 31 bits: a dialog taken up after a restart goes on above its earlier numbers. */
  function firstSequence(): number {
    return Math.floor(clock.nowMs() / 1000) % 0x7fffffff
  }

  function lose(dialog: DialogEntry, why: DialogLoss) {
    let wish: void | 'keep' = undefined
    try {
      wish = setting.handler.onDialogLost(dialog.shown, why)
    } catch (error) {
      setting.counters.faults++
      setting.onFault(error)
    }
    if (wish !== 'keep') void dialog.shown.bye()
  }

  function enter(state: DialogState, encoding: SipRequest['encoding'], way: Way, isAnswered = false): DialogEntry {
    const { localTag } = state
    const key = dialogIdOf(state)
    const unacknowledged = new Map<number, { stop(): void; sdpOffered: boolean }>()
    const afterAck: (() => void)[] = []
    const onEnd: (() => void)[] = []
    let phase: Dialog['state'] = isAnswered ? 'confirmed' : 'early'
    let last = way
    let isAcknowledged = isAnswered
    let expiresSeconds: number | undefined
    let cancelExpiry: (() => void) | undefined
    let goodbye: Promise<number> | undefined
    let offersItself = false

    const shown: Dialog = {
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
        if (goodbye === undefined && phase !== 'confirmed') return Promise.resolve(481)
        return (goodbye ??= sayGoodbye(headers))
      },
      ask: () => (phase === 'confirmed' ? send('OPTIONS', { accept: 'application/sdp' }) : Promise.resolve(481)),
      offer,
      forget: () => entry.end(),
      saved: () => ({
        state: { ...state },
        ...{ source: last.source, localAddress: last.localAddress, encoding },
        ...(expiresSeconds !== undefined && { expiresSeconds }),
      }),
    }

    const entry: DialogEntry = {
      shown,
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
      // What began under TLS is not gone on with where others can read and forge it.
      isFrom: (source) =>
        (way.source.transport !== 'tls' || source.transport === 'tls') && setting.sharesTrunk(way.source, source),
      take(request, from) {
        if (!takeRequest(state, request)) return false
        last = wayOf(from)
        return true
      },
      confirm(sequence, stop, sdpOffered) {
        if (phase === 'early') phase = 'confirmed'
        // What the handler's forget() or a BYE has ended meanwhile is not repeated.
        if (phase === 'ended') stop()
        else unacknowledged.set(sequence, { stop, sdpOffered })
      },
      acknowledged(sequence) {
        const isFirst = endWait(sequence)
        isAcknowledged ||= isFirst
        return isFirst
      },
      giveUpAck(sequence) {
        endWait(sequence)
      },
      expireAfter(seconds) {
        cancelExpiry?.()
        expiresSeconds = seconds
        cancelExpiry =
          seconds === undefined
            ? undefined
            : clock.after(Math.min(seconds * 1000, longestTimerMs), () => lose(entry, 'session-expired'))
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
     * Where our requests go. A Contact or Record-Route could name any host and port that this machine reaches, so it is followed
     * only once the peer has acknowledged our answer, and only to an address of the dialog's trunk; otherwise the request goes to
     * where the dialog's last request came from. A configured source of another trunk is a stranger too.
     */
    async function nextTarget(): Promise<Target> {
      if (!isAcknowledged) return last.source
      const target = await resolveTarget(nextHop(state), last.source)
      return setting.sharesTrunk(way.source, target) ? target : last.source
    }

    async function sayGoodbye(headers: Record<string, string | string[]> | undefined): Promise<number> {
      // Section 15: the called party sends no BYE before the ACK has come or can no longer come.
      if (unacknowledged.size > 0) await new Promise<void>((resolve) => afterAck.push(resolve))
      if (phase === 'ended') return 481
      phase = 'ending'
      const status = await send('BYE', headers)
      entry.end()
      return status
    }

    /** A request of ours inside the dialog. @returns its final status */
    async function send(
      method: 'BYE' | 'OPTIONS',
      headers: Record<string, string | string[]> | undefined,
    ): Promise<number> {
      const out = await wayOut()
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

    /** Where a request of ours goes, and by which transport; none when there is no transport. */
    async function wayOut() {
      const target = await nextTarget()
      const all = setting.transports()
      const transport = all.find((one) => one.kind === target.transport) ?? last.transport ?? all[0]
      return transport && { target, transport, channel: transport === last.transport ? last.channel : undefined }
    }

    type WayOut = NonNullable<Awaited<ReturnType<typeof wayOut>>>

    function newVia({ transport }: WayOut): { branch: string; via: string } {
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

    function senderBy({ transport, target, channel }: WayOut, failed: () => void) {
      const sendOut = (out: Buffer) =>
        setting.sendTo(transport, target, out, channel, () => queueMicrotask(() => failed()))
      return { clock, timers, reliable: transport.reliable, send: sendOut }
    }

    async function offer(sdp: string): Promise<{ status: number; sdp?: string }> {
      // 14.1: not before the INVITE that goes on has come to its end.
      if (unacknowledged.size > 0) await new Promise<void>((resolve) => afterAck.push(resolve))
      if (phase !== 'confirmed') return { status: 481 }
      if (entry.openInvite !== undefined || entry.openUpdates > 0 || offersItself) return { status: 491 }
      offersItself = true
      const ended = new Promise<{ status: number }>((resolve) => onEnd.push(() => resolve({ status: 481 })))
      return Promise.race([sendOffer(sdp), ended]).finally(() => (offersItself = false))
    }

    async function sendOffer(sdp: string): Promise<{ status: number; sdp?: string }> {
      const out = await wayOut()
      if (!out) return { status: 408 }
      const { branch, via } = newVia(out)
      const { kind, port } = out.transport
      const contact = contactAt({ host: hostOf(out.transport), port, kind, isSips: /^sips:/i.test(state.remoteTarget) })
      const own = nextRequest(state, 'INVITE', via)
      const sequence = state.localSequence
      const more = [
        { name: 'contact', value: contact },
        // RFC 4028 section 7.4: without it the client would refresh its session no more.
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
      const { address } = way.source
      const dialogs = (byAddress.get(address) ?? 0) + change
      if (dialogs > 0) byAddress.set(address, dialogs)
      else byAddress.delete(address)
    }
  }
}

/** How a message came, without the message: a dialog outlives its bytes by hours, and its transport by a restart. */
type Way = Pick<Arrival, 'source' | 'localAddress' | 'channel'> & Partial<Pick<Arrival, 'transport'>>

function wayOf({ source, transport, localAddress, channel }: Arrival): Way {
  return { source, transport, localAddress, ...(channel === undefined ? {} : { channel }) }
}
