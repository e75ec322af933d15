/** RFC 3711 section 3.3.2 requires at least 64. Equals the recorder's window for duplicates (extend-sequence.ts). */
const windowPackets = 1024

/** Replay window: which packet indices were received. Each is opened once. */
export class ReplayWindow {
  /** The highest index accepted, -1 before the first. */
  highest = -1
  private readonly seen = new Uint32Array(windowPackets / 32)

  judge(index: number): 'new' | 'seen' | 'too-old' {
    if (index > this.highest) return 'new'
    if (index <= this.highest - windowPackets) return 'too-old'
    const position = index % windowPackets
    return this.seen[position >> 5]! & (1 << (position & 31)) ? 'seen' : 'new'
  }

  /** Call it only once the packet is authenticated. */
  accept(index: number): void {
    if (index > this.highest) {
      const moves = index - this.highest
      if (this.highest === -1 || moves >= windowPackets) this.seen.fill(0)
      else for (let i = 1; i <= moves; i++) this.forget((this.highest + i) % windowPackets)
      this.highest = index
    }
    const position = index % windowPackets
    this.seen[position >> 5]! |= 1 << (position & 31)
  }

  private forget(index: number): void {
    this.seen[index >> 5]! &= ~(1 << (index & 31))
  }
}
