import { deriveSessionKeys } from './derive-keys.ts'
import { CounterModeCipher, GcmCipher, rtcpHeaderBytes, type PacketCipher } from './packet-cipher.ts'
import { ReplayWindow } from './replay-window.ts'
import type { MasterKey } from './suites.ts'

const indexBytes = 4
const maxSources = 16

function cipherOf(master: MasterKey): PacketCipher {
  const keys = deriveSessionKeys(master, 'rtcp')
  return master.suite.mode === 'gcm' ? new GcmCipher(keys) : new CounterModeCipher(keys, master.suite.rtcpTagBytes)
}

/** Decrypts RTCP packets of one master key (RFC 3711 section 3.4, RFC 7714 section 9). */
export class RtcpOpener {
  private readonly cipher: PacketCipher
  private readonly isGcm: boolean
  private readonly tagBytes: number
  private readonly mki: Uint8Array
  private readonly sources = new Map<number, ReplayWindow>()

  constructor(master: MasterKey) {
    this.cipher = cipherOf(master)
    this.isGcm = master.suite.mode === 'gcm'
    this.tagBytes = master.suite.rtcpTagBytes
    this.mki = master.mki ?? new Uint8Array()
  }

  /** Returns the plain compound packet, in the same bytes; undefined if it is not authentic, not encrypted, or a replay. */
  open(bytes: Buffer): Buffer | undefined {
    const { length } = bytes
    const tail = indexBytes + this.tagBytes + this.mki.length
    const to = length - tail
    if (to < rtcpHeaderBytes) return undefined
    // [tag] index MKI [tag]: the tag follows the ciphertext (GCM) or is the last field (counter mode).
    const indexAt = this.isGcm ? to + this.tagBytes : to
    const tagAt = this.isGcm ? to : length - this.tagBytes
    if (!this.mki.every((byte, i) => bytes[indexAt + indexBytes + i] === byte)) return undefined
    const word = bytes.readUInt32BE(indexAt)
    // Unencrypted SRTCP is never negotiated.
    if (word >>> 31 === 0) return undefined
    const index = word & 0x7fff_ffff
    const ssrc = bytes.readUInt32BE(4)
    const known = this.sources.get(ssrc)
    const source = known ?? new ReplayWindow()
    if (source.judge(index) !== 'new' || (!known && this.sources.size >= maxSources)) return undefined
    if (!this.cipher.openRtcp(bytes, to, indexAt, tagAt, ssrc, word)) return undefined
    source.accept(index)
    this.sources.set(ssrc, source)
    return bytes.subarray(0, to)
  }
}

/** Encrypts our own reports under our own key. */
export class RtcpSealer {
  private readonly cipher: PacketCipher
  private index = 0

  constructor(master: MasterKey) {
    this.cipher = cipherOf(master)
  }

  /** The limit of 2^31 packets per key (RFC 3711 section 9.2) is three centuries of reports. */
  seal(packet: Buffer): Buffer {
    const sealed = this.cipher.sealRtcp(packet, packet.readUInt32BE(4), this.index)
    this.index++
    return sealed
  }
}
