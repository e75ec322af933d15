/**
 * Extends 16-bit sequence numbers and 32-bit timestamps across their wraps (RFC 3550, A.1) to offsets from the source's first
 * packet, in any order of arrival, and detects duplicates.
 */

/** MAX_DROPOUT of A.1: a packet that is further ahead is a `leap`, that is, possibly from a source that has restarted. */
const maxDropout = 3000
/** MAX_MISORDER of A.1: a packet that is further back but has a later timestamp is a `leap`, not a late packet. */
const maxMisorder = 100
/** Window in which duplicates are detected: 20 s at 50 packets a second. */
const windowPackets = 1024

/**
 * Position of a packet. `next`: highest number so far. `earlier`: lower, but new. Only these are recorded. `copy`: duplicate.
 * `late`: too far back to be told from a duplicate. `leap`: perhaps another source's packet.
 */
export type SequencePosition = 'next' | 'earlier' | 'copy' | 'late' | 'leap'

export class SequenceExtender {
  /** Offsets, from the source's first packet, of the last packet passed to {@link extend}. */
  seqOffset = 0
  tsOffset = 0
  firstSeq = 0
  firstTs = 0
  highestOffset = 0
  private highestSeq = 0
  private highestTs = 0
  private highestTsOffset = 0
  private readonly seen = new Uint32Array(windowPackets / 32)

  /** Starts a source at this packet. Pass the packet to {@link extend} afterwards. */
  begin(seq: number, timestamp: number): void {
    this.firstSeq = this.highestSeq = seq
    this.firstTs = this.highestTs = timestamp
    this.highestOffset = this.highestTsOffset = 0
    this.seen.fill(0)
  }

  extend(seq: number, timestamp: number): SequencePosition {
    const step = ((seq - this.highestSeq) << 16) >> 16
    if (step > maxDropout) return 'leap'
    const offset = this.highestOffset + step
    this.seqOffset = offset
    this.tsOffset = this.highestTsOffset + ((timestamp - this.highestTs) | 0)
    if (step > 0) {
      this.forget(this.highestOffset + 1, offset)
      this.highestOffset = offset
      this.highestSeq = seq
      this.highestTs = timestamp
      this.highestTsOffset = this.tsOffset
    } else if (step <= -maxMisorder && this.isAhead(timestamp)) return 'leap'
    else if (step <= -windowPackets) return step <= -maxDropout ? 'leap' : 'late'
    const word = (offset >> 5) & (windowPackets / 32 - 1)
    const bit = 1 << (offset & 31)
    if (this.seen[word]! & bit) return this.isAhead(timestamp) ? 'leap' : 'copy'
    this.seen[word]! |= bit
    return step > 0 ? 'next' : 'earlier'
  }

  /**
   * Returns true for a timestamp later than that of the highest packet. A packet with such a timestamp and a lower number is
   * from a source that has restarted its numbers.
   */
  private isAhead(timestamp: number): boolean {
    return ((timestamp - this.highestTs) | 0) > 0
  }

  /** Clears the window's slots for new offsets. */
  private forget(from: number, to: number): void {
    if (to - from >= windowPackets) this.seen.fill(0)
    else for (let i = from; i <= to; i++) this.seen[(i >> 5) & (windowPackets / 32 - 1)]! &= ~(1 << (i & 31))
  }
}
