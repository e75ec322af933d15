/**
 * The part of RTCP that a recorder needs (RFC 3550, section 6): reads sender reports, and writes receiver reports with a CNAME.
 * Never throws.
 */

/** Fields of a sender report (RFC 3550, 6.4.1): the middle 32 bits of its NTP time (LSR), and the sender's packet count. */
export type SenderReport = { lsr: number; packets: number }

/** Returns the first sender report of a source, or undefined. */
export function readSenderReport(bytes: Buffer, ssrc: number): SenderReport | undefined {
  for (let at = 0; at + 8 <= bytes.length;) {
    if (bytes[at]! >> 6 !== 2) return undefined
    const size = 4 * (bytes.readUInt16BE(at + 2) + 1)
    if (at + size > bytes.length) return undefined
    if (bytes[at + 1] === 200 && size >= 28 && bytes.readUInt32BE(at + 4) === ssrc)
      return { lsr: bytes.readUInt32BE(at + 10), packets: bytes.readUInt32BE(at + 20) }
    at += size
  }
  return undefined
}

/** Report on one source in a receiver report. Delays in 1/65536 s. */
export type ReportBlock = {
  ssrc: number
  /** Packets lost since the last report, in 1/256 of those expected. */
  fractionLost: number
  lost: number
  extendedHighestSeq: number
  jitter: number
  lastSenderReport: number
  delaySinceSenderReport: number
}

/** Returns a compound packet of receiver report and SDES CNAME (6.4.2, 6.5.1). `block` is undefined if nothing was received. */
export function writeReceiverReport(ssrc: number, cname: string, block: ReportBlock | undefined): Buffer {
  const reportBytes = block ? 32 : 8
  const name = Buffer.from(cname)
  // Item type, length, text, and at least one null byte, padded to a multiple of 32 bits.
  const chunkBytes = 4 + 4 * Math.ceil((2 + name.length + 1) / 4)
  const packet = Buffer.alloc(reportBytes + 4 + chunkBytes)
  packet.writeUInt8(0x80 | (block ? 1 : 0), 0)
  packet.writeUInt8(201, 1)
  packet.writeUInt16BE(reportBytes / 4 - 1, 2)
  packet.writeUInt32BE(ssrc, 4)
  if (block) {
    packet.writeUInt32BE(block.ssrc, 8)
    packet.writeUInt8(block.fractionLost & 0xff, 12)
    packet.writeIntBE(Math.min(block.lost, 0x7fffff), 13, 3)
    packet.writeUInt32BE(block.extendedHighestSeq >>> 0, 16)
    packet.writeUInt32BE(block.jitter >>> 0, 20)
    packet.writeUInt32BE(block.lastSenderReport >>> 0, 24)
    packet.writeUInt32BE(block.delaySinceSenderReport >>> 0, 28)
  }
  packet.writeUInt8(0x81, reportBytes)
  packet.writeUInt8(202, reportBytes + 1)
  packet.writeUInt16BE(chunkBytes / 4, reportBytes + 2)
  packet.writeUInt32BE(ssrc, reportBytes + 4)
  packet.writeUInt8(1, reportBytes + 8)
  packet.writeUInt8(name.length, reportBytes + 9)
  name.copy(packet, reportBytes + 10)
  return packet
}
