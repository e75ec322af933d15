import { serverHeader } from './capabilities.ts'
import { dialogIdOf, nextHop, nextRequest, openDialog, takeRequest, type DialogState } from './dialog-state.ts'
import type { Dialog, DialogLoss, SavedDialog, SipCounters, SipHandler, Source } from './handler.ts'
import { toHeaders } from './make-response.ts'
import type { SipRequest } from './message.ts'
import { resolveTarget, type Target } from './resolve-target.ts'
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
  /** Returns true if the address is a configured source. */
  isListed: (address: string) => boolean
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
    let phase: Dialog['state'] = isAnswered ? 'confirmed' : 'early'
    let last = way
    let isAcknowledged = isAnswered
    let expiresSeconds: number | undefined
    let cancelExpiry: (() => void) | undefined
    let goodbye: Promise<number> | undefined

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
      isFrom: (source) => setting.sharesTrunk(way.source, source),
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
        for (const run of afterAck.splice(0)) run()
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
     * only once the peer has acknowledged our answer, and only to an address of the dialog's trunk or a configured source;
     * otherwise the request goes to where the dialog's last request came from.
     */
    async function nextTarget(): Promise<Target> {
      if (!isAcknowledged) return last.source
      const target = await resolveTarget(nextHop(state), last.source)
      const isKnown = setting.sharesTrunk(way.source, target) || setting.isListed(target.address)
      return isKnown ? target : last.source
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
      const target = await nextTarget()
      const all = setting.transports()
      const transport = all.find((one) => one.kind === target.transport) ?? last.transport ?? all[0]
      if (!transport) return 408
      const channel = transport === last.transport ? last.channel : undefined
      return new Promise<number>((resolve) => {
        const branch = `${BRANCH_COOKIE}${setting.random(12).toString('hex')}`
        const host = setting.advertisedHost ?? (last.localAddress || transport.address)
        const via = writeVia({
          transport: transport.kind.toUpperCase(),
          sentBy: { host, port: transport.port },
          parameters: new Map([
            ['branch', branch],
            ['rport', undefined],
          ]),
        })
        const { uri, headers: own } = nextRequest(state, method, via)
        const headersOfOurs = [...own, { ...serverHeader, name: 'user-agent' }, ...toHeaders(headers)]
        const bytes = writeRequest(method, uri, { headers: headersOfOurs, encoding })
        const sendOut = (out: Buffer) =>
          setting.sendTo(transport, target, out, channel, () => queueMicrotask(() => client.transportFailed()))
        const client = transactions.startClient(
          branch,
          { clock, timers, reliable: transport.reliable, send: sendOut },
          bytes,
          resolve,
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
