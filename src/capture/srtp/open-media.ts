import { RtpOpener, unauthentic } from './open-rtp.ts'
import { RtcpOpener } from './protect-rtcp.ts'
import { isSameKey, type MasterKey } from './suites.ts'

/** Packets received under new keys after which the previous keys open nothing more. */
const packetsUntilPreviousKeysEnd = 50

/** Limit of remembered keys of a media line: more than a client's session refreshes with new keys in an hour need. */
const rememberedKeys = 128

interface Opener {
  key: MasterKey
  rtp: RtpOpener
  rtcp: RtcpOpener
}

/**
 * Decrypts one media line of a client under the keys of its latest session description and, briefly, of the previous one:
 * packets may cross the offer that brings new keys. A line that is closed and opened again keeps its opener.
 */
export class MediaOpener {
  private current: Opener[] = []
  private previous: Opener[] = []
  private packetsSinceNewKeys = 0
  /** Openers of the keys that the line has had, at most `rememberedKeys`, the latest last. */
  private known: Opener[] = []

  constructor(keys: readonly MasterKey[] = []) {
    this.setKeys(keys)
  }

  /**
   * Sets the current keys, none for a line without SRTP. Keys that the line has had retain their counters and replay windows;
   * otherwise a packet could be replayed.
   */
  setKeys(keys: readonly MasterKey[]): void {
    const next = keys.map((key) => this.known.find((opener) => isSameKey(opener.key, key)) ?? openerFor(key))
    this.known = [...this.known.filter((opener) => !next.includes(opener)), ...next].slice(-rememberedKeys)
    if (next.length === this.current.length && next.every((opener) => this.current.includes(opener))) return
    this.previous = this.current.filter((opener) => !next.includes(opener))
    this.current = next
    this.packetsSinceNewKeys = 0
  }

  /** As {@link RtpOpener.open}. */
  openRtp(bytes: Buffer, size: number): number {
    let refused = unauthentic
    for (const { rtp } of this.current) {
      const opened = rtp.open(bytes, size)
      if (opened > 0) {
        if (this.previous.length > 0 && ++this.packetsSinceNewKeys >= packetsUntilPreviousKeysEnd) this.previous = []
        return opened
      }
      if (opened !== unauthentic) refused = opened
    }
    for (const { rtp } of this.previous) {
      const opened = rtp.open(bytes, size)
      if (opened > 0) return opened
    }
    return refused
  }

  /** Returns the plain compound packet if it is authentic and new. */
  openRtcp(bytes: Buffer): Buffer | undefined {
    for (const { rtcp } of [...this.current, ...this.previous]) {
      const opened = rtcp.open(bytes)
      if (opened) return opened
    }
    return undefined
  }
}

function openerFor(key: MasterKey): Opener {
  return { key, rtp: new RtpOpener(key), rtcp: new RtcpOpener(key) }
}
