import { deriveSessionKeys } from './derive-keys.ts'
import { CounterModeCipher, GcmCipher, type PacketCipher } from './packet-cipher.ts'
import { ReplayWindow } from './replay-window.ts'
import type { MasterKey } from './suites.ts'

/** The packet is not authentic. */
export const unauthentic = -1
/** The packet's index was received before. */
export const replayed = -2
/** The packet's index is too old to be distinguished from a replay. */
export const tooOld = -3

/** Rollover counters tried for a source whose counter is unknown: 64 are 23 hours of packets of 20 ms. */
const rolloversSearched = 64
/** Packets between two unsuccessful searches, so that forged packets do not cost 64 HMACs each. */
const packetsBetweenSearches = 25
/** Limit of sources per key, far above any real sender; each costs 128 bytes for the rest of the call. */
const maxSources = 256

/** Decrypts RTP packets of one master key (RFC 3711 section 3.3). */
export class RtpOpener {
  private readonly cipher: PacketCipher
  private readonly mki: Uint8Array
  /** Distances of tag and MKI from a packet's end: [MKI] tag in counter mode, tag [MKI] in GCM. */
  private readonly tagFromEnd: number
  private readonly mkiFromEnd: number
  private readonly trailerBytes: number
  private readonly sources = new Map<number, ReplayWindow>()
  private lastSsrc = -1
  private lastSource = new ReplayWindow()
  private packetsSinceSearch = packetsBetweenSearches

  constructor(master: MasterKey) {
    const { suite } = master
    const keys = deriveSessionKeys(master, 'rtp')
    const isGcm = suite.mode === 'gcm'
    this.cipher = isGcm ? new GcmCipher(keys) : new CounterModeCipher(keys, suite.tagBytes)
    this.mki = master.mki ?? new Uint8Array()
    this.trailerBytes = suite.tagBytes + this.mki.length
    this.tagFromEnd = isGcm ? this.trailerBytes : suite.tagBytes
    this.mkiFromEnd = isGcm ? this.mki.length : this.trailerBytes
  }

  /**
   * Opens bytes [0, size) in place.
   * @returns the plain packet's size, or the reason for none: {@link unauthentic}, {@link replayed}, {@link tooOld}. Then no
   * byte was changed.
   */
  open(bytes: Buffer, size: number): number {
    const from = encryptedFrom(bytes, size)
    const to = size - this.trailerBytes
    if (from === 0 || from > to || !this.hasOurMki(bytes, size)) return unauthentic
    const seq = (bytes[2]! << 8) | bytes[3]!
    const ssrc = ((bytes[8]! << 24) | (bytes[9]! << 16) | (bytes[10]! << 8) | bytes[11]!) >>> 0
    const known = this.sourceOf(ssrc)
    const source = known ?? new ReplayWindow()
    const rollovers = guessRollovers(source.highest, seq)
    if (rollovers < 0) return tooOld
    const index = rollovers * 65_536 + seq
    const judged = source.judge(index)
    const tagAt = size - this.tagFromEnd
    if (judged === 'new' && this.cipher.openRtp(bytes, from, to, tagAt, ssrc, rollovers, seq)) {
      return this.accept(ssrc, source, index, known === undefined, to)
    }
    const found = this.search(bytes, from, to, tagAt, ssrc, seq, rollovers)
    if (found >= 0) return this.accept(ssrc, source, found * 65_536 + seq, known === undefined, to)
    return judged === 'new' ? unauthentic : judged === 'seen' ? replayed : tooOld
  }

  private accept(ssrc: number, source: ReplayWindow, index: number, isFirst: boolean, to: number): number {
    if (isFirst) {
      if (this.sources.size >= maxSources) return unauthentic
      this.sources.set(ssrc, source)
    }
    source.accept(index)
    this.lastSsrc = ssrc
    this.lastSource = source
    return to
  }

  private sourceOf(ssrc: number): ReplayWindow | undefined {
    return ssrc === this.lastSsrc ? this.lastSource : this.sources.get(ssrc)
  }

  /**
   * Finds the rollover counter under which a packet is authentic, forward only. A late joiner does not receive the counter (RFC
   * 3711 section 3.3.1), as after a restart or a long pause in which the sequence continued.
   * @returns the counter, the packet being opened, or -1
   */
  private search(bytes: Buffer, from: number, to: number, tagAt: number, ssrc: number, seq: number, guess: number) {
    if (this.packetsSinceSearch++ < packetsBetweenSearches) return -1
    this.packetsSinceSearch = 0
    for (let rollovers = guess + 1; rollovers < guess + rolloversSearched; rollovers++) {
      if (this.cipher.openRtp(bytes, from, to, tagAt, ssrc, rollovers, seq)) return rollovers
    }
    return -1
  }

  private hasOurMki(bytes: Buffer, size: number): boolean {
    const { mki } = this
    for (let i = 0, at = size - this.mkiFromEnd; i < mki.length; i++) if (bytes[at + i] !== mki[i]) return false
    return true
  }
}

/**
 * Returns the rollover counter that puts `seq` nearest to the highest index, or -1 for one before the first (RFC 3711, appendix
 * A).
 */
function guessRollovers(highest: number, seq: number): number {
  if (highest === -1) return 0
  const rollovers = Math.floor(highest / 65_536)
  const last = highest % 65_536
  if (seq - last > 32_768) return rollovers - 1
  if (last - seq > 32_768) return rollovers + 1
  return rollovers
}

/**
 * Returns the payload's offset after contributing sources and an extension (RFC 3550 section 5.1), or 0 if the packet is not
 * RTP.
 */
function encryptedFrom(bytes: Buffer, size: number): number {
  if (size < 12 || bytes[0]! >> 6 !== 2) return 0
  let from = 12 + 4 * (bytes[0]! & 0x0f)
  if (bytes[0]! & 0x10) {
    if (from + 4 > size) return 0
    from += 4 + 4 * ((bytes[from + 2]! << 8) | bytes[from + 3]!)
  }
  return from
}
