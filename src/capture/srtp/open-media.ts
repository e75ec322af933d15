import { RtpOpener, unauthentic } from './open-rtp.ts'
import { RtcpOpener } from './protect-rtcp.ts'
import { isSameKey, type MasterKey } from './suites.ts'

/** Packets received under new keys after which the previous keys are dropped. */
const yieldPackets = 50

interface Opener {
  key: MasterKey
  rtp: RtpOpener
  rtcp: RtcpOpener
}

/**
 * Decrypts one stream of a client under the keys of its latest session description and, briefly, of the previous one: packets
 * may cross the offer that brings new keys.
 */
export class MediaOpener {
  private current: Opener[]
  private before: Opener[] = []
  private sinceNewKeys = 0

  constructor(keys: readonly MasterKey[]) {
    this.current = keys.map(openerFor)
  }

  /** Sets the current keys. Repeated keys retain their counters and replay windows; otherwise a packet could be replayed. */
  setKeys(keys: readonly MasterKey[]): void {
    const known = [...this.current, ...this.before]
    const next = keys.map((key) => known.find((opener) => isSameKey(opener.key, key)) ?? openerFor(key))
    if (next.length === this.current.length && next.every((opener) => this.current.includes(opener))) return
    this.before = this.current.filter((opener) => !next.includes(opener))
    this.current = next
    this.sinceNewKeys = 0
  }

  /** As {@link RtpOpener.open}. */
  openRtp(bytes: Buffer, size: number): number {
    let refused = unauthentic
    for (const { rtp } of this.current) {
      const opened = rtp.open(bytes, size)
      if (opened > 0) {
        if (this.before.length > 0 && ++this.sinceNewKeys >= yieldPackets) this.before = []
        return opened
      }
      if (opened !== unauthentic) refused = opened
    }
    for (const { rtp } of this.before) {
      const opened = rtp.open(bytes, size)
      if (opened > 0) return opened
    }
    return refused
  }

  /** Returns the plain compound packet if it is authentic and new. */
  openRtcp(bytes: Buffer): Buffer | undefined {
    for (const { rtcp } of [...this.current, ...this.before]) {
      const opened = rtcp.open(bytes)
      if (opened) return opened
    }
    return undefined
  }
}

function openerFor(key: MasterKey): Opener {
  return { key, rtp: new RtpOpener(key), rtcp: new RtcpOpener(key) }
}
